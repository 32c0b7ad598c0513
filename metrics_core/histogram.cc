#include "metrics_core/histogram.h"

#include <cmath>

namespace streamhouse::metrics {
namespace {

template <typename Number>
void ObserveInSlowCells(internal::Slot run, std::uint32_t bucket, Number value) {
  internal::SlowCells cells(run);
  // The orders are those of internal::Observe.
  cells.Add(internal::kFirstBucketCell + bucket, std::uint64_t{1}, std::memory_order_release);
  cells.Add(internal::kSumCell, value, std::memory_order_release);
  cells.Add(internal::kCountCell, std::uint64_t{1}, std::memory_order_release);
}

}  // namespace

void Histogram::ObserveSlowly(double value) const noexcept {
  if (std::isnan(value) || (value < 0 && !buckets_->takes_negative())) {
    internal::CountDropped(value);
    return;
  }
  // Adding zero for an infinity keeps the protocol of the three stores.
  ObserveInSlowCells(series_.slot(), buckets_->Locate(value), std::isinf(value) ? 0.0 : value);
}

void TickHistogram::ObserveSlowly(std::uint64_t ticks) const noexcept {
  if (IsNegative(ticks)) {
    internal::CountDroppedOutOfRange();
    return;
  }
  ObserveInSlowCells(series_.slot(), buckets_->LocateTicks(ticks), ticks);
}

}  // namespace streamhouse::metrics
