#include "agent/log/log_clocks.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>

namespace streamhouse::agent {
namespace {

TEST(LogClocksTest, TheWallClockIsTheSystems) {
  using std::chrono::milliseconds;
  using std::chrono::system_clock;
  const system_clock::time_point before = system_clock::now();
  const system_clock::time_point read{milliseconds(WallClockMilliseconds())};
  EXPECT_GT(read + milliseconds(1), before);
  EXPECT_LE(read, system_clock::now());
}

TEST(LogClocksTest, TheSteadyClockGoesOn) {
  const std::int64_t before = SteadyMilliseconds();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (SteadyMilliseconds() == before && std::chrono::steady_clock::now() < deadline) {
  }
  EXPECT_GT(SteadyMilliseconds(), before);
}

}  // namespace
}  // namespace streamhouse::agent
