#include "client/agent_broker/record_codec.h"

#include <cstddef>
#include <string>

#include <gtest/gtest.h>

namespace streamhouse::client {
namespace {

using metrics::StatusCode;

constexpr std::size_t kNoLimit = std::size_t{1} << 20;

class RecordCodecTest : public testing::Test {
 protected:
  RecordCodecTest() {
    const std::string binary("\0\xff", 2);
    batch_.Append({.key = binary, .value = binary, .timestamp_ms = -5});
    batch_.Append({.key = "", .value = "", .timestamp_ms = 0});
    RecordHeaders headers;
    headers.Add("name", "value");
    batch_.Append({.value = "keyless", .timestamp_ms = 1, .headers = headers});
  }

  v1::FetchResponse ResponseWithABlock() {
    v1::FetchResponse response;
    EncodeRecords(batch_, *response.mutable_block());
    return response;
  }

  RecordBatch batch_;
};

TEST_F(RecordCodecTest, RecordsThatAreEncodedDecodeToTheSame) {
  for (const Compression compression : {Compression::kNone, Compression::kLz4, Compression::kZstd}) {
    batch_.SetCompression(compression);
    const auto decoded = DecodeRecords(ResponseWithABlock(), kNoLimit);
    ASSERT_TRUE(decoded.ok());
    ASSERT_EQ(decoded->size(), batch_.size());
    for (std::size_t i = 0; i < batch_.size(); ++i) EXPECT_EQ((*decoded)[i], batch_[i]);
  }
}

TEST_F(RecordCodecTest, DecodesRecordsThatComeOneByOne) {
  v1::FetchResponse response;
  v1::Record& record = *response.add_records();
  record.set_key("");
  record.set_value("v");
  record.set_timestamp_ms(5);
  v1::Header& header = *record.add_headers();
  header.set_name("name");
  header.set_value("value");
  const auto decoded = DecodeRecords(response, kNoLimit);
  ASSERT_EQ(decoded->size(), 1U);
  RecordHeaders headers;
  headers.Add("name", "value");
  EXPECT_EQ((*decoded)[0], (RecordView{.key = "", .value = "v", .timestamp_ms = 5, .headers = headers}));
}

TEST_F(RecordCodecTest, DecodesNothingAsAnEmptyBatch) {
  EXPECT_TRUE(DecodeRecords({}, kNoLimit)->empty());
}

TEST_F(RecordCodecTest, RefusesABlockOverTheLimit) {
  const std::size_t size = batch_.laid_out().size();
  EXPECT_TRUE(DecodeRecords(ResponseWithABlock(), size).ok());
  EXPECT_EQ(DecodeRecords(ResponseWithABlock(), size - 1).status().code(), StatusCode::kDataLoss);
}

TEST_F(RecordCodecTest, RefusesABlockOfAnotherNumberOfRecords) {
  for (const std::uint32_t claimed : {0U, 2U, 4U, 0xFFFFFFFFU}) {
    v1::FetchResponse response = ResponseWithABlock();
    response.mutable_block()->set_record_count(claimed);
    EXPECT_EQ(DecodeRecords(response, kNoLimit).status().code(), StatusCode::kDataLoss) << claimed;
  }
}

}  // namespace
}  // namespace streamhouse::client
