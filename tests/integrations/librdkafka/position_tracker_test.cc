#include "integrations/librdkafka/position_tracker.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>

#include "integrations/librdkafka/statistics.h"

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
