#include "exporters/push/push_schedule.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>

namespace streamhouse::exporters {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Whether `delay` is `exact` but for the jitter.
testing::AssertionResult IsAbout(milliseconds delay, milliseconds exact) {
  const double ratio = static_cast<double>(delay.count()) / static_cast<double>(exact.count());
  if (ratio >= 0.89 && ratio <= 1.11) return testing::AssertionSuccess();
  return testing::AssertionFailure() << delay.count() << " ms instead of " << exact.count();
}

TEST(PushScheduleTest, KeepsTheIntervalAfterASuccess) {
  PushSchedule schedule(seconds(15), 1);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(IsAbout(schedule.AfterSuccess(), seconds(15)));
}

TEST(PushScheduleTest, SpreadsAFleet) {
  std::set<milliseconds> delays;
  for (std::uint64_t seed = 0; seed < 100; ++seed) delays.insert(PushSchedule(seconds(15), seed).AfterSuccess());
  EXPECT_GT(delays.size(), 50U);
  EXPECT_GT(*delays.rbegin() - *delays.begin(), seconds(1));
}

TEST(PushScheduleTest, DoublesTheDelayAfterFailuresUpToTheInterval) {
  PushSchedule schedule(seconds(15), 1);
  for (const int delay : {1, 2, 4, 8, 15, 15}) EXPECT_TRUE(IsAbout(schedule.AfterFailure(), seconds(delay)));
}

TEST(PushScheduleTest, StartsAgainAfterASuccess) {
  PushSchedule schedule(seconds(15), 1);
  for (int i = 0; i < 5; ++i) schedule.AfterFailure();
  schedule.AfterSuccess();
  EXPECT_TRUE(IsAbout(schedule.AfterFailure(), seconds(1)));
}

TEST(PushScheduleTest, RetriesNoLaterThanTheInterval) {
  PushSchedule schedule(milliseconds(100), 1);
  EXPECT_TRUE(IsAbout(schedule.AfterFailure(), milliseconds(100)));
}

}  // namespace
}  // namespace streamhouse::exporters
