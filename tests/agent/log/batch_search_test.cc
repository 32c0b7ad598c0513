#include "agent/log/batch_search.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/agent/support/batches.h"

namespace streamhouse::agent {
namespace {

using Positions = std::vector<std::uint64_t>;

Positions PositionsOf(const WholeBatches& found) {
  Positions positions;
  for (const FoundBatch& batch : found.batches) positions.push_back(batch.position);
  return positions;
}

class BatchSearchTest : public testing::Test {
 protected:
  const std::string first_ = BatchBytes(BatchOf({"a", "b"}), 10, 3);
  const std::string second_ = BatchBytes(BatchOf({"c"}), 12, 7);
  const std::string third_ = BatchBytes(BatchOf({"d"}), 13, 7);
};

TEST_F(BatchSearchTest, FindsWholeBatchesAmongOtherBytes) {
  const WholeBatches found = FindWholeBatches("xSHLB" + first_ + "SHL" + second_);
  EXPECT_EQ(PositionsOf(found), (Positions{5, 5 + first_.size() + 3}));
  EXPECT_EQ(found.batches[1].base_offset, 12U);
  EXPECT_EQ(found.batches[1].end_offset, 13U);
}

TEST_F(BatchSearchTest, FindsNeitherDamagedNorIncompleteBatches) {
  std::string damaged = first_;
  damaged.back() ^= 1;
  EXPECT_EQ(PositionsOf(FindWholeBatches(damaged + second_.substr(0, second_.size() - 1))), Positions());
}

TEST_F(BatchSearchTest, FindsABatchInARecordOfAnother) {
  const std::string outer = BatchBytes(BatchOf({first_, "x"}), 20, 3);
  EXPECT_EQ(PositionsOf(FindWholeBatches(outer)), (Positions{0, kBatchHeaderBytes + kRecordHeaderBytes}));
}

TEST_F(BatchSearchTest, TellsWhereANewerVersionStands) {
  const std::string newer = BatchBytes(BatchOf({"a"}), 10, 3, kLogFormatVersion + 1);
  EXPECT_EQ(FindWholeBatches("x" + newer).newer_version_at, 1U);
  EXPECT_EQ(FindWholeBatches(first_).newer_version_at, std::nullopt);
}

// Goal: hostile bytes cost no more than others. Method: each header claims all bytes behind it as
// its body, so that the bodies overlap.
TEST_F(BatchSearchTest, ReadsNoByteOftenerWhereHeadersArePlanted) {
  constexpr std::size_t kHeaders = 20'000;
  std::string bytes;
  for (std::size_t left = kHeaders - 1; bytes.size() < kHeaders * kBatchHeaderBytes; --left) {
    char header[kBatchHeaderBytes];
    EncodeBatchHeader({.body_bytes = static_cast<std::uint32_t>(left * kBatchHeaderBytes), .record_count = 1}, header);
    bytes.append(header, sizeof(header));
  }
  const WholeBatches found = FindWholeBatches(bytes);
  EXPECT_EQ(PositionsOf(found), Positions());
  EXPECT_GE(found.bytes_checksummed, bytes.size());
  EXPECT_LE(found.bytes_checksummed, (kHeaderChecksumsPerByte + 1) * bytes.size());
}

TEST_F(BatchSearchTest, FollowsHeadersToTheEnd) {
  const auto found = FindBatchThatLeadsTo(14, 0, "xx" + second_ + third_);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->position, 2U);
  EXPECT_EQ(found->base_offset, 12U);
}

TEST_F(BatchSearchTest, DoesNotGoBackToOffsetsThatHaveBeenRead) {
  EXPECT_EQ(FindBatchThatLeadsTo(14, 13, second_ + third_)->base_offset, 13U);
  EXPECT_FALSE(FindBatchThatLeadsTo(14, 14, second_ + third_).has_value());
}

TEST_F(BatchSearchTest, BelievesNoBatchThatDoesNotLeadToTheEnd) {
  EXPECT_FALSE(FindBatchThatLeadsTo(14, 0, second_ + third_ + "x").has_value());
  EXPECT_FALSE(FindBatchThatLeadsTo(15, 0, second_ + third_).has_value());
  EXPECT_EQ(FindBatchThatLeadsTo(14, 0, first_ + first_ + third_)->position, 2 * first_.size());
}

}  // namespace
}  // namespace streamhouse::agent
