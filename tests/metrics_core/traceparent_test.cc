#include "metrics_core/traceparent.h"

#include <cstddef>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace streamhouse::metrics {
namespace {

const std::string kValid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

// `header` with the text from `at` on replaced.
std::string With(std::size_t at, const std::string& text, std::string header = kValid) {
  return header.replace(at, text.size(), text);
}

bool IsValid(const std::string& header) {
  return ParseTraceparent(header).has_value();
}

// What the specification says of the field, in other words than those of the parser.
bool IsValidByTheText(const std::string& header) {
  const auto is_hex = [&](std::size_t at, std::size_t size) {
    return header.substr(at, size).find_first_not_of("0123456789abcdef") == std::string::npos;
  };
  const auto is_zero = [&](std::size_t at, std::size_t size) {
    return header.substr(at, size).find_first_not_of('0') == std::string::npos;
  };
  if (header.size() < 55 || header[2] != '-' || header[35] != '-' || header[52] != '-') return false;
  if (!is_hex(0, 2) || !is_hex(3, 32) || !is_hex(36, 16) || !is_hex(53, 2)) return false;
  if (header.starts_with("ff") || is_zero(3, 32) || is_zero(36, 16)) return false;
  return header.size() == 55 || (!header.starts_with("00") && header[55] == '-');
}

TEST(TraceparentTest, IsWrittenAsItIsRead) {
  EXPECT_EQ(FormatSampledTraceparent(ParseTraceparent(kValid)->trace), kValid);
  EXPECT_EQ(FormatSampledTraceparent({.span_id = 1}), "00-00000000000000000000000000000000-0000000000000001-01");
}

TEST(TraceparentTest, HasTheIdsOfTheHeader) {
  const auto parent = ParseTraceparent(kValid);
  ASSERT_TRUE(parent.has_value());
  EXPECT_EQ(parent->trace.trace_id_high, 0x0af7651916cd43ddU);
  EXPECT_EQ(parent->trace.trace_id_low, 0x8448eb211c80319cU);
  EXPECT_EQ(parent->trace.span_id, 0xb7ad6b7169203331U);
}

TEST(TraceparentTest, TakesTheLowestFlagAsSampledAndIgnoresTheOthers) {
  EXPECT_TRUE(ParseTraceparent(With(53, "01"))->is_sampled);
  EXPECT_TRUE(ParseTraceparent(With(53, "ff"))->is_sampled);
  EXPECT_FALSE(ParseTraceparent(With(53, "00"))->is_sampled);
  EXPECT_FALSE(ParseTraceparent(With(53, "fe"))->is_sampled);
}

TEST(TraceparentTest, OffersASampledTraceAlone) {
  EXPECT_EQ(SampledTrace(kValid).span_id, 0xb7ad6b7169203331U);
  EXPECT_EQ(SampledTrace(With(53, "00")).span_id, 0U);
  EXPECT_EQ(SampledTrace("").trace_id_low, 0U);
}

TEST(TraceparentTest, RefusesIdsOfZeros) {
  EXPECT_FALSE(IsValid(With(3, std::string(32, '0'))));
  EXPECT_FALSE(IsValid(With(36, std::string(16, '0'))));
  EXPECT_TRUE(IsValid(With(3, std::string(31, '0'))));
  EXPECT_TRUE(IsValid(With(3, std::string(16, '0'))));
}

TEST(TraceparentTest, RefusesCapitalLettersAndWhatIsNoDigit) {
  for (const std::size_t at : {0U, 4U, 34U, 40U, 54U}) {
    for (const char* const text : {"A", "F", "g", "-", " ", "/", ":", "`"}) {
      EXPECT_FALSE(IsValid(With(at, text))) << text << " at " << at;
    }
  }
}

TEST(TraceparentTest, RefusesEveryOtherLengthOfVersionZero) {
  for (std::size_t size = 0; size < kValid.size(); ++size) EXPECT_FALSE(IsValid(kValid.substr(0, size))) << size;
  EXPECT_FALSE(IsValid(kValid + "-"));
  EXPECT_FALSE(IsValid(kValid + "-what-the-future-will-be-like"));
  EXPECT_FALSE(IsValid(" " + kValid));
}

TEST(TraceparentTest, ReadsALaterVersionAsFarAsItKnowsIt) {
  EXPECT_TRUE(IsValid(With(0, "cc")));
  EXPECT_TRUE(IsValid(With(0, "01") + "-what-the-future-will-be-like"));
  EXPECT_FALSE(IsValid(With(0, "01") + ".what-the-future-will-be-like"));
  EXPECT_FALSE(IsValid(With(0, "ff")));
  EXPECT_FALSE(IsValid(With(0, "ff") + "-more"));
}

// Up to three characters changed, inserted or cut off, from the characters that matter: the parser
// agrees with the text.
TEST(TraceparentTest, AgreesWithTheTextForAnyBytes) {
  constexpr std::string_view kCharacters = "0019afAFg-. \xff";
  std::minstd_rand random(20);
  int valid = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string header = With(0, random() % 2 == 0 ? "00" : "01");
    for (auto changes = random() % 4; changes > 0; --changes) {
      const std::string character(1, kCharacters[random() % kCharacters.size()]);
      const std::size_t at = random() % (header.size() + 1);
      if (random() % 2 == 0) {
        header.insert(at, character);
      } else {
        header.replace(at, 1, random() % 4 == 0 ? "" : character);
      }
    }
    valid += IsValid(header) ? 1 : 0;
    ASSERT_EQ(IsValid(header), IsValidByTheText(header)) << header;
  }
  EXPECT_GT(valid, 1'000);
}

}  // namespace
}  // namespace streamhouse::metrics
