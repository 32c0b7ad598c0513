#include "metrics_core/exponential_histogram.h"

#include <cmath>

#include "metrics_core/dropped_values.h"

namespace streamhouse::metrics {

void ExponentialHistogram::ObserveSlowly(double value) const noexcept {
  if (value < 0 || !std::isfinite(value)) {
    internal::CountDropped(value);
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
