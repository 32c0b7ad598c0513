#include "client/agent_broker/record_codec.h"

#include <string>

#include <gtest/gtest.h>

namespace streamhouse::client {
namespace {

TEST(RecordCodecTest, DecodesWhatItEncodes) {
  const std::string binary("\0\xff", 2);
  RecordBatch batch;
  batch.Append({.key = binary, .value = binary, .timestamp_ms = -5});
  batch.Append({.key = "", .value = "", .timestamp_ms = 0});
  batch.Append({.value = "keyless", .timestamp_ms = 1});
  WireRecords wire;
  EncodeRecords(batch, wire);
  const RecordBatch decoded = DecodeRecords(wire);
  ASSERT_EQ(decoded.size(), batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i) EXPECT_EQ(decoded[i], batch[i]);
}

TEST(RecordCodecTest, EncodesAfterWhatIsThere) {
  RecordBatch batch;
  batch.Append({.value = "v"});
  WireRecords wire;
  EncodeRecords(batch, wire);
  EncodeRecords(batch, wire);
  EXPECT_EQ(wire.size(), 2);
}

TEST(RecordCodecTest, DecodesNothingAsAnEmptyBatch) {
  EXPECT_TRUE(DecodeRecords({}).empty());
}

}  // namespace
}  // namespace streamhouse::client
