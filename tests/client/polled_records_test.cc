#include "client/polled_records.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace streamhouse::client {
namespace {

PartitionRecords BatchOf(std::uint32_t partition, Offset base_offset, const std::vector<std::string>& values) {
  PartitionRecords batch = {.partition = {"orders", partition}, .base_offset = base_offset, .records = {}};
  for (const std::string& value : values) batch.records.Append({.value = value});
  return batch;
}

std::vector<std::string> Describe(const PolledRecords& polled) {
  std::vector<std::string> described;
  for (const ConsumedRecord& record : polled) {
    described.push_back(record.partition.ToString() + "@" + std::to_string(record.offset) + "=" +
                        std::string(record.record.value));
  }
  return described;
}

TEST(PolledRecordsTest, IsEmptyAtFirst) {
  EXPECT_TRUE(PolledRecords().empty());
  EXPECT_TRUE(Describe(PolledRecords()).empty());
}

TEST(PolledRecordsTest, VisitsEveryRecordWithItsPlace) {
  PolledRecords polled;
  polled.Append(BatchOf(0, 7, {"a", "b"}));
  polled.Append(BatchOf(2, 0, {"c"}));
  EXPECT_EQ(Describe(polled), (std::vector<std::string>{"orders/0@7=a", "orders/0@8=b", "orders/2@0=c"}));
  EXPECT_EQ(polled.size(), 3U);
  EXPECT_EQ(polled.batches().size(), 2U);
}

}  // namespace
}  // namespace streamhouse::client
