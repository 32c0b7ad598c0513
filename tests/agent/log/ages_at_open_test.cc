#include "agent/log/ages_at_open.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <vector>

namespace streamhouse::agent {
namespace {

using Times = std::vector<std::int64_t>;

constexpr std::int64_t kNow = 1'800'000'000'000;
constexpr std::int64_t kLostItsDate = 5;  // in 1970
constexpr std::int64_t kNeverAppended = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kAhead = 2 * kNow;  // in 2084

TEST(AgesAtOpenTest, AreTimesSinceTheAppends) {
  EXPECT_EQ(AgesAtOpen({kNow - 50, kNow - 40, kNow}, kNow), (Times{50, 40, 0}));
  EXPECT_EQ(AgesAtOpen({}, kNow), Times{});
}

TEST(AgesAtOpenTest, NoAgeIsAboveTheOneBefore) {
  EXPECT_EQ(AgesAtOpen({kNow - 50, kNow - 99, kLostItsDate, kNow - 40}, kNow), (Times{50, 50, 50, 40}));
}

TEST(AgesAtOpenTest, ATimeInTheFutureCountsAsThatOfTheNextSegment) {
  EXPECT_EQ(AgesAtOpen({kNow - 50, kAhead, kNow - 40, kAhead}, kNow), (Times{50, 40, 40, 0}));
}

TEST(AgesAtOpenTest, ATimeOfAClockWithoutDateCountsAsThatOfTheNextSegment) {
  EXPECT_EQ(AgesAtOpen({kLostItsDate, kLostItsDate + 1, kNow - 40}, kNow), (Times{40, 40, 40}));
  EXPECT_EQ(AgesAtOpen({kLostItsDate}, kNow), Times{0});
}

TEST(AgesAtOpenTest, AreZeroWhileTheClockHasLostItsDate) {
  EXPECT_EQ(AgesAtOpen({kNow - 50, kNow - 40}, kLostItsDate), (Times{0, 0}));
}

TEST(AgesAtOpenTest, AnEmptySegmentHasTheAgeOfTheOneBefore) {
  EXPECT_EQ(AgesAtOpen({kNow - 50, kNeverAppended}, kNow), (Times{50, 50}));
  EXPECT_EQ(AgesAtOpen({kNeverAppended}, kNow), Times{0});
}

}  // namespace
}  // namespace streamhouse::agent
