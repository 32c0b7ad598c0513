#include "exporters/http/access/rate_limit.h"

#include <gtest/gtest.h>

#include <chrono>

namespace streamhouse::exporters {
namespace {

using std::chrono::milliseconds;

class RateLimitTest : public testing::Test {
 protected:
  // Whether a request at that time is answered.
  bool Takes(int at_milliseconds) { return limit_.Take(begin_ + milliseconds(at_milliseconds)); }

  const std::chrono::steady_clock::time_point begin_{std::chrono::hours(1)};
  RateLimit limit_{{.interval = milliseconds(100), .burst = 2}};
};

TEST_F(RateLimitTest, AnswersTheBurstAndThenOneInEachInterval) {
  EXPECT_TRUE(Takes(0));
  EXPECT_TRUE(Takes(0));
  EXPECT_FALSE(Takes(0));
  EXPECT_FALSE(Takes(90));
  EXPECT_FALSE(Takes(95)) << "a refusal does not count the time before it twice";
  EXPECT_TRUE(Takes(101));
  EXPECT_FALSE(Takes(102));
  EXPECT_TRUE(Takes(202));
}

TEST_F(RateLimitTest, SavesNoMoreThanTheBurst) {
  Takes(0);
  EXPECT_TRUE(Takes(100'000));
  EXPECT_TRUE(Takes(100'000));
  EXPECT_FALSE(Takes(100'000));
}

TEST_F(RateLimitTest, TakesEveryRequestWithoutAnInterval) {
  RateLimit limit({});
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(limit.Take(begin_));
}

}  // namespace
}  // namespace streamhouse::exporters
