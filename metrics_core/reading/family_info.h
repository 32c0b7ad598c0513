// FamilyInfo: what is the same for all series of one family.
//
// When to use something else: MetricOptions is what a program registers; a registry makes this of
// it.
// Guarantees: none of its own; registration checks it (CheckFamily in metric_name.h).
// Thread safety: a value.
// Cost: SampleNames() allocates; HasSampleNamed() and AddedLabel() do not.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics_core/metric_options.h"
#include "metrics_core/reading/metric_kind.h"

namespace streamhouse::metrics {

struct FamilyInfo {
  std::string name = {};  // as registered, with the suffix of its kind
  std::string help = {};
  std::string unit = {};  // a base unit such as "seconds", or empty; the name ends with it (before "_total")
  MetricKind kind = MetricKind::kCounter;
  std::vector<std::string> label_names = {};  // in the order of the label text
  std::vector<double> bounds = {};            // of a histogram: finite, ascending upper bounds, (lower, upper]
  std::vector<double> quantiles = {};         // of a summary: ascending, in [0, 1]
  std::vector<std::string> states = {};       // of a state set: distinct, at most kStatesMax
  bool has_exemplars = false;                 // its series may have them
  bool has_created = false;                   // its series have start times
  bool has_callback = false;                  // which gives its values; the program records none
  Aggregation aggregation = Aggregation::kSum;
};

// The label that the kind adds to the samples of this family, or empty.
inline std::string_view AddedLabel(const FamilyInfo& info) {
  const std::string_view label = Describe(info.kind).added_label;
  return label == kOwnNameLabel ? std::string_view(info.name) : label;
}

// The names of the family's samples, start times included, without escaping.
inline std::vector<std::string> SampleNames(const FamilyInfo& info) {
  const KindDescription& kind = Describe(info.kind);
  const std::string_view base = BaseName(info.name, info.kind);
  std::vector<std::string> names;
  for (const std::string_view suffix : kind.sample_suffixes) names.push_back(std::string(base).append(suffix));
  if (info.has_created) names.push_back(CreatedName(info.name, info.kind));
  return names;
}

// Whether `name` is one of SampleNames().
inline bool HasSampleNamed(const FamilyInfo& info, std::string_view name) {
  const std::string_view base = BaseName(info.name, info.kind);
  if (!name.starts_with(base)) return false;
  const std::string_view suffix = name.substr(base.size());
  if (info.has_created && suffix == kCreatedSuffix) return true;
  const std::span<const std::string_view> suffixes = Describe(info.kind).sample_suffixes;
  return std::find(suffixes.begin(), suffixes.end(), suffix) != suffixes.end();
}

}  // namespace streamhouse::metrics
