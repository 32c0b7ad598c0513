// Histogram: how often values fell into each of a fixed list of buckets, and their sum.
//
// When to use something else: TickHistogram (below) for whole numbers such as nanoseconds and
// bytes: its sum is a 64-bit integer, and only the division at export rounds.
// Guarantees:
// 1. In every snapshot, count == the sum of the buckets.
// 2. If a thread observes faster than its cells can be read, its sum and count may differ by one
//    observation, and its buckets may be of slightly different moments. The next snapshot includes
//    these observations.
// 3. NaN is dropped and counted (DroppedNotANumber()). +Inf and -Inf are counted in their buckets
//    and left out of the sum, which would stay infinite.
// 4. The sum is a double, and each addition rounds. The sum of n observations that are not negative
//    is off by at most n * 2^-53 of itself. An observation below 2^-54 of its thread's sum adds
//    nothing to it: 1e-9 to 2^25, for example.
// 5. A duration is never negative: where MetricOptions::unit is a time (seconds, milliseconds,
//    hours …) and no bound is negative, negative values are dropped and counted
//    (DroppedOutOfRange()).
// 6. An observation that finds no memory for its cells is lost and counted
//    (`streamhouse_metrics_lost_recordings_total`).
// 7. What is observed through a handle whose series was removed is counted nowhere. A
//    default-constructed histogram is a sink. It counts dropped values too.
// Thread safety: as Counter.
// Cost: as Counter, with three stores and a table look-up for the bucket. Negative values cost a
// call more.
//
//   Histogram waits = registry.AddHistogram({.name = "wait_seconds", .help = "…", .unit = "seconds"},
//                                           *BucketBounds::Exponential(0.001, 2, 12))->With();
//   waits.Observe(0.25);
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include "metrics_core/dropped_values.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/internal/cells/bucket_table.h"
#include "metrics_core/internal/cells/exemplar_slots.h"
#include "metrics_core/internal/cells/recording.h"
#include "metrics_core/internal/cells/shard.h"
#include "metrics_core/internal/series/series_ref.h"

namespace streamhouse::metrics {

namespace internal {

inline constexpr BucketTable kNoBuckets;

template <typename Number>
inline void Observe(Cell* run, std::uint32_t bucket, Number value) noexcept {
  // Release: pairs with the acquire in ReadBuckets (cell_reader.cc); a reader that sees this
  // observation in its bucket finds all earlier ones of this thread counted.
  AddOwned(run[kFirstBucketCell + bucket], std::uint64_t{1}, std::memory_order_release);
  // Release: pairs with the acquire of the sum in ReadCountAndSum; a reader that sees this sum sees
  // its bucket.
  AddOwned(run[kSumCell], value, std::memory_order_release);
  // Release: pairs with the acquire of the count in ReadCountAndSum; a reader that sees this count
  // sees its sum.
  AddOwned(run[kCountCell], std::uint64_t{1}, std::memory_order_release);
}

}  // namespace internal

class Histogram {
 public:
  Histogram() = default;
  Histogram(internal::SeriesRef series, const internal::BucketTable* buckets)
      : series_(std::move(series)), buckets_(buckets) {}

  void Observe(double value) const noexcept {
    if constexpr (internal::kRecordingEnabled) {
      internal::Cell* const run = internal::OwnCell(series_.slot());
      if (run == nullptr || !buckets_->has_cells() || internal::BucketTable::IsSpecial(value)) [[unlikely]] {
        ObserveSlowly(value);
        return;
      }
      internal::Observe(run, buckets_->LocateByCell(value), value);
    }
  }
  // With an exemplar (exemplar.h).
  void Observe(double value, const TraceContext& trace) const noexcept {
    Observe(value);
    if constexpr (internal::kRecordingEnabled) internal::OfferExemplar(series_.slot(), value, trace);
  }

 private:
  void ObserveSlowly(double value) const noexcept;

  internal::SeriesRef series_;
  const internal::BucketTable* buckets_ = &internal::kNoBuckets;
};

// A histogram of whole numbers. Bounds and sum are exported in another unit: nanoseconds as
// seconds, for example. The sum is an integer modulo 2^64 until it is divided at export, so no
// addition rounds.
// Values above 2^53 are in the last bucket. Values from 2^63 on are negative numbers that were
// given as unsigned ones, such as end - start with end < start: they are dropped and counted
// (DroppedOutOfRange()).
class TickHistogram {
 public:
  TickHistogram() = default;
  TickHistogram(internal::SeriesRef series, const internal::BucketTable* buckets)
      : series_(std::move(series)), buckets_(buckets) {}

  void Observe(std::uint64_t ticks) const noexcept {
    if constexpr (internal::kRecordingEnabled) {
      if (!ObserveBelow(kNegative, ticks)) [[unlikely]]
        ObserveSlowly(ticks);
    }
  }
  // With an exemplar (exemplar.h).
  void Observe(std::uint64_t ticks, const TraceContext& trace) const noexcept {
    Observe(ticks);
    if constexpr (internal::kRecordingEnabled) {
      if (!IsNegative(ticks)) internal::OfferExemplar(series_.slot(), AsDouble(ticks), trace);
    }
  }

  static constexpr std::uint64_t kMaxExactTicks = std::uint64_t{1} << 53;

 private:
  friend class ScopedTimer;

  // From here on, ticks are negative numbers.
  static constexpr std::uint64_t kNegative = std::uint64_t{1} << 63;

  static bool IsNegative(std::uint64_t ticks) noexcept { return ticks >= kNegative; }
  // As an exemplar shows them: above 2^53 they are rounded.
  static double AsDouble(std::uint64_t ticks) noexcept { return static_cast<double>(static_cast<std::int64_t>(ticks)); }
  // False, and nothing is recorded, where `ticks` are not below `limit`, or where only
  // ObserveSlowly() finds the cells.
  bool ObserveBelow(std::uint64_t limit, std::uint64_t ticks) const noexcept {
    internal::Cell* const run = internal::OwnCell(series_.slot());
    if (run == nullptr || !buckets_->has_octaves() || ticks >= limit) [[unlikely]]
      return false;
    internal::Observe(run, buckets_->LocateByOctave(ticks), ticks);
    return true;
  }
  void ObserveSlowly(std::uint64_t ticks) const noexcept;

  internal::SeriesRef series_;
  const internal::BucketTable* buckets_ = &internal::kNoBuckets;
};

}  // namespace streamhouse::metrics
