#include "exporters/http/access/go_duration.h"

#include <gtest/gtest.h>

namespace streamhouse::exporters {
namespace {

using std::chrono::nanoseconds;

TEST(GoDurationTest, ReadsTheDurationsOfGo) {
  EXPECT_EQ(ParseGoDuration("0"), nanoseconds(0));
  EXPECT_EQ(ParseGoDuration("1ns"), nanoseconds(1));
  EXPECT_EQ(ParseGoDuration("200us"), nanoseconds(200'000));
  EXPECT_EQ(ParseGoDuration("2\u00b5s"), nanoseconds(2000));
  EXPECT_EQ(ParseGoDuration("2\u03bcs"), nanoseconds(2000));
  EXPECT_EQ(ParseGoDuration("1.5h"), std::chrono::minutes(90));
  EXPECT_EQ(ParseGoDuration("1h1m1s1ms"), nanoseconds(3'661'001'000'000));
  EXPECT_EQ(ParseGoDuration(".5s"), nanoseconds(500'000'000));
}

TEST(GoDurationTest, ReadsTheLargestDurationOfGo) {
  EXPECT_EQ(ParseGoDuration("9223372036854775807ns"), nanoseconds::max());
  EXPECT_EQ(ParseGoDuration("2562047h47m16.854775807s"), nanoseconds::max()) << "as Go writes it";
  EXPECT_FALSE(ParseGoDuration("9223372036854775808ns"));
}

TEST(GoDurationTest, RefusesOtherTexts) {
  for (const char* text : {"", "1", "s", "1x", "-1s", "+1s", "1 s", "1s ", "1..s", "1e3s", "1s1", "99999999999h",
                           "nans", "0x1s", "infs"}) {
    EXPECT_FALSE(ParseGoDuration(text)) << text;
  }
}

}  // namespace
}  // namespace streamhouse::exporters
