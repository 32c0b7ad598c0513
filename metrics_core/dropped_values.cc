#include "metrics_core/dropped_values.h"

#include <atomic>
#include <cmath>

namespace streamhouse::metrics {
namespace {

constinit std::atomic<std::uint64_t> dropped_not_a_number{0};
constinit std::atomic<std::uint64_t> dropped_out_of_range{0};

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

void CountDropped(double value) noexcept {
  if (!std::isnan(value)) return CountDroppedOutOfRange();
  // Relaxed: a count for people; it orders nothing.
  dropped_not_a_number.fetch_add(1, std::memory_order_relaxed);
}

void CountDroppedOutOfRange() noexcept {
  // Relaxed: a count for people; it orders nothing.
  dropped_out_of_range.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace internal
}  // namespace streamhouse::metrics
