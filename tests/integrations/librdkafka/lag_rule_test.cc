#include "integrations/librdkafka/lag_rule.h"

#include <gtest/gtest.h>

#include <optional>

namespace streamhouse::librdkafka {
namespace {

// An assigned partition whose log holds [0, 10), of which the last two are in an open transaction.
PartitionStatistics Assigned() {
  return {.is_desired = true, .is_active = true, .next_offset = 8, .lo_offset = 0, .hi_offset = 10, .ls_offset = 8};
}

PartitionStatistics ReadUpTo(std::int64_t position) {
  PartitionStatistics partition = Assigned();
  partition.app_offset = position;
  partition.rxmsgs = 8;
  return partition;
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

TEST(PositionTrackerTest, IsWhatTheProgramHasRead) {
  PositionTracker tracker;
  tracker.Take(ReadUpTo(5));
  EXPECT_EQ(tracker.position(), 5);
}

TEST(PositionTrackerTest, IsTheBeginningWhereTheProgramHasReadNothingOfIt) {
  PositionTracker tracker;
  tracker.Take(ReadUpTo(0));
  EXPECT_EQ(tracker.position(), 0);
}

TEST(PositionTrackerTest, IsUnknownWhileTheNextOffsetIs) {
  PositionTracker tracker;
  PartitionStatistics partition = Assigned();
  partition.next_offset = kUnknownOffset;
  for (int i = 0; i < 3; ++i) {
    tracker.Take(partition);
    EXPECT_EQ(tracker.position(), std::nullopt);
  }
}

TEST(PositionTrackerTest, TakesNoRecordThatWasFetchedAheadForRead) {
  PositionTracker tracker;
  PartitionStatistics fetched = Assigned();
  fetched.rxmsgs = 8;
  tracker.Take(fetched);
  tracker.Take(fetched);
  EXPECT_EQ(tracker.position(), std::nullopt);
}

// An idle partition: the group has read it to its end before this member came.
TEST(PositionTrackerTest, IsTheNextOffsetWhereNothingWasFetchedInTwoDocuments) {
  PositionTracker tracker;
  tracker.Take(Assigned());
  EXPECT_EQ(tracker.position(), std::nullopt);
  tracker.Take(Assigned());
  EXPECT_EQ(tracker.position(), 8);
}

// librdkafka moves next_offset first, and counts the records then.
TEST(PositionTrackerTest, WaitsUntilTheNextOffsetRests) {
  PositionTracker tracker;
  PartitionStatistics partition = Assigned();
  partition.next_offset = 3;
  tracker.Take(partition);
  partition.next_offset = 8;
  tracker.Take(partition);
  EXPECT_EQ(tracker.position(), std::nullopt);
  partition.rxmsgs = 5;
  tracker.Take(partition);
  EXPECT_EQ(tracker.position(), std::nullopt);
}

TEST(PositionTrackerTest, IsUnknownAfterASeekUntilARecordIsRead) {
  PositionTracker tracker;
  tracker.Take(ReadUpTo(5));
  for (int i = 0; i < 3; ++i) {
    tracker.Take(ReadUpTo(kUnknownOffset));
    EXPECT_EQ(tracker.position(), std::nullopt);
  }
  tracker.Take(ReadUpTo(2));
  EXPECT_EQ(tracker.position(), 2);
}

// A record was given to the program, though librdkafka has counted none since.
TEST(PositionTrackerTest, IsUnknownAfterASeekThatFetchedNothing) {
  PositionTracker tracker;
  PartitionStatistics partition = Assigned();
  partition.app_offset = 5;
  tracker.Take(partition);
  partition.app_offset = kUnknownOffset;
  for (int i = 0; i < 3; ++i) {
    tracker.Take(partition);
    EXPECT_EQ(tracker.position(), std::nullopt);
  }
}

TEST(PositionTrackerTest, ADocumentOfTheLastAssignmentConfirmsNothing) {
  PositionTracker tracker;
  tracker.Take(Assigned());
  PartitionStatistics revoked = Assigned();
  revoked.is_desired = false;
  tracker.Take(revoked);
  tracker.Take(Assigned());
  EXPECT_EQ(tracker.position(), std::nullopt);
}

TEST(PositionTrackerTest, BeginsAgainWithTheNextAssignment) {
  PositionTracker tracker;
  tracker.Take(ReadUpTo(5));
  PartitionStatistics revoked = ReadUpTo(kUnknownOffset);
  revoked.is_desired = false;
  tracker.Take(revoked);
  EXPECT_EQ(tracker.position(), std::nullopt);
  tracker.Take(ReadUpTo(kUnknownOffset));
  tracker.Take(ReadUpTo(kUnknownOffset));
  EXPECT_EQ(tracker.position(), 8);
}

}  // namespace
}  // namespace streamhouse::librdkafka
