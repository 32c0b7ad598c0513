// ScopedTimer: observes how long a scope took.
//
// When to use something else: where the same moment ends one duration and starts another, read Clock once and
// observe the difference; a timer reads it twice.
// Guarantees: one observation, in nanoseconds, when the scope is left, however it is left.
// Thread safety: one thread a timer. The histogram must outlive it. Cost: two clock readings and one observation;
// nothing with recording compiled out.
//
//   ScopedTimer timer(append_duration);
#pragma once

#include <cstdint>

#include "metrics_core/clock.h"
#include "metrics_core/histogram.h"
#include "metrics_core/internal/recording.h"

namespace streamhouse::metrics {

class ScopedTimer {
 public:
  explicit ScopedTimer(const TickHistogram& nanoseconds) noexcept : nanoseconds_(nanoseconds) {
    if constexpr (internal::kRecordingEnabled) start_ = Clock::NowNanoseconds();
  }
  ~ScopedTimer() {
    if constexpr (internal::kRecordingEnabled) nanoseconds_.Observe(Clock::NowNanoseconds() - start_);
  }
  ScopedTimer(const ScopedTimer&) = delete;
  ScopedTimer& operator=(const ScopedTimer&) = delete;

 private:
  const TickHistogram& nanoseconds_;
  std::uint64_t start_ = 0;
};

}  // namespace streamhouse::metrics
