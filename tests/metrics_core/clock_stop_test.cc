// Clock, with a thread that is stopped between two of its readings. The clock of the system is the
// test's.
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <functional>

#include <gtest/gtest.h>

#include "metrics_core/clock.h"
#include "metrics_core/internal/cells/tsc.h"

namespace streamhouse::metrics {
namespace {

std::function<void()>& BeforeReading() {
  static std::function<void()> hook;
  return hook;
}
std::int64_t g_stopped_seconds = 0;

}  // namespace

// In place of the C library's.
extern "C" int clock_gettime(clockid_t clock, timespec* time) {
  if (BeforeReading() != nullptr) BeforeReading()();
  const auto result = static_cast<int>(::syscall(SYS_clock_gettime, clock, time));
  time->tv_sec += g_stopped_seconds;
  return result;
}

namespace {

constexpr std::int64_t kStopSeconds = 5;

// Goal: a stop of the process costs it no clock. Method: before the nth reading of steady_clock in
// a look at the counter, both clocks go on by five seconds.
TEST(ClockStopTest, KeepsTheCounterOverAStopBetweenTwoReadings) {
  static constinit internal::TscScale scale{};
  for (int n = 1; n <= 3; ++n) {
    // A tick a nanosecond, which is near enough for the moment that it takes.
    scale = {.tsc = internal::ReadTsc(),
             .nanoseconds = internal::SteadyNanoseconds(),
             .nanoseconds_per_tick = std::uint64_t{1} << 32};
    internal::tsc_scale.store(&scale, std::memory_order_release);
    // It was asked a moment ago, and is not asked again.
    internal::kernel_asked.store(scale.nanoseconds, std::memory_order_relaxed);
    int readings = 0;
    BeforeReading() = [&] {
      if (++readings != n) return;
      g_stopped_seconds += kStopSeconds;
      scale.nanoseconds += kStopSeconds * 1'000'000'000;
    };
    internal::CheckTsc();
    BeforeReading() = nullptr;
    EXPECT_GE(readings, internal::kHasTsc ? n : 0);
    EXPECT_EQ(internal::tsc_scale.load(std::memory_order_acquire), &scale) << "stopped before reading " << n;
  }
}

}  // namespace
}  // namespace streamhouse::metrics
