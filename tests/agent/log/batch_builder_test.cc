#include "agent/log/batch_builder.h"

#include <gtest/gtest.h>

#include <optional>

namespace streamhouse::agent {
namespace {

TEST(BatchBuilderTest, IsEmptyAtFirst) {
  const BatchBuilder builder;
  EXPECT_TRUE(builder.empty());
  EXPECT_EQ(builder.body(), "");
}

TEST(BatchBuilderTest, CountsRecordsAndKnowsTheLargest) {
  BatchBuilder builder;
  builder.Add({.key = "key", .value = "value", .timestamp_ms = 1});
  builder.Add({.key = std::nullopt, .value = "v", .timestamp_ms = 2});
  EXPECT_EQ(builder.record_count(), 2U);
  EXPECT_EQ(builder.largest_record_bytes(), 8U);
  EXPECT_EQ(builder.body().size(), 2 * kRecordHeaderBytes + 9);
}

TEST(BatchBuilderTest, ReservesEnoughForItsRecords) {
  BatchBuilder builder;
  builder.Reserve(2, 9);
  builder.Add({.key = "key", .value = "value", .timestamp_ms = 1});
  const char* const before = builder.body().data();
  builder.Add({.key = std::nullopt, .value = "v", .timestamp_ms = 2});
  EXPECT_EQ(builder.body().data(), before);
}

TEST(BatchBuilderTest, MakesAHeaderThatFitsItsBody) {
  BatchBuilder builder;
  builder.Add({.key = std::nullopt, .value = "v", .timestamp_ms = 2});
  const BatchHeader header = builder.MakeHeader();
  EXPECT_TRUE(VisitRecords(header, builder.body(), [](const RecordView&) { return Visit::kContinue; }).ok());
}

}  // namespace
}  // namespace streamhouse::agent
