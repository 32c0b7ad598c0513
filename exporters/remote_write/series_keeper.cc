#include "exporters/remote_write/series_keeper.h"

#include <algorithm>

#include "metrics_core/reading/metric_kind.h"

namespace streamhouse::exporters {

using metrics::FamilySnapshot;

std::span<const EndedSeries> SeriesKeeper::Ended(std::span<const FamilySnapshot> families, ExponentialUse exponential) {
  ended_.clear();
  const bool was_classic = kept_exponential_ == ExponentialUse::kClassic;
  const ExponentialUse ended_exponential = was_classic ? ExponentialUse::kClassic : exponential;
  for (std::size_t i = 0; i < kept_count_; ++i) {
    const std::string& name = kept_[i].info.name;
    const auto is_same = [&](const FamilySnapshot& family) { return family.info().name == name; };
    // Families keep their places, unless one comes or goes.
    const FamilySnapshot* found = i < families.size() && is_same(families[i]) ? &families[i] : nullptr;
    if (found == nullptr) {
      const auto searched = std::find_if(families.begin(), families.end(), is_same);
      if (searched != families.end()) found = &*searched;
    }
    const bool is_exponential = kept_[i].info.kind == metrics::MetricKind::kExponentialHistogram;
    if (is_exponential && ended_exponential != exponential) found = nullptr;
    FindEnded(kept_[i], found, ended_exponential);
  }
  return ended_;
}

void SeriesKeeper::FindEnded(const KeptFamily& kept, const FamilySnapshot* family, ExponentialUse exponential) {
  const std::size_t size = family == nullptr ? 0 : family->size();
  texts_.clear();
  for (std::size_t i = 0; i < kept.ends.size(); ++i) {
    const std::string_view text = kept.text(i);
    // A series never moves.
    if (i < size && family->label_text(i) == text) continue;
    if (texts_.empty()) {
      for (std::size_t j = 0; j < size; ++j) texts_.insert(family->label_text(j));
    }
    if (texts_.contains(text)) continue;
    ended_.push_back({.info = &kept.info, .label_text = text, .exponential = exponential});
  }
}

void SeriesKeeper::Keep(std::span<const FamilySnapshot> families, ExponentialUse exponential) {
  if (kept_.size() < families.size()) kept_.resize(families.size());
  kept_count_ = families.size();
  kept_exponential_ = exponential;
  for (std::size_t i = 0; i < families.size(); ++i) {
    const FamilySnapshot& family = families[i];
    KeptFamily& kept = kept_[i];
    // A change of the version may escape the labels' names alone.
    const bool is_same = kept.info.name == family.info().name && kept.info.label_names == family.info().label_names;
    if (!is_same) kept.info = family.info();
    kept.texts.clear();
    kept.ends.clear();
    for (std::size_t j = 0; j < family.size(); ++j) {
      kept.texts.append(family.label_text(j));
      kept.ends.push_back(kept.texts.size());
    }
  }
}

}  // namespace streamhouse::exporters
