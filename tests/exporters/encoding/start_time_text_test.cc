#include "exporters/encoding/start_time_text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace streamhouse::exporters {
namespace {

std::string Written(StartTimeText& text, std::int64_t unix_milliseconds) {
  char out[StartTimeText::kBytesMax];
  return {out, text.Write(out, unix_milliseconds)};
}

TEST(StartTimeTextTest, HasSecondsToTheMillisecond) {
  StartTimeText text;
  EXPECT_EQ(Written(text, 1'700'000'000'007), " st@1700000000.007");
}

TEST(StartTimeTextTest, ATimeReplacesTheOneBefore) {
  StartTimeText text;
  EXPECT_EQ(Written(text, 0), " st@0.000");
  EXPECT_EQ(Written(text, 1'700'000'000'250), " st@1700000000.250");
  EXPECT_EQ(Written(text, 1'700'000'000'250), " st@1700000000.250");
  EXPECT_EQ(Written(text, -1), " st@-0.001");
}

TEST(StartTimeTextTest, HasRoomForTheLongestTime) {
  StartTimeText text;
  EXPECT_EQ(Written(text, std::numeric_limits<std::int64_t>::min()), " st@-9223372036854775.808");
}

TEST(StartTimeTextTest, EndsALineThatItIsAskedToEnd) {
  StartTimeText text;
  char out[StartTimeText::kBytesMax];
  EXPECT_EQ(std::string(out, text.WriteLine(out, 1'700'000'000'007)), " st@1700000000.007\n");
  EXPECT_EQ(Written(text, 1'700'000'000'007), " st@1700000000.007");
}

}  // namespace
}  // namespace streamhouse::exporters
