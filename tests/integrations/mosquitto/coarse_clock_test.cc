#include "integrations/mosquitto/coarse_clock.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>

#include "tests/support/eventually.h"

namespace streamhouse::mosquitto_plugin {
namespace {

std::int64_t SteadyNow() {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

TEST(CoarseClockTest, IsNeverAheadOfTheSteadyClock) {
  for (int i = 0; i < 10'000; ++i) {
    const std::int64_t coarse = CoarseNow();
    ASSERT_LE(coarse, SteadyNow());
  }
}

TEST(CoarseClockTest, ReachesEachTimeOfTheSteadyClock) {
  const std::int64_t begin = SteadyNow();
  EXPECT_TRUE(Eventually([&] { return CoarseNow() >= begin; }));
}

TEST(CoarseClockTest, NeverRunsBackwards) {
  std::int64_t last = CoarseNow();
  for (int i = 0; i < 10'000; ++i) {
    const std::int64_t now = CoarseNow();
    ASSERT_GE(now, last);
    last = now;
  }
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
