// UpDownCounter: the sum of changes in both directions, such as records in flight; a gauge on the
// page.
//
// When to use something else: Gauge where the value is known and can be set; Counter for what only
// goes up.
// Guarantees:
// 1. No change is lost while the series is exported, with one exception: a change that finds no
//    memory for its cells is lost and counted (`streamhouse_metrics_lost_recordings_total`).
// 2. Decreases are read before increases. If every decrease happens after its increase (handed over
//    by a lock, a queue, a future), a scrape never shows less than the true minimum. So a count of
//    things in flight never shows below zero.
// 3. A count of things in flight may show things that have left while it was read.
// Thread safety: as Counter.
// Cost: as Counter, and a test of the sign where it is not a constant.
//
//   UpDownCounter in_flight = registry.AddUpDownCounter({.name = "records_in_flight", .help = "…"})->With();
//   in_flight.Add(1);
//   in_flight.Add(-1);
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include "metrics_core/internal/cells/recording.h"
#include "metrics_core/internal/cells/shard.h"
#include "metrics_core/internal/series/series_ref.h"

namespace streamhouse::metrics {
namespace internal {

// Release: pairs with the acquires in CellReader::Difference, so that a decrease brings its
// increase along.
inline constexpr std::memory_order kDifferenceOrder = std::memory_order_release;

[[gnu::noinline, gnu::cold]] inline void AddToDifferenceSlowly(Slot run, Slot offset, std::uint64_t n) noexcept {
  SlowCells(run).Add(offset, n, kDifferenceOrder);
}

}  // namespace internal

class UpDownCounter {
 public:
  UpDownCounter() = default;
  explicit UpDownCounter(internal::SeriesRef series) : series_(std::move(series)) {}

  void Add(std::int64_t amount) const noexcept {
    if constexpr (internal::kRecordingEnabled) {
      const internal::Slot offset = amount >= 0 ? internal::kUpCell : internal::kDownCell;
      const auto n = static_cast<std::uint64_t>(amount);
      const std::uint64_t magnitude = amount >= 0 ? n : 0 - n;
      internal::Cell* const run = internal::OwnCell(series_.slot());
      if (run == nullptr) [[unlikely]] {
        internal::AddToDifferenceSlowly(series_.slot(), offset, magnitude);
        return;
      }
      internal::AddOwned(run[offset], magnitude, internal::kDifferenceOrder);
    }
  }

 private:
  internal::SeriesRef series_;
};

}  // namespace streamhouse::metrics
