#include "metrics_core/timer.h"

#include "metrics_core/dropped_values.h"

namespace streamhouse::metrics {

void ScopedTimer::ObserveSlowly(const TickHistogram& nanoseconds, std::uint64_t start, std::uint64_t took) noexcept {
  if (took >= kLong && internal::IsTooLong(start, took)) {
    internal::CountDroppedOutOfRange();
    return;
  }
  nanoseconds.Observe(took);
}

}  // namespace streamhouse::metrics
