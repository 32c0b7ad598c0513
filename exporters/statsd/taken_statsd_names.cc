#include "exporters/statsd/taken_statsd_names.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include "exporters/encoding/label_changes.h"
#include "exporters/encoding/label_reader.h"
#include "metrics_core/reading/family_info.h"

namespace streamhouse::exporters {
namespace {

using metrics::FamilySnapshot;

// Whether the labels of a series say less than their text: a byte of a value is not kept, or a
// value is empty.
bool HasCleaned(const FamilySnapshot& family, StatsdDialect dialect) {
  bool is_cleaned = false;
  std::string storage;
  LabelChanges changes;
  changes.Begin(family.info().label_names);
  for (std::size_t i = 0; i < family.size() && !is_cleaned; ++i) {
    changes.ForEachChange(family.label_text(i), [&](std::size_t /*label*/, const EscapedText& escaped) {
      const std::string_view value = escaped.Unescaped(storage);
      is_cleaned |= value.empty() || !IsStatsdLabelText(value, dialect);
    });
  }
  return is_cleaned;
}

bool HasStatesOfOneName(const std::vector<std::string>& states, StatsdDialect dialect) {
  std::unordered_set<std::string> names;
  return std::any_of(states.begin(), states.end(),
                     [&](const std::string& state) { return !names.insert(StatsdLabelText(state, dialect)).second; });
}

}  // namespace

std::string_view TakenStatsdNames::TakeFamily(const FamilySnapshot& family) {
  series_.clear();
  may_collide_ = HasCleaned(family, dialect_);
  std::vector<std::string> names;
  for (const std::string& sample : metrics::SampleNames(family.info())) {
    AppendStatsdName(sample, dialect_, names.emplace_back());
  }
  if (std::any_of(names.begin(), names.end(), [&](const std::string& name) { return families_.contains(name); })) {
    return "another family has its StatsD name";
  }
  if (HasStatesOfOneName(family.info().states, dialect_)) return "two of its states have one StatsD name";
  for (std::string& name : names) families_.insert(std::move(name));
  return {};
}

bool TakenStatsdNames::TakeSeries(std::string_view labels) {
  return !may_collide_ || series_.insert(std::hash<std::string_view>()(labels)).second;
}

metrics::Status CheckStatsdNames(std::span<const FamilySnapshot> families, StatsdDialect dialect) {
  TakenStatsdNames names(dialect);
  std::string labels;
  for (const FamilySnapshot& family : families) {
    const auto refuse = [&](std::string_view why) {
      return metrics::Status(metrics::StatusCode::kAlreadyExists, family.info().name + ": " + std::string(why));
    };
    if (const std::string_view why = names.TakeFamily(family); !why.empty()) return refuse(why);
    for (std::size_t i = 0; i < family.size(); ++i) {
      labels.clear();
      AppendStatsdLabels(family.label_text(i), dialect, labels);
      if (!names.TakeSeries(labels)) return refuse("two of its series have one StatsD name");
    }
  }
  return metrics::Status::Ok();
}

}  // namespace streamhouse::exporters
