#include "exporters/push/http/retry_after.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>

namespace streamhouse::exporters {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Sun, 06 Nov 1994 08:49:37 GMT
constexpr std::chrono::system_clock::time_point kNow{seconds(784'111'777)};

TEST(RetryAfterTest, ReadsSeconds) {
  EXPECT_EQ(ParseRetryAfter("120", kNow), seconds(120));
  EXPECT_EQ(ParseRetryAfter(" 7\t", kNow), seconds(7));
  EXPECT_EQ(ParseRetryAfter("0", kNow), seconds(0));
}

TEST(RetryAfterTest, ReadsTheThreeFormsOfADate) {
  EXPECT_EQ(ParseRetryAfter("Sun, 06 Nov 1994 08:50:00 GMT", kNow), seconds(23));
  EXPECT_EQ(ParseRetryAfter("Sunday, 06-Nov-94 08:50:00 GMT", kNow), seconds(23));
  EXPECT_EQ(ParseRetryAfter("Sun Nov  6 08:50:00 1994", kNow), seconds(23));
  constexpr auto kDaysLater = kNow + std::chrono::days(10);
  EXPECT_EQ(ParseRetryAfter("Wed Nov 16 08:50:00 1994", kDaysLater), seconds(23));
}

TEST(RetryAfterTest, TakesADateThatHasPassedAsNow) {
  EXPECT_EQ(ParseRetryAfter("Sun, 06 Nov 1994 08:49:37 GMT", kNow), seconds(0));
  EXPECT_EQ(ParseRetryAfter("Sat, 05 Nov 1994 08:49:37 GMT", kNow), seconds(0));
  EXPECT_EQ(ParseRetryAfter("Sunday, 06-Nov-50 08:49:37 GMT", kNow), seconds(0)) << "a year of the past";
}

TEST(RetryAfterTest, IsBoundedHoweverLongTheReceiverAsks) {
  EXPECT_EQ(ParseRetryAfter("301", kNow), minutes(5));
  EXPECT_EQ(ParseRetryAfter("99999999999999999999999999", kNow), minutes(5));
  EXPECT_EQ(ParseRetryAfter("Sun, 06 Nov 9999 08:49:37 GMT", kNow), minutes(5));
}

TEST(RetryAfterTest, HasNoValueForAnythingElse) {
  for (const char* const text :
       {"", " ", "-1", "1.5", "soon", "1 2", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 GMT+1",
        "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Now 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, +6 Nov 1994 08:49:37 GMT"}) {
    EXPECT_EQ(ParseRetryAfter(text, kNow), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace streamhouse::exporters
