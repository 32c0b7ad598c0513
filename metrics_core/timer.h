// ScopedTimer: observes how long a scope took.
//
// When to use something else: where the same moment ends one duration and starts another, read
// Clock once and observe the difference; a timer reads it twice.
// Guarantees:
// 1. One observation, in nanoseconds, when the scope is left, however it is left.
// 2. No observation is longer than the process has run, give or take kTscSlackNanoseconds and one
//    kTscSlackPart-th of that time (clock.h). The processor's time stamp counter may jump during a
//    scope by more than this, forward or back. Then a duration that the jump made longer is dropped
//    and counted (DroppedOutOfRange()), and the counter is given up (Clock).
// May be lost:
// - A smaller jump is not noticed. It makes each running duration longer by the jump.
// - A scope may start after a jump back and end after the counter was given up. It is too long by
//   the jump then, and guarantee 2 is its only bound.
// Thread safety: one thread a timer. The histogram must outlive it.
// Cost: two clock readings and one observation; of a scope of a second or more, three clock
// readings more. The only system calls are those of steady_clock. Nothing with recording compiled
// out.
//
//   ScopedTimer timer(append_duration);
#pragma once

#include <cstdint>

#include "metrics_core/clock.h"
#include "metrics_core/histogram.h"
#include "metrics_core/internal/cells/recording.h"

namespace streamhouse::metrics {

class ScopedTimer {
 public:
  explicit ScopedTimer(const TickHistogram& nanoseconds) noexcept : nanoseconds_(nanoseconds) {
    if constexpr (internal::kRecordingEnabled) start_ = Clock::NowNanoseconds();
  }
  ~ScopedTimer() {
    if constexpr (internal::kRecordingEnabled) {
      const std::uint64_t took = Clock::NowNanoseconds() - start_;
      if (!nanoseconds_.ObserveBelow(kLong, took)) [[unlikely]]
        ObserveSlowly(nanoseconds_, start_, took);
    }
  }
  ScopedTimer(const ScopedTimer&) = delete;
  ScopedTimer& operator=(const ScopedTimer&) = delete;

 private:
  // From here on, a check of the duration costs nothing beside it.
  static constexpr std::uint64_t kLong = 1'000'000'000;

  static void ObserveSlowly(const TickHistogram& nanoseconds, std::uint64_t start, std::uint64_t took) noexcept;

  const TickHistogram& nanoseconds_;
  std::uint64_t start_ = 0;
};

}  // namespace streamhouse::metrics
