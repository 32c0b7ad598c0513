#include "agent/lag/partition_lag_reader.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>

#include "tests/agent/lag/lag_fixture.h"

namespace streamhouse::agent {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class PartitionLagReaderTest : public LagFixture {
 protected:
  PartitionLag Read(std::uint64_t committed) {
    Partition& partition = *Find();
    const ServedLog log = {
        .partition = partition, .extent = partition.Extent(), .retention = topics_->Describe("orders")->retention};
    return reader_.Read(log, committed, {.wall_ms = wall_ms_, .steady_ms = steady_ms_}, budget_);
  }
  void RetainFor(milliseconds age) { Retain({.age_max = age}); }

  PartitionLagReader reader_;
  CountBudget budget_;
};

TEST_F(PartitionLagReaderTest, AtTheEndThereIsNone) {
  Append(3);
  const PartitionLag lag = Read(3);
  EXPECT_EQ(lag.records, 0U);
  EXPECT_EQ(lag.bytes, 0U);
  EXPECT_EQ(lag.seconds, 0.0);
  EXPECT_EQ(lag.margin_seconds, std::nullopt);
}

TEST_F(PartitionLagReaderTest, CountsRecordsAndBytesFromTheCommitToTheEnd) {
  Append(3);
  Append(2);
  EXPECT_EQ(Read(1).records, 4U);
  EXPECT_EQ(Read(1).bytes, 4U);
  Append(1);
  EXPECT_EQ(Read(1).bytes, 5U);
}

TEST_F(PartitionLagReaderTest, SecondsAreTheAgeOfTheFirstUnreadRecord) {
  Append(1);
  Pass(seconds(3));
  Append(1);
  Pass(milliseconds(500));
  EXPECT_EQ(Read(0).seconds, 3.5);
  EXPECT_EQ(Read(1).seconds, 0.5);
}

TEST_F(PartitionLagReaderTest, AClockThatStepsBackGivesNoNegativeAge) {
  Append(1);
  wall_ms_ -= 5'000;
  EXPECT_EQ(Read(0).seconds, 0.0);
}

TEST_F(PartitionLagReaderTest, RetentionTakesRecordsOffAtOnce) {
  Append(3);
  Append(2);
  Append(1);
  EXPECT_EQ(Read(0).records, 6U);
  Retain({.bytes_max = 1});
  ASSERT_EQ(Find()->LogStartOffset(), 5U);
  EXPECT_EQ(Read(0).records, 1U);
  EXPECT_EQ(Read(0).bytes, 1U);
}

TEST_F(PartitionLagReaderTest, IsNeverMoreThanTheLogHoldsAlsoWhereRetentionWasFasterThanTheExtent) {
  Append(3);
  Append(1);
  Partition& partition = *Find();
  const ServedLog log = {.partition = partition, .extent = partition.Extent(), .retention = {}};
  Retain({.bytes_max = 1});
  EXPECT_EQ(reader_.Read(log, 0, {.wall_ms = wall_ms_, .steady_ms = steady_ms_}, budget_).records, 1U);
}

TEST_F(PartitionLagReaderTest, TheMarginIsTheTimeUntilRetentionRemovesTheSegment) {
  Append(1);
  Pass(seconds(10));
  Append(1);
  RetainFor(seconds(60));
  EXPECT_EQ(Read(0).margin_seconds, 50.0);
  Pass(seconds(50));
  EXPECT_EQ(Read(0).margin_seconds, 0.0);
  Pass(milliseconds(1));
  EXPECT_LT(Read(0).margin_seconds.value(), 0.0);
  topics_->ApplyRetention(steady_ms_);
  EXPECT_EQ(Find()->LogStartOffset(), 1U);
}

TEST_F(PartitionLagReaderTest, TheMarginDoesNotFollowStepsOfTheWallClock) {
  Append(1);
  Append(1);
  RetainFor(seconds(60));
  wall_ms_ += 3'600'000;
  EXPECT_EQ(Read(0).margin_seconds, 60.0);
}

TEST_F(PartitionLagReaderTest, ThereIsNoMarginInTheLastSegmentOrWithoutRetentionByAge) {
  Append(1);
  Append(1);
  EXPECT_EQ(Read(0).margin_seconds, std::nullopt);
  Retain({.bytes_max = 1'000'000});
  EXPECT_EQ(Read(0).margin_seconds, std::nullopt);
  RetainFor(seconds(60));
  EXPECT_EQ(Read(0).margin_seconds, 60.0);
  EXPECT_EQ(Read(1).margin_seconds, std::nullopt);
}

TEST_F(PartitionLagReaderTest, RecordsThatCannotBeReadAreNoLagOnceTheyAreFound) {
  Append(1);
  Pass(seconds(2));
  Append(3);
  Append(1);
  DamageBatch(1);
  const PartitionLag lag = Read(1);
  EXPECT_EQ(lag.records, 1U);
  EXPECT_EQ(lag.bytes, std::nullopt);
  EXPECT_EQ(lag.seconds, 0.0);
  EXPECT_EQ(Read(0).records, 2U);
  EXPECT_EQ(Read(4).bytes, 1U);
}

TEST_F(PartitionLagReaderTest, OnlyDamageBeforeTheEndIsNoLag) {
  Append(1);
  Append(3);
  DamageBatch(1);
  const PartitionLag lag = Read(1);
  EXPECT_EQ(lag.records, 0U);
  EXPECT_EQ(lag.seconds, 0.0);
}

TEST_F(PartitionLagReaderTest, AfterARestartOldSegmentsAreCountedWithinTheBudget) {
  for (int i = 0; i < 5; ++i) Append(2);
  Restart();
  budget_.bytes = 1;  // one segment
  EXPECT_EQ(Read(0).bytes, std::nullopt);
  EXPECT_EQ(Read(0).records, 10U);
  EXPECT_EQ(Read(9).bytes, 1U);
  budget_ = CountBudget();
  EXPECT_EQ(Read(0).bytes, 10U);
}

TEST_F(PartitionLagReaderTest, AGroupThatStandsStillIsMeasuredOnce) {
  Append(1);
  Append(1);
  EXPECT_EQ(Read(0).bytes, 2U);
  // Where it read the log again, it would find this.
  DamageBatch(0);
  EXPECT_EQ(Read(0).bytes, 2U);
}

}  // namespace
}  // namespace streamhouse::agent
