#include "exporters/push/stop_signal.h"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/support/watched_thread.h"

namespace streamhouse::exporters {
namespace {

using std::chrono::steady_clock;

TEST(StopSignalTest, EndsAWaitWhenItIsGiven) {
  StopSignal stop;
  bool was_given = false;
  WatchedThread waiter([&] { was_given = stop.WaitUntil(steady_clock::now() + std::chrono::hours(1)); });
  EXPECT_TRUE(waiter.EventuallySleeps());
  stop.Give();
  waiter.Join();
  EXPECT_TRUE(was_given);
}

TEST(StopSignalTest, LetsAWaitEndAtItsTime) {
  StopSignal stop;
  EXPECT_FALSE(stop.WaitUntil(steady_clock::now() + std::chrono::milliseconds(1)));
  EXPECT_FALSE(stop.WaitUntil(steady_clock::time_point::min()));
  EXPECT_FALSE(stop.is_given());
}

TEST(StopSignalTest, StaysGiven) {
  StopSignal stop;
  stop.Give();
  EXPECT_TRUE(stop.is_given());
  EXPECT_TRUE(stop.WaitUntil(steady_clock::now() + std::chrono::hours(1)));
  EXPECT_TRUE(stop.WaitUntil(steady_clock::time_point::min()));
}

}  // namespace
}  // namespace streamhouse::exporters
