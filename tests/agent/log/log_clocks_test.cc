#include "agent/log/log_clocks.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>

namespace streamhouse::agent {
namespace {

TEST(LogClocksTest, TheSteadyClockGoesOn) {
  const std::int64_t before = SteadyMilliseconds();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (SteadyMilliseconds() == before && std::chrono::steady_clock::now() < deadline) {
  }
  EXPECT_GT(SteadyMilliseconds(), before);
}

}  // namespace
}  // namespace streamhouse::agent
