#include "integrations/mosquitto/coarse_clock.h"

#include <gtest/gtest.h>

#include <chrono>

namespace streamhouse::mosquitto_plugin {
namespace {

TEST(CoarseClockTest, FollowsTheSteadyClock) {
  const auto steady = [] {
    return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
  };
  constexpr std::int64_t kTick = 20'000'000;  // of a kernel with 100 Hz, twice
  const std::int64_t before = steady();
  const std::int64_t coarse = CoarseNow();
  EXPECT_GE(coarse, before - kTick);
  EXPECT_LE(coarse, steady());
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
