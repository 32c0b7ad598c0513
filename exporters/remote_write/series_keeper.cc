#include "exporters/remote_write/series_keeper.h"

#include <cstddef>

namespace streamhouse::exporters {

using metrics::FamilySnapshot;

EndedCursor SeriesKeeper::Ended(std::span<const FamilySnapshot> families, ExponentialUse exponential) const {
  const bool was_classic = kept_exponential_ == ExponentialUse::kClassic;
  return {kept_, was_classic ? ExponentialUse::kClassic : exponential, families, exponential};
}

void SeriesKeeper::Keep(std::span<const FamilySnapshot> families, ExponentialUse exponential) {
  kept_.resize(families.size());
  kept_exponential_ = exponential;
  for (std::size_t i = 0; i < families.size(); ++i) {
    const metrics::FamilyInfo& info = families[i].info();
    KeptFamily& kept = kept_[i];
    // A change of the version may escape the labels' names alone.
    const bool is_same = kept.info.name == info.name && kept.info.label_names == info.label_names;
    if (!is_same) kept.info = info;
    kept.texts.Assign(families[i]);
  }
}

}  // namespace streamhouse::exporters
