#include "integrations/librdkafka/lag_rule.h"

#include <gtest/gtest.h>

#include <optional>

namespace streamhouse::librdkafka {
namespace {

// An assigned partition whose log holds [0, 10), of which the last two are in an open transaction.
PartitionStatistics Assigned() {
  return {.is_desired = true, .is_active = true, .next_offset = 8, .lo_offset = 0, .hi_offset = 10, .ls_offset = 8};
}

std::optional<std::int64_t> ExactLag(const PartitionStatistics& partition, std::int64_t position) {
  return LagOf(partition, position, Isolation::kReadCommitted, Fetch::kYoung).exact;
}

TEST(LagRuleTest, CountsFromThePositionToTheEndThatTheIsolationAllows) {
  EXPECT_EQ(ExactLag(Assigned(), 3), 5);
  EXPECT_EQ(LagOf(Assigned(), 3, Isolation::kReadUncommitted, Fetch::kYoung).exact, 7);
}

TEST(LagRuleTest, LeavesOutRecordsThatRetentionRemoved) {
  PartitionStatistics partition = Assigned();
  partition.lo_offset = 6;
  EXPECT_EQ(ExactLag(partition, 3), 2);
  partition.lo_offset = 8;
  EXPECT_EQ(ExactLag(partition, 3), 0);
  partition.lo_offset = 9;
  EXPECT_EQ(ExactLag(partition, 3), 0);
}

TEST(LagRuleTest, AnEmptyLogHasALagOfZero) {
  PartitionStatistics partition = Assigned();
  partition.ls_offset = 0;
  EXPECT_EQ(ExactLag(partition, 0), 0);
}

TEST(LagRuleTest, AnOldFetchGivesABoundAndNoLag) {
  const Lag lag = LagOf(Assigned(), 3, Isolation::kReadCommitted, Fetch::kOld);
  EXPECT_EQ(lag.exact, std::nullopt);
  EXPECT_EQ(lag.at_least, 5);
}

TEST(LagRuleTest, KnowsNoLagWithoutAPosition) {
  EXPECT_EQ(LagOf(Assigned(), std::nullopt, Isolation::kReadCommitted, Fetch::kYoung).at_least, std::nullopt);
}

TEST(LagRuleTest, KnowsNoLagOfAPartitionThatWasRevoked) {
  PartitionStatistics revoked = Assigned();
  revoked.is_desired = false;
  EXPECT_EQ(ExactLag(revoked, 3), std::nullopt);
  PartitionStatistics stopped = Assigned();
  stopped.is_active = false;
  EXPECT_EQ(ExactLag(stopped, 3), std::nullopt);
}

TEST(LagRuleTest, KnowsNoLagBeyondTheEnd) {
  EXPECT_EQ(ExactLag(Assigned(), 8), 0);
  EXPECT_EQ(ExactLag(Assigned(), 9), std::nullopt);
}

TEST(LagRuleTest, KnowsNoLagBeforeTheFirstFetch) {
  PartitionStatistics partition = Assigned();
  partition.ls_offset = kUnknownOffset;
  EXPECT_EQ(ExactLag(partition, 3), std::nullopt);
}

}  // namespace
}  // namespace streamhouse::librdkafka
