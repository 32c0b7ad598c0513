// CollectedFamily: one family as its registry sees it: FamilyCore, or CallbackCore for values that
// are kept elsewhere.
//
// Guarantees of each implementation:
// 1. info() and definition() never change.
// 2. Collect() throws nothing.
// Thread safety: all methods from any thread. The registry asks for one Collect() of a family at a
// time.
// Cost: Collect() is linear in the series.
#pragma once

#include <cstdint>
#include <string>

#include "metrics_core/reading/family_info.h"

namespace streamhouse::metrics {

class SnapshotBuilder;

namespace internal {

class CollectedFamily {
 public:
  virtual ~CollectedFamily() = default;

  virtual const FamilyInfo& info() const = 0;

  // Everything that was said at registration, as text. Families with the same definition are of the
  // same class.
  virtual const std::string& definition() const = 0;

  struct Statistics {
    std::uint64_t series = 0;
    std::uint64_t series_bytes = 0;  // labels and what finds them, not values
    std::uint64_t overflowed_lookups = 0;
    std::uint64_t cut_label_values = 0;
    std::uint64_t refused_lookups = 0;   // with another number of label values
    std::uint64_t failed_callbacks = 0;  // that threw, or gave nonsense
    std::uint64_t removed_series = 0;    // that a snapshot or a look-up may still see
  };
  virtual Statistics GetStatistics() const = 0;

  // Appends the family's series, one scrape at a time for each family. Removes what has expired by
  // `now`.
  virtual void Collect(SnapshotBuilder& builder, std::uint64_t now_nanoseconds) noexcept = 0;
};

}  // namespace internal
}  // namespace streamhouse::metrics
