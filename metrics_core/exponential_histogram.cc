#include "metrics_core/exponential_histogram.h"

#include <cmath>

#include "metrics_core/histogram.h"

namespace streamhouse::metrics {
namespace {

constinit std::atomic<std::uint64_t> dropped_out_of_range{0};

}  // namespace

std::uint64_t DroppedOutOfRange() noexcept {
  // Relaxed: a count for people; it orders nothing.
  return dropped_out_of_range.load(std::memory_order_relaxed);
}

void ExponentialHistogram::ObserveSlowly(double value) const noexcept {
  if (std::isnan(value)) {
    internal::CountDroppedNotANumber();
    return;
  }
  if (value < 0 || std::isinf(value)) {
    // Relaxed: a count for people; it orders nothing.
    dropped_out_of_range.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  if (series_.slot() == internal::kSinkSlot) return;
  const internal::SlowCells cells(series_.slot());
  internal::Cell* const run = cells.Owned();
  // No memory for a shard, which SlowCells has counted.
  if (run == nullptr) return;
  // Relaxed: the owner reads what it stored itself.
  internal::ExponentialLayout layout(run[internal::kLayoutCell].load(std::memory_order_relaxed));
  if (value <= internal::kZeroThreshold) {
    if (!layout.has_window()) internal::OpenWindow(run);
    Add(run, internal::kZeroCell, value);
    return;
  }
  const std::int32_t index = ExponentialIndex(value);
  if (layout.PositionOf(index) >= internal::kExponentialBuckets) {
    layout = internal::MakeRoom(run, index);
  }
  Add(run, layout.window() + layout.PositionOf(index), value);
}

}  // namespace streamhouse::metrics
