#include "metrics_core/duration_text.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string_view>

namespace streamhouse::metrics {
namespace {

std::int64_t Milliseconds(std::string_view text) {
  const auto parsed = ParseDuration(text);
  return parsed.ok() ? parsed->count() : -1;
}

TEST(DurationTest, TakesAWholeNumberWithAUnit) {
  EXPECT_EQ(Milliseconds("250ms"), 250);
  EXPECT_EQ(Milliseconds("90s"), 90'000);
  EXPECT_EQ(Milliseconds("5m"), 300'000);
  EXPECT_EQ(Milliseconds("2h"), 7'200'000);
  EXPECT_EQ(Milliseconds("7d"), 604'800'000);
  EXPECT_EQ(Milliseconds("0s"), 0);
}

TEST(DurationTest, RefusesEverythingElse) {
  for (const char* const text : {"", "s", "1", "-1s", "1.5s", "1 s", "1w", "1sec", "9223372036854775807s"}) {
    EXPECT_EQ(Milliseconds(text), -1) << text;
  }
}

TEST(DurationTest, NamesTheTextThatItRefuses) {
  EXPECT_EQ(ParseDuration("soon").status().message(),
            "\"soon\" is not a whole number with ms, s, m, h or d, such as 90s");
}

TEST(DurationTest, ADurationThatIsWrittenReadsBackTheSame) {
  for (const char* const text : {"250ms", "90s", "5m", "2h", "7d", "0s"}) {
    EXPECT_EQ(FormatDuration(std::chrono::milliseconds(Milliseconds(text))), text);
  }
}

}  // namespace
}  // namespace streamhouse::metrics
