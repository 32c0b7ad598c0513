#include "apps/flag_values.h"

#include <gtest/gtest.h>

#include <CLI/Config.hpp>
#include <CLI/Error.hpp>
#include <CLI/Formatter.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace streamhouse::apps {
namespace {

std::string RoundTrip(std::string_view text) {
  const metrics::Result<TopicSpec> spec = ParseTopicSpec(text);
  return spec.ok() ? spec.value().name + ":" + std::to_string(spec.value().partitions) : "refused";
}

TEST(TopicSpecTest, ATopicThatIsWrittenReadsBackTheSame) {
  for (const char* const text : {"orders:1", "a.b_c-d:1000", "a:b:3"}) EXPECT_EQ(RoundTrip(text), text);
}

TEST(TopicSpecTest, NeedsOneNameAndOneNumberAboveZero) {
  for (const char* const text :
       {"", "orders", ":3", "orders:", "orders:0", "orders:-1", "orders:x", "orders:3 ", "orders:4294967296"}) {
    EXPECT_EQ(RoundTrip(text), "refused") << text;
  }
}

TEST(TopicSpecTest, NamesTheTextThatItRefuses) {
  EXPECT_EQ(ParseTopicSpec("orders").status().message(),
            "\"orders\" is not NAME:PARTITIONS with at least one partition");
}

TEST(Rfc3339Test, ReadsZonesAndFractions) {
  EXPECT_EQ(ParseRfc3339("1970-01-01T00:00:01Z"), 1'000);
  EXPECT_EQ(ParseRfc3339("2026-11-28T18:00:00.25+02:00"), 1'795'881'600'250);
  EXPECT_EQ(ParseRfc3339("2026-11-28t15:30:00.250999-00:30"), 1'795'881'600'250);
}

TEST(Rfc3339Test, RefusesTextsThatAreNotRfc3339) {
  for (const char* text : {"", "2026-11-28", "2026-02-30T00:00:00Z", "2026-11-28T24:00:00Z", "2026-11-28T18:00:00",
                           "2026-11-28T18:00:00.Z", "2026-11-28T18:00:00Zx", "2026-11-28T18:00:00+2:00"}) {
    EXPECT_EQ(ParseRfc3339(text), std::nullopt) << text;
  }
}

TEST(SeekPlaceTest, IsAnEndAnOffsetOrATime) {
  EXPECT_TRUE(std::holds_alternative<client::SeekToEarliest>(*ParseSeekPlace("earliest", 0)));
  EXPECT_TRUE(std::holds_alternative<client::SeekToLatest>(*ParseSeekPlace("latest", 0)));
  EXPECT_EQ(std::get<client::SeekToOffset>(*ParseSeekPlace("120", 0)).offset, 120U);
  EXPECT_EQ(std::get<client::SeekToTime>(*ParseSeekPlace("2s", 10'000)).append_time_ms, 8'000);
  EXPECT_EQ(std::get<client::SeekToTime>(*ParseSeekPlace("1970-01-01T00:00:05Z", 0)).append_time_ms, 5'000);
}

TEST(SeekPlaceTest, RefusesAnythingElse) {
  for (const char* text : {"", "-1", "yesterday", "18446744073709551616", "2x"}) {
    EXPECT_EQ(ParseSeekPlace(text, 0).status().code(), metrics::StatusCode::kInvalidArgument) << text;
  }
}

class ChoiceFlagTest : public testing::Test {
 protected:
  ChoiceFlagTest() { AddChoiceFlag<int>(parser_, "--size", size_, {{"small", 1}, {"large", 9}}, "The size"); }

  std::string Refusal(const std::string& value) {
    try {
      parser_.parse(std::vector<std::string>{value, "--size"});
    } catch (const CLI::ParseError& refused) {
      return refused.what();
    }
    return "";
  }

  int size_ = 9;
  CLI::App parser_;
};

TEST_F(ChoiceFlagTest, TakesANameOfItsChoices) {
  EXPECT_EQ(Refusal("small"), "");
  EXPECT_EQ(size_, 1);
}

TEST_F(ChoiceFlagTest, RefusesEverythingElseAlsoTheNumberOfAChoice) {
  EXPECT_EQ(Refusal("medium"), "--size: \"medium\" is not small|large");
  EXPECT_EQ(Refusal("1"), "--size: \"1\" is not small|large");
  EXPECT_EQ(size_, 9);
}

TEST_F(ChoiceFlagTest, ShowsItsChoicesAndItsDefault) {
  EXPECT_NE(parser_.help().find("--size small|large=large"), std::string::npos) << parser_.help();
}

TEST(FieldAdviceTest, StandsBehindAnErrorAboutItsFieldOrOneInIt) {
  constexpr FieldAdvice kAll[] = {{.field = "tls", .text = " (--tls)"},
                                  {.field = "tls.key", .text = " (--key)"},
                                  {.field = "topics", .text = " (--topic)"}};
  const auto advised = [&](const std::string& field) {
    return WithAdvice(metrics::Status(metrics::StatusCode::kInvalidArgument, "bad").WithField(field), kAll).message();
  };
  EXPECT_EQ(advised("tls"), "bad (--tls)");
  EXPECT_EQ(advised("tls.key"), "bad (--key)");
  EXPECT_EQ(advised("tls.certificate"), "bad (--tls)");
  EXPECT_EQ(advised("topics[1].name"), "bad (--topic)");
  EXPECT_EQ(advised("topicsy"), "bad");
  EXPECT_EQ(advised(""), "bad");
}

}  // namespace
}  // namespace streamhouse::apps
