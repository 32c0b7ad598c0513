#include "agent/log/sent_time.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>

namespace streamhouse::agent {
namespace {

constexpr std::int64_t kAppended = kCredibleFromMs + 1'000;

std::int64_t Sent(std::int64_t timestamp_ms, std::int64_t append_time_ms = kAppended) {
  return SentAt({.key = std::nullopt, .value = "v", .timestamp_ms = timestamp_ms}, append_time_ms);
}

TEST(SentTimeTest, IsTheTimestampOfARecordThatWasSentBeforeItWasAppended) {
  EXPECT_EQ(Sent(kAppended - 5), kAppended - 5);
  EXPECT_EQ(Sent(1), 1);
}

TEST(SentTimeTest, IsNeverAfterTheAppend) {
  EXPECT_EQ(Sent(kAppended + 5), kAppended);
}

TEST(SentTimeTest, WithoutATimestampIsThatOfTheAppend) {
  EXPECT_EQ(Sent(0), kAppended);
  EXPECT_EQ(Sent(-7), kAppended);
}

TEST(SentTimeTest, IsTheTimestampWhereTheClockOfTheAppendHadLostItsDate) {
  EXPECT_EQ(Sent(kAppended, kCredibleFromMs - 1), kAppended);
}

}  // namespace
}  // namespace streamhouse::agent
