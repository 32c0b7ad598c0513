// DroppedNotANumber, DroppedOutOfRange: values that recordings of this process have dropped,
// because no number of a page can hold them.
//
// When to use something else: `streamhouse_metrics_dropped_observations_total` (CoreMetrics) shows
// both on a page.
// Guarantees:
// 1. Each dropped value is in one of the two counts.
// 2. Sinks count dropped values too.
// Thread safety: any thread; signal-safe.
// Cost: one locked instruction a dropped value; nothing for other values.
#pragma once

#include <cstdint>

namespace streamhouse::metrics {

// Observations of histograms, and amounts of a DoubleCounter, that were NaN.
std::uint64_t DroppedNotANumber() noexcept;

// Values that were dropped because their metric has no place for them:
//   - negative ones of tick histograms and of histograms of a time;
//   - negative and infinite ones of exponential histograms and of a DoubleCounter;
//   - durations of a ScopedTimer that its clock got wrong.
std::uint64_t DroppedOutOfRange() noexcept;

namespace internal {

// In DroppedNotANumber() if it is NaN, otherwise in DroppedOutOfRange().
[[gnu::cold]] void CountDropped(double value) noexcept;
void CountDroppedOutOfRange() noexcept;

}  // namespace internal
}  // namespace streamhouse::metrics
