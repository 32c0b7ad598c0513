#include "metrics_core/clock.h"

#include <chrono>
#include <cstdint>

#include <gtest/gtest.h>

namespace streamhouse::metrics {
namespace {

std::uint64_t SteadyNanoseconds() {
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1));
}

TEST(ClockTest, NeverRunsBackwardsWithinAThread) {
  std::uint64_t last = Clock::NowNanoseconds();
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t now = Clock::NowNanoseconds();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(ClockTest, AgreesWithTheSteadyClockOnHowLongSomethingTook) {
  constexpr std::uint64_t kLong = 50'000'000;
  const std::uint64_t outer_start = SteadyNanoseconds();
  const std::uint64_t start = Clock::NowNanoseconds();
  const std::uint64_t inner_start = SteadyNanoseconds();
  while (SteadyNanoseconds() - inner_start < kLong) {
  }
  const std::uint64_t inner = SteadyNanoseconds() - inner_start;
  const std::uint64_t took = Clock::NowNanoseconds() - start;
  const std::uint64_t outer = SteadyNanoseconds() - outer_start;
  // Between what lies inside it and what lies around it, give or take a thousandth.
  EXPECT_GE(took, inner - inner / 1000);
  EXPECT_LE(took, outer + outer / 1000);
}

}  // namespace
}  // namespace streamhouse::metrics
