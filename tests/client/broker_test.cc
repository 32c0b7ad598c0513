#include "client/broker.h"

#include <gtest/gtest.h>

namespace streamhouse::client {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

TEST(CallLimitsTest, EndWithinTheTimeout) {
  const auto before = steady_clock::now();
  const CallLimits limits = CallLimits::Within(std::chrono::minutes(1));
  EXPECT_GE(limits.deadline, before + std::chrono::minutes(1));
  EXPECT_LE(limits.deadline, steady_clock::now() + std::chrono::minutes(1));
}

TEST(CallLimitsTest, AnEndlessTimeoutDoesNotOverflow) {
  EXPECT_EQ(DeadlineAfter(nanoseconds::max()), steady_clock::time_point::max());
}

TEST(CallLimitsTest, CarryTheStopToken) {
  std::stop_source source;
  const CallLimits limits = CallLimits::Within(nanoseconds(1), source.get_token());
  source.request_stop();
  EXPECT_TRUE(limits.stop.stop_requested());
  EXPECT_FALSE(CallLimits::Within(nanoseconds(1)).stop.stop_possible());
}

}  // namespace
}  // namespace streamhouse::client
