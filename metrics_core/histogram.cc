#include "metrics_core/histogram.h"

namespace streamhouse::metrics {
namespace {

constinit std::atomic<std::uint64_t> dropped_not_a_number{0};

}  // namespace

std::uint64_t DroppedNotANumber() noexcept {
  // Relaxed: a count for people; it orders nothing.
  return dropped_not_a_number.load(std::memory_order_relaxed);
}

namespace internal {

void CountDroppedNotANumber() noexcept {
  // Relaxed: a count for people; it orders nothing.
  dropped_not_a_number.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace internal

void Histogram::ObserveNonFinite(double value) const noexcept {
  if (std::isnan(value)) {
    internal::CountDroppedNotANumber();
    return;
  }
  // Adding zero keeps the protocol of the three stores.
  internal::Observe(series_.slot(), buckets_->Locate(value), 0.0);
}

}  // namespace streamhouse::metrics
