#include "client/internal/timestamp_clock.h"

#include <gtest/gtest.h>

namespace streamhouse::client {
namespace {

constexpr std::uint64_t kMillisecond = 1'000'000;

std::int64_t SystemMilliseconds() {
  using std::chrono::milliseconds;
  return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

TEST(TimestampClockTest, AgreesWithTheSystemClock) {
  TimestampClock clock;
  const std::int64_t before = SystemMilliseconds();
  const std::int64_t read = clock.MillisecondsAt(12'345);
  EXPECT_GE(read, before);
  EXPECT_LE(read, SystemMilliseconds());
}

TEST(TimestampClockTest, AdvancesWithTheMonotonicClockBetweenResyncs) {
  TimestampClock clock;
  const std::int64_t start = clock.MillisecondsAt(0);
  EXPECT_EQ(clock.MillisecondsAt(99 * kMillisecond), start + 99);
}

TEST(TimestampClockTest, FollowsTheSystemClockAgainAfterAWhile) {
  TimestampClock clock;
  const std::int64_t start = clock.MillisecondsAt(0);
  // An hour has passed on the monotonic clock alone: the system's clock was set back.
  EXPECT_LT(clock.MillisecondsAt(3'600'000 * kMillisecond), start + 3'600'000);
}

}  // namespace
}  // namespace streamhouse::client
