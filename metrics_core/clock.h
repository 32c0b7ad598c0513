// Clock: a monotonic time for durations, and the wall clock for timestamps.
//
// When to use something else: std::chrono::steady_clock, where a duration must be right across a
// suspend or a migration. NowNanoseconds() is for durations, UnixMilliseconds() for what people
// read: the wall clock may be set back.
// Guarantees:
// 1. NowNanoseconds() counts nanoseconds, with the origin of std::chrono::steady_clock. It never
//    runs backwards within a thread while the same counter is read.
// 2. Where the kernel itself keeps time by the processor's time stamp counter, the clock reads that
//    counter. It scales the counter by what steady_clock said over the first
//    kTscCalibrationNanoseconds or more of the process. The rate is then off by at most a few
//    millionths, which is a few microseconds in a second. Elsewhere, and before the calibration,
//    steady_clock is read.
// 3. Each Registry::TakeSnapshot() without a time of the caller's checks the counter against
//    steady_clock. At most once in kKernelAskNanoseconds it also asks the kernel whether it still
//    keeps time by the counter. Where the counter has begun again (suspend, migration), jumped
//    ahead, or the kernel has given it up, steady_clock is read from then on.
// May be wrong:
// - The difference of two readings around that moment may be negative, which a TickHistogram drops
//   and counts, or too long by the jump. ScopedTimer compares the two clocks for durations of a
//   second or more, and drops durations that are too long
//   (docs/decisions/durations_across_jumps.md).
// - A program that takes no snapshots makes no other check.
// - Where the kernel's answer cannot be read (no free descriptor), nothing changes: a snapshot that
//   is kKernelAskNanoseconds later asks again.
// Thread safety: any thread.
// Cost: a fraction of a std::chrono::steady_clock reading (bench: BM_ClockNow).
//
//   const std::uint64_t start = Clock::NowNanoseconds();
//   Append(batch);
//   append_duration.Observe(Clock::NowNanoseconds() - start);
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "metrics_core/internal/cells/tsc.h"
#include "metrics_core/internal/int128.h"

namespace streamhouse::metrics {

inline constexpr double kNanosecondsPerSecond = 1e9;

namespace internal {

// Long against the error of two readings of steady_clock, so that the rate is right to millionths.
inline constexpr std::uint64_t kTscCalibrationNanoseconds = 20'000'000;

inline constexpr std::uint64_t kKernelAskNanoseconds = 10'000'000'000;

// How far the two clocks may be apart: this, and a part of the time since the calibration. Their
// rates differ by millionths, and steady_clock is slewed by up to 500 of them.
inline constexpr std::int64_t kTscSlackNanoseconds = 1'000'000'000;
inline constexpr std::uint64_t kTscSlackPart = 1'000;

// A line through a moment that both clocks have seen.
struct TscScale {
  std::uint64_t tsc = 0;
  std::uint64_t nanoseconds = 0;
  std::uint64_t nanoseconds_per_tick = 0;  // times 2^32
};

// Null until calibrated, and again where the counter is not to be trusted.
extern constinit std::atomic<const TscScale*> tsc_scale;

// By steady_clock, when the kernel was last asked whether it keeps time by the counter.
extern constinit std::atomic<std::uint64_t> kernel_asked;

inline std::uint64_t SteadyNanoseconds() noexcept {
  const auto since_origin = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(since_origin).count());
}

// Reads steady_clock, and calibrates when enough time has passed.
std::uint64_t NowWithoutTsc() noexcept;

// Gives the counter up for good, in favour of steady_clock, where it has begun again or runs at
// another rate, or the kernel keeps time by another clock now. Registry::TakeSnapshot() calls it.
// Makes system calls.
void CheckTsc() noexcept;

// Whether steady_clock says that less than `took` has gone by since `start`, a reading of Clock, or
// since the process began. Gives the counter up as CheckTsc() does, but does not ask the kernel,
// and makes no system call.
bool IsTooLong(std::uint64_t start, std::uint64_t took) noexcept;

}  // namespace internal

class Clock {
 public:
  // Of the system's clock, since 1970.
  static std::int64_t UnixMilliseconds() noexcept {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::floor<std::chrono::milliseconds>(since_epoch).count();
  }

  static std::uint64_t NowNanoseconds() noexcept {
    if constexpr (!internal::kHasTsc) return internal::SteadyNanoseconds();
    // Acquire: pairs with the release in NowWithoutTsc, so that the scale is visible, and with that
    // in GiveUpTsc.
    const internal::TscScale* const scale = internal::tsc_scale.load(std::memory_order_acquire);
    if (scale == nullptr) [[unlikely]]
      return internal::NowWithoutTsc();
    // Signed: a counter that has begun again is behind the moment. Durations are then right, but
    // for durations that were under way, which are negative.
    const auto ticks = static_cast<std::int64_t>(internal::ReadTsc() - scale->tsc);
    const auto scaled = static_cast<internal::Int128>(ticks) * static_cast<std::int64_t>(scale->nanoseconds_per_tick);
    return scale->nanoseconds + static_cast<std::uint64_t>(scaled >> 32);
  }
};

}  // namespace streamhouse::metrics
