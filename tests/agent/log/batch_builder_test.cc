#include "agent/log/batch_builder.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "proto/record_headers.h"

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
  EXPECT_EQ(builder.message_bytes(), 9U);
  EXPECT_EQ(builder.body().size(), 2 * kRecordHeaderBytes + 9);
}

TEST(BatchBuilderTest, CountsHeadersAmongTheBytesOfARecord) {
  BatchBuilder builder;
  builder.Add({.key = std::nullopt, .value = "v", .timestamp_ms = 1, .headers = "headers"});
  builder.Add({.key = std::nullopt, .value = "v", .timestamp_ms = 1});
  EXPECT_EQ(builder.largest_record_bytes(), 8U);
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

class BorrowingTest : public testing::Test {
 protected:
  BorrowingTest() {
    original_.Add({.key = "key", .value = "value", .timestamp_ms = 5});
    original_.Add({.key = std::nullopt, .value = "v", .timestamp_ms = 2});
  }

  BatchBuilder original_;
};

TEST_F(BorrowingTest, MakesTheSameBatchWithoutACopy) {
  BatchBuilder borrower;
  ASSERT_TRUE(borrower.Borrow(original_.body(), 2));
  EXPECT_EQ(borrower.body().data(), original_.body().data());
  EXPECT_EQ(borrower.record_count(), 2U);
  EXPECT_EQ(borrower.largest_record_bytes(), 8U);
  const BatchHeader header = borrower.MakeHeader();
  EXPECT_TRUE(VisitRecords(header, borrower.body(), [](const RecordView&) { return Visit::kContinue; }).ok());
}

// Invariants 1 and 2.
TEST_F(BorrowingTest, AccountsForEachByteOfItsRecordsAsTheirOwnerDoes) {
  std::string headers;
  v1::AppendHeader({.name = "name", .value = "value"}, headers);
  original_.Add({.key = std::nullopt, .value = "v", .timestamp_ms = 1, .headers = headers});
  BatchBuilder borrower;
  ASSERT_TRUE(borrower.Borrow(original_.body(), 3));
  for (const BatchBuilder* const builder : {&original_, &borrower}) {
    EXPECT_EQ(builder->body().size(),
              builder->record_count() * kRecordHeaderBytes + v1::kHeadersSizeBytes + builder->message_bytes());
    EXPECT_EQ(builder->largest_record_bytes(), builder->message_bytes() - 9) << "8 and 1 of the others";
  }
}

TEST_F(BorrowingTest, RefusesHeadersThatAreNotWhole) {
  std::string headers;
  v1::AppendHeader({.name = "name", .value = "value"}, headers);
  BatchBuilder whole;
  whole.Add({.key = std::nullopt, .value = "v", .timestamp_ms = 1, .headers = headers});
  EXPECT_TRUE(BatchBuilder().Borrow(whole.body(), 1));
  headers.pop_back();
  BatchBuilder cut;
  cut.Add({.key = std::nullopt, .value = "v", .timestamp_ms = 1, .headers = headers});
  EXPECT_FALSE(BatchBuilder().Borrow(cut.body(), 1));
}

TEST_F(BorrowingTest, RefusesTheMarkOfHeadersWithoutAny) {
  std::string record;
  v1::AppendRecord({.key = {}, .value = "value", .headers = std::string_view("\0\0\0\0\0\0\0\0", 8)}, record);
  // The size of the headers, and they themselves.
  record.replace(record.size() - 12, 12, 4, '\0');
  BatchBuilder batch;
  EXPECT_FALSE(batch.Borrow(record, 1));
}

TEST_F(BorrowingTest, RefusesWhatIsNotThatManyWholeRecords) {
  for (const std::uint32_t count : {0U, 1U, 3U, 0xFFFFFFFFU}) {
    EXPECT_FALSE(BatchBuilder().Borrow(original_.body(), count)) << count;
  }
  for (std::size_t size = 0; size < original_.body().size(); ++size) {
    EXPECT_FALSE(BatchBuilder().Borrow(original_.body().substr(0, size), 2)) << size;
  }
}

}  // namespace
}  // namespace streamhouse::agent
