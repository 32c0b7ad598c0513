#include "metrics_core/histogram.h"

#include <cmath>

namespace streamhouse::metrics {
namespace {

constinit std::atomic<std::uint64_t> dropped_not_a_number{0};
constinit std::atomic<std::uint64_t> dropped_out_of_range{0};

template <typename Number>
void ObserveInSlowCells(internal::Slot run, std::uint32_t bucket, Number value) {
  internal::SlowCells cells(run);
  // The orders are those of internal::Observe.
  cells.Add(internal::kFirstBucketCell + bucket, std::uint64_t{1}, std::memory_order_release);
  cells.Add(internal::kSumCell, value, std::memory_order_release);
  cells.Add(internal::kCountCell, std::uint64_t{1}, std::memory_order_release);
}

}  // namespace

std::uint64_t DroppedNotANumber() noexcept {
  // Relaxed: a count for people; it orders nothing.
  return dropped_not_a_number.load(std::memory_order_relaxed);
}

std::uint64_t DroppedOutOfRange() noexcept {
  // Relaxed: a count for people; it orders nothing.
  return dropped_out_of_range.load(std::memory_order_relaxed);
}

namespace internal {

void CountDroppedOutOfRange() noexcept {
  // Relaxed: a count for people; it orders nothing.
  dropped_out_of_range.fetch_add(1, std::memory_order_relaxed);
}

void CountDroppedNotANumber() noexcept {
  // Relaxed: a count for people; it orders nothing.
  dropped_not_a_number.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace internal

void Histogram::ObserveSlowly(double value) const noexcept {
  if (std::isnan(value)) {
    internal::CountDroppedNotANumber();
    return;
  }
  if (value < 0 && !buckets_->takes_negative()) {
    internal::CountDroppedOutOfRange();
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
  ObserveInSlowCells(series_.slot(), buckets_->Locate(AsDouble(ticks)), ticks);
}

}  // namespace streamhouse::metrics
