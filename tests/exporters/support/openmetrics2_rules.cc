#include "tests/exporters/support/openmetrics2_rules.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <utility>

namespace streamhouse::exporters {
namespace {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

bool IsWhole(const OpenMetrics2Number& number) {
  return number.text.find_first_not_of("+-0123456789") == std::string::npos;
}

// The broken rule, or nothing; of one sample. Counts of gauge histograms may be negative.
std::string ProblemOfBuckets(const OpenMetrics2Composite& value) {
  double bound_before = -std::numeric_limits<double>::infinity();
  double count_before = value.is_of_gauges ? -std::numeric_limits<double>::infinity() : 0;
  bool is_first = true;
  for (const auto& [bound, count] : *value.buckets) {
    if (!is_first && !(bound.value > bound_before)) return "bounds do not rise";
    if (!value.is_of_gauges && !(count.value >= count_before)) return "bucket counts fall";
    bound_before = bound.value;
    count_before = count.value;
    is_first = false;
  }
  return value.buckets->back().second.value == value.count.value ? "" : "the last bucket is not the count";
}

// Adds the counts of a side to `total`.
std::string ProblemOfSide(const OpenMetrics2Side& side, double& total) {
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < side.spans.size(); ++i) {
    if (i > 0 && side.spans[i].offset < 0) return "a span lies before the end of another";
    length += side.spans[i].length;
  }
  if (length != side.counts.size()) return "spans and counts differ in length";
  for (const OpenMetrics2Number& count : side.counts) {
    if (!(count.value >= 0)) return "a native bucket is below 0";
    total += count.value;
  }
  return "";
}

std::string ProblemOfNative(const OpenMetrics2Composite& value) {
  const OpenMetrics2Native& native = *value.native;
  if (native.schema < -4 || native.schema > 8) return "a schema that does not exist";
  if (!(native.zero_threshold.value >= 0)) return "a zero threshold below 0";
  double total = native.zero_count.value;
  for (const auto& side : {native.negative, native.positive}) {
    if (!side) continue;
    if (std::string problem = ProblemOfSide(*side, total); !problem.empty()) return problem;
  }
  // Observations that are no numbers are in no native bucket.
  const bool adds_up = std::isnan(value.sum.value) ? total <= value.count.value : total == value.count.value;
  return adds_up ? "" : "native buckets do not add up to the count";
}

std::string ProblemOfHistogram(const OpenMetrics2Sample& sample, bool is_of_gauges) {
  if (!sample.composite) return "a histogram is a composite";
  const OpenMetrics2Composite& value = *sample.composite;
  if (value.is_of_gauges != is_of_gauges || value.quantiles) return "a composite of another type";
  if (!is_of_gauges && !(value.count.value >= 0)) return "a count below 0";
  if (value.native) {
    if (std::string problem = ProblemOfNative(value); !problem.empty()) return problem;
  }
  if (!value.buckets) return "";
  if (sample.labels.count("le") != 0) return "a label le";
  return ProblemOfBuckets(value);
}

std::string ProblemOfSummary(const OpenMetrics2Sample& sample) {
  if (!sample.composite || !sample.composite->quantiles) return "a summary has quantiles";
  if (sample.labels.count("quantile") != 0) return "a label quantile";
  const OpenMetrics2Composite& value = *sample.composite;
  if (!IsWhole(value.count) || !(value.count.value >= 0)) return "a count that is no whole number";
  if (!(value.sum.value >= 0)) return "a sum below 0";
  double before = -1;
  for (const auto& [quantile, at] : *value.quantiles) {
    if (!(quantile.value > before && quantile.value <= 1)) return "quantiles do not rise within [0, 1]";
    if (at.value < 0) return "a value below 0";
    before = quantile.value;
  }
  return "";
}

std::string ProblemOfNumber(const OpenMetrics2Family& family, const OpenMetrics2Sample& sample) {
  const std::string type = family.type.value_or("unknown");
  if (sample.composite) return "a composite of a " + type;
  if (type == "counter" && !(sample.number.value >= 0)) return "a counter below 0";
  if (type == "info" && sample.number.value != 1) return "an info that is not 1";
  if (type != "stateset") return "";
  if (sample.number.value != 0 && sample.number.value != 1) return "a state that is neither 0 nor 1";
  return sample.labels.count(family.name) != 0 ? "" : "a state without its label";
}

std::string ProblemOf(const OpenMetrics2Family& family, const OpenMetrics2Sample& sample) {
  const std::string type = family.type.value_or("unknown");
  const bool may_have_start = type == "counter" || type == "histogram" || type == "summary";
  if (sample.start_seconds && !may_have_start) return "a " + type + " with a start time";
  const bool may_have_exemplars = type != "info" && type != "stateset";
  if (!sample.exemplars.empty() && !may_have_exemplars) return "a " + type + " with an exemplar";
  if (type == "histogram" || type == "gaugehistogram") return ProblemOfHistogram(sample, type != "histogram");
  return type == "summary" ? ProblemOfSummary(sample) : ProblemOfNumber(family, sample);
}

// Series stand once, and the states of a series together.
std::string ProblemOfSeries(const OpenMetrics2Family& family) {
  std::set<OpenMetrics2Labels> series;
  std::set<OpenMetrics2Labels> groups;
  OpenMetrics2Labels group_before;
  for (const OpenMetrics2Sample& sample : family.samples) {
    if (!sample.seconds && !series.insert(sample.labels).second) return "a series stands twice";
    if (family.type != "stateset") continue;
    OpenMetrics2Labels group = sample.labels;
    group.erase(family.name);
    if (!groups.insert(group).second && group != group_before) return "states of other series stand between";
    group_before = std::move(group);
  }
  return "";
}

bool IsInOrder(const std::string& metadata) {
  static constexpr std::string_view kOrder = "TUH";
  std::size_t at = 0;
  for (const char initial : metadata) {
    at = kOrder.find(initial, at);
    if (at == std::string_view::npos) return false;
  }
  return true;
}

std::string ProblemOf(const OpenMetrics2Family& family) {
  if (!IsInOrder(family.metadata)) return "metadata out of order";
  if (family.type == "info" && !family.name.ends_with("_info")) return "an info that does not end with _info";
  const bool has_unit = !family.unit.value_or("").empty();
  if (has_unit && (family.type == "info" || family.type == "stateset")) return "a unit that is not allowed";
  for (const OpenMetrics2Sample& sample : family.samples) {
    if (std::string problem = ProblemOf(family, sample); !problem.empty()) return problem;
  }
  return ProblemOfSeries(family);
}

}  // namespace

Status CheckOpenMetrics2(const OpenMetrics2Page& page) {
  std::set<std::string> names;
  for (const OpenMetrics2Family& family : page) {
    std::string problem = names.insert(family.name).second ? ProblemOf(family) : "it stands twice";
    if (!problem.empty()) return Status(StatusCode::kInvalidArgument, family.name + ": " + problem);
  }
  return Status::Ok();
}

Result<OpenMetrics2Page> ReadOpenMetrics2(std::string_view page) {
  Result<OpenMetrics2Page> read = ParseOpenMetrics2(page);
  if (!read.ok()) return read;
  if (Status checked = CheckOpenMetrics2(read.value()); !checked.ok()) return checked;
  return read;
}

}  // namespace streamhouse::exporters
