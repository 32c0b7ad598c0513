#include "client/record_batch.h"

#include <string>

#include <gtest/gtest.h>

namespace streamhouse::client {
namespace {

TEST(RecordBatchTest, ReturnsTheRecordsThatWereAppended) {
  const RecordView first = {.key = "k1", .value = "value", .timestamp_ms = 7};
  const RecordView second = {.key = "", .value = "", .timestamp_ms = -1};
  const RecordView third = {.value = "keyless", .timestamp_ms = 0};
  RecordBatch batch;
  for (const RecordView& record : {first, second, third}) batch.Append(record);
  EXPECT_EQ(batch[0], first);
  EXPECT_EQ(batch[1], second);
  EXPECT_EQ(batch[2], third);
}

TEST(RecordBatchTest, CountsRecordsAndBytes) {
  RecordBatch batch;
  EXPECT_TRUE(batch.empty());
  batch.Append({.key = "ab", .value = "cde"});
  batch.Append({.value = "f"});
  EXPECT_EQ(batch.size(), 2U);
  EXPECT_EQ(batch.bytes(), 6U);
}

TEST(RecordBatchTest, KeepsHeadersAndCountsTheirBytes) {
  RecordHeaders headers;
  headers.Add("a", "1");
  RecordBatch batch;
  batch.Append({.key = "k", .value = "v", .timestamp_ms = 1, .headers = headers});
  batch.Append({.value = "v"});
  EXPECT_EQ(batch[0].headers.Find("a"), "1");
  EXPECT_TRUE(batch[1].headers.empty());
  EXPECT_EQ(batch.bytes(), batch[0].bytes() + batch[1].bytes());
  EXPECT_EQ(RecordBatch::FromLaidOut(std::string(batch.laid_out()), 2)->bytes(), batch.bytes());
}

TEST(RecordBatchTest, KeepsBytesThatAreNotText) {
  const std::string binary("\0\xff\n", 3);
  RecordBatch batch;
  batch.Append({.key = binary, .value = binary});
  EXPECT_EQ(batch[0].key, binary);
  EXPECT_EQ(batch[0].value, binary);
}

TEST(RecordBatchTest, GivesARecordWithoutTimestampZero) {
  RecordBatch batch;
  batch.Append({.value = "v"});
  EXPECT_EQ(batch[0].timestamp_ms, 0);
}

TEST(RecordBatchTest, ReadsBackFromItsBytes) {
  RecordBatch batch;
  batch.Append({.key = "k", .value = "first", .timestamp_ms = 7});
  batch.Append({.value = ""});
  const auto same = RecordBatch::FromLaidOut(std::string(batch.laid_out()), 2);
  ASSERT_TRUE(same.has_value());
  EXPECT_EQ((*same)[0], batch[0]);
  EXPECT_EQ((*same)[1], batch[1]);
  EXPECT_EQ(same->bytes(), batch.bytes());
}

TEST(RecordBatchTest, IsNotMadeFromBytesThatAreCutOffOrOfAnotherNumberOfRecords) {
  RecordBatch batch;
  batch.Append({.key = "k", .value = "v"});
  const std::string bytes(batch.laid_out());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(RecordBatch::FromLaidOut(bytes.substr(0, size), 1).has_value()) << size;
  }
  EXPECT_FALSE(RecordBatch::FromLaidOut(bytes, 2).has_value());
  EXPECT_FALSE(RecordBatch::FromLaidOut(bytes + bytes, 1).has_value());
}

TEST(RecordBatchTest, IsEmptyAfterClearAndUsableAgain) {
  RecordBatch batch;
  batch.Reserve(10, 100);
  batch.Append({.value = "old"});
  batch.SetIdentity({.producer_id = 7, .sequence = 1});
  batch.SetCompression(Compression::kZstd);
  batch.SetTraceparent("trace");
  batch.Clear();
  EXPECT_EQ(batch.traceparent(), "");
  EXPECT_EQ(batch.compression(), Compression::kNone);
  EXPECT_EQ(batch.identity(), BatchIdentity());
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(batch.bytes(), 0U);
  batch.Append({.value = "new"});
  EXPECT_EQ(batch[0].value, "new");
}

}  // namespace
}  // namespace streamhouse::client
