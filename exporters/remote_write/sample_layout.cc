#include "exporters/remote_write/sample_layout.h"

#include <algorithm>

#include "exporters/encoding/added_values.h"
#include "metrics_core/reading/metric_kind.h"

namespace streamhouse::exporters {

using metrics::FamilyInfo;
using metrics::MetricKind;

void SampleLayout::Assign(const FamilyInfo& info, ExponentialUse exponential) {
  is_native_ = info.kind == MetricKind::kExponentialHistogram && exponential == ExponentialUse::kNative;
  const std::string base(metrics::BaseName(info.name, info.kind));
  sample_names_.clear();
  added_values_.clear();
  if (is_native_) {
    sample_names_.push_back(base);
  } else {
    for (const std::string_view suffix : metrics::Describe(info.kind).sample_suffixes) {
      sample_names_.push_back(base + std::string(suffix));
    }
    added_values_ = AddedValues(info);
  }
  // The first name is that of the samples with an added label, which may be none (a summary without
  // quantiles).
  const bool has_added = !is_native_ && !metrics::Describe(info.kind).added_label.empty();
  samples_ = has_added ? added_values_.size() + sample_names_.size() - 1 : sample_names_.size();

  slots_.clear();
  slots_.push_back({.name = "__name__", .source = Source::kSampleName});
  if (has_added) slots_.push_back({.name = metrics::AddedLabel(info), .source = Source::kAddedLabel});
  for (std::size_t i = 0; i < info.label_names.size(); ++i) {
    slots_.push_back({.name = info.label_names[i], .source = Source::kSeriesLabel, .label = i});
  }
  std::sort(slots_.begin(), slots_.end(), [](const Slot& a, const Slot& b) { return a.name < b.name; });
}

}  // namespace streamhouse::exporters
