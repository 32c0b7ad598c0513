#include "integrations/librdkafka/position_tracker.h"

#include <gtest/gtest.h>

#include <chrono>
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

class PositionTrackerTest : public ::testing::Test {
 protected:
  // Each document is a second after the one before.
  void Take(const PartitionStatistics& partition) { tracker_.Take(partition, ++made_); }
  // As where there was no memory for the rest of the document.
  void TakeAgain(const PartitionStatistics& partition) { tracker_.Take(partition, made_); }

  PositionTracker tracker_;
  std::chrono::seconds made_{0};
};

TEST_F(PositionTrackerTest, IsWhatTheProgramHasRead) {
  Take(ReadUpTo(5));
  EXPECT_EQ(tracker_.position(), 5);
}

TEST_F(PositionTrackerTest, IsTheBeginningWhereTheProgramHasReadNothingOfIt) {
  Take(ReadUpTo(0));
  EXPECT_EQ(tracker_.position(), 0);
}

TEST_F(PositionTrackerTest, IsUnknownWhileTheNextOffsetIs) {
  PartitionStatistics partition = Assigned();
  partition.next_offset = kUnknownOffset;
  for (int i = 0; i < 3; ++i) {
    Take(partition);
    EXPECT_EQ(tracker_.position(), std::nullopt);
  }
}

TEST_F(PositionTrackerTest, TakesNoRecordThatWasFetchedAheadForRead) {
  PartitionStatistics fetched = Assigned();
  fetched.rxmsgs = 8;
  Take(fetched);
  Take(fetched);
  EXPECT_EQ(tracker_.position(), std::nullopt);
}

// An idle partition: the group has read it to its end before this member came.
TEST_F(PositionTrackerTest, IsTheNextOffsetWhereNothingWasFetchedInTwoDocuments) {
  Take(Assigned());
  EXPECT_EQ(tracker_.position(), std::nullopt);
  Take(Assigned());
  EXPECT_EQ(tracker_.position(), 8);
}

// librdkafka moves next_offset first, and counts the records then.
TEST_F(PositionTrackerTest, WaitsUntilTheNextOffsetRests) {
  PartitionStatistics partition = Assigned();
  partition.next_offset = 3;
  Take(partition);
  partition.next_offset = 8;
  Take(partition);
  EXPECT_EQ(tracker_.position(), std::nullopt);
  partition.rxmsgs = 5;
  Take(partition);
  EXPECT_EQ(tracker_.position(), std::nullopt);
}

// librdkafka may not have counted the records yet.
TEST_F(PositionTrackerTest, ADocumentThatIsTakenAgainConfirmsNothing) {
  Take(Assigned());
  TakeAgain(Assigned());
  EXPECT_EQ(tracker_.position(), std::nullopt);
  Take(Assigned());
  EXPECT_EQ(tracker_.position(), 8);
  TakeAgain(Assigned());
  EXPECT_EQ(tracker_.position(), 8);
}

TEST_F(PositionTrackerTest, IsUnknownAfterASeekUntilARecordIsRead) {
  Take(ReadUpTo(5));
  for (int i = 0; i < 3; ++i) {
    Take(ReadUpTo(kUnknownOffset));
    EXPECT_EQ(tracker_.position(), std::nullopt);
  }
  Take(ReadUpTo(2));
  EXPECT_EQ(tracker_.position(), 2);
}

// A record was given to the program, though librdkafka has counted none since.
TEST_F(PositionTrackerTest, IsUnknownAfterASeekThatFetchedNothing) {
  PartitionStatistics partition = Assigned();
  partition.app_offset = 5;
  Take(partition);
  partition.app_offset = kUnknownOffset;
  for (int i = 0; i < 3; ++i) {
    Take(partition);
    EXPECT_EQ(tracker_.position(), std::nullopt);
  }
}

TEST_F(PositionTrackerTest, ADocumentOfTheLastAssignmentConfirmsNothing) {
  Take(Assigned());
  PartitionStatistics revoked = Assigned();
  revoked.is_desired = false;
  Take(revoked);
  Take(Assigned());
  EXPECT_EQ(tracker_.position(), std::nullopt);
}

TEST_F(PositionTrackerTest, BeginsAgainWithTheNextAssignment) {
  Take(ReadUpTo(5));
  PartitionStatistics revoked = ReadUpTo(kUnknownOffset);
  revoked.is_desired = false;
  Take(revoked);
  EXPECT_EQ(tracker_.position(), std::nullopt);
  Take(ReadUpTo(kUnknownOffset));
  Take(ReadUpTo(kUnknownOffset));
  EXPECT_EQ(tracker_.position(), 8);
}

}  // namespace
}  // namespace streamhouse::librdkafka
