// ExponentialHistogram: how often values fell into buckets that grow by a constant factor, and
// their sum.
//
// It needs no bounds. A thread begins at 256 buckets a power of two. As its values spread, it
// halves the resolution, so that at most internal::kExponentialBuckets are in use. Values
// within a factor of 2^30 are known to 9 %, within 2^15 to 4.4 %, within 2^7 to 2.2 %. Servers that
// read native histograms get the buckets; in other formats it is a classic histogram with the
// bounds that were given at registration.
// When to use something else: Histogram or TickHistogram where the interesting bounds are known:
// they take less time and memory. Values may not be negative.
// Guarantees:
// 1. In every snapshot, count == zeros and the sum of the buckets. Sum and count belong together as
//    in Histogram.
// 2. Bucket indexes are exact with respect to Prometheus' own table of bounds.
// 3. Resolution only ever goes down, and is at most that of the coarsest thread.
// 4. Values up to 2^-128, zero among them, are counted as zeros. NaN, infinities and negative
//    values are dropped and counted (DroppedNotANumber(), DroppedOutOfRange()).
// 5. An observation that finds no memory for its cells is lost and counted
//    (`streamhouse_metrics_lost_recordings_total`).
// 6. What is observed through a handle whose series was removed is counted nowhere. A
//    default-constructed histogram is a sink.
// Thread safety: as Counter.
// Cost: as Counter, with an index and three stores; 2 KiB a series and recording thread.
//
//   auto latency = registry.AddExponentialHistogram({.name = "fetch_latency_seconds", .help = "…", .unit = "seconds"},
//                                                   BucketBounds::Exponential(0x1p-10, 2, 14).value());
#pragma once

#include <cstdint>
#include <limits>
#include <utility>

#include "metrics_core/exemplar.h"
#include "metrics_core/internal/cells/exemplar_slots.h"
#include "metrics_core/internal/cells/exponential_layout.h"
#include "metrics_core/internal/cells/exponential_run.h"
#include "metrics_core/internal/cells/recording.h"
#include "metrics_core/internal/cells/shard.h"
#include "metrics_core/internal/series/series_ref.h"
#include "metrics_core/reading/exponential_scale.h"

namespace streamhouse::metrics {

class ExponentialHistogram {
 public:
  ExponentialHistogram() = default;
  explicit ExponentialHistogram(internal::SeriesRef series) : series_(std::move(series)) {}

  void Observe(double value) const noexcept {
    if constexpr (internal::kRecordingEnabled) {
      // Also false for NaN.
      const bool is_usual = value > internal::kZeroThreshold && value <= std::numeric_limits<double>::max();
      internal::Cell* const run = internal::OwnCell(series_.slot());
      if (!is_usual || run == nullptr) [[unlikely]] {
        ObserveSlowly(value);
        return;
      }
      const std::int32_t index = ExponentialIndex(value);
      // Relaxed: the owner reads what it stored itself.
      internal::ExponentialLayout layout(run[internal::kLayoutCell].load(std::memory_order_relaxed));
      if (layout.PositionOf(index) >= internal::kExponentialBuckets) [[unlikely]] {
        ObserveSlowly(value);
        return;
      }
      Add(run, layout.window() + layout.PositionOf(index), value);
    }
  }
  // With an exemplar (exemplar.h), one for each classic bound. For values that are not dropped.
  void Observe(double value, const TraceContext& trace) const noexcept {
    Observe(value);
    if constexpr (internal::kRecordingEnabled) {
      if (value >= 0 && value <= std::numeric_limits<double>::max()) {
        internal::OfferExemplar(series_.slot(), value, trace);
      }
    }
  }

 private:
  static void Add(internal::Cell* run, internal::Slot cell, double value) noexcept {
    // Release: pairs with the acquire of the bucket in ExponentialReading::Add; a reader of this
    // sees its layout.
    internal::AddOwned(run[cell], std::uint64_t{1}, std::memory_order_release);
    // Release: pairs with the acquire of the sum there; a reader that sees this sum sees its
    // bucket.
    internal::AddOwned(run[internal::kSumCell], value, std::memory_order_release);
    // Release: pairs with the acquire of the count there; a reader that sees this count sees its
    // sum.
    internal::AddOwned(run[internal::kCountCell], std::uint64_t{1}, std::memory_order_release);
  }

  void ObserveSlowly(double value) const noexcept;

  internal::SeriesRef series_;
};

}  // namespace streamhouse::metrics
