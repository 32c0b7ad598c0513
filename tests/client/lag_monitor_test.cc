#include "client/lag_monitor.h"

#include <cstdint>
#include <initializer_list>
#include <optional>

#include <gtest/gtest.h>

#include "tests/client/consumer_fixture.h"

namespace streamhouse::client {
namespace {

LogPosition At(Offset offset, LogLife life = {}) {
  return {.offset = offset, .life = life};
}

TEST(LagRecordsTest, CountsTheRecordsFromThePositionToTheEnd) {
  EXPECT_EQ(LagRecords({.high_watermark = 10}, At(4)), 6U);
  EXPECT_EQ(LagRecords({.high_watermark = 10}, At(10)), 0U);
}

TEST(LagRecordsTest, IsNeverNegative) {
  EXPECT_EQ(LagRecords({.high_watermark = 9}, At(10)), 0U);
}

TEST(LagRecordsTest, LeavesOutWhatCannotBeReadAnyMore) {
  EXPECT_EQ(LagRecords({.log_start_offset = 6, .high_watermark = 10}, At(3)), 4U);
  EXPECT_EQ(LagRecords(3, 6, 10), 4U);
  EXPECT_EQ(LagRecords({.log_start_offset = 10, .high_watermark = 10}, At(3)), 0U);
}

TEST(LagRecordsTest, CountsWhatWasWrittenSinceTheLogLostItsEnd) {
  const Watermarks log = {.high_watermark = 105, .life = {.open_id = 2, .end_at_open = 90}};
  EXPECT_EQ(LagRecords(log, At(100, {.open_id = 1})), 15U);
  EXPECT_EQ(LagRecords(log, At(100, {.open_id = 2})), 5U);
}

TEST(LagSecondsTest, IsTheAgeOfTheNextUnreadRecord) {
  EXPECT_EQ(LagSeconds(1'000, 3'500), 2.5);
  EXPECT_EQ(LagSeconds(3'500, 1'000), 0);
}

class LagMonitorTest : public ConsumerFixture {
 protected:
  void StartAt(Offset position, std::chrono::nanoseconds interval = kNever,
               std::initializer_list<std::uint32_t> partitions = {0, 1}) {
    monitor_.emplace(broker_, LagMonitor::Options{.interval = interval, .now_ms = [] { return 5'000; }});
    EXPECT_TRUE(monitor_->Start().ok());
    for (const std::uint32_t partition : partitions) {
      const TopicPartition name = {"orders", partition};
      monitor_->Add({.partition = name,
                     .position = [position] { return At(position); },
                     .metrics = metrics_.ForPartition(name, "billing")});
    }
  }

  bool LagBecomes(double records, std::uint32_t partition = 0) {
    return Eventually([=, this] { return Gauge("lag_records", partition) == records; });
  }

  std::optional<LagMonitor> monitor_;
};

TEST_F(LagMonitorTest, RefreshesRightAfterTheStart) {
  Write({"a", "b", "c"}, 0, 3'000);
  StartAt(1);
  EXPECT_TRUE(LagBecomes(2));
  EXPECT_TRUE(Eventually([this] { return Gauge("lag_seconds") == 2; }));
}

TEST_F(LagMonitorTest, KeepsASeriesForEachPartition) {
  Write({"a"}, 0);
  Write({"a", "b", "c"}, 1);
  StartAt(0);
  EXPECT_TRUE(LagBecomes(1, 0));
  EXPECT_TRUE(LagBecomes(3, 1));
}

TEST_F(LagMonitorTest, AReaderThatHasCaughtUpHasNoLag) {
  Write({"a"});
  StartAt(1);
  EXPECT_TRUE(LagBecomes(0));
  EXPECT_TRUE(Eventually([this] { return Gauge("lag_seconds") == 0; }));
}

TEST_F(LagMonitorTest, APositionBeyondTheLogHasNoLag) {
  StartAt(9);
  EXPECT_TRUE(LagBecomes(0));
}

TEST_F(LagMonitorTest, RefreshesAgainAfterTheInterval) {
  StartAt(0, std::chrono::milliseconds(1));
  EXPECT_TRUE(LagBecomes(0));
  Write({"a", "b"});
  EXPECT_TRUE(LagBecomes(2));
}

TEST_F(LagMonitorTest, CountsOnlyRecordsThatCanStillBeRead) {
  Write({"a", "b", "c"}, 0, 3'000);
  broker_->TrimBefore({"orders", 0}, 2);
  StartAt(0);
  EXPECT_TRUE(LagBecomes(1));
  EXPECT_TRUE(Eventually([this] { return Gauge("lag_seconds") == 2; }));
}

TEST_F(LagMonitorTest, FallsToZeroWhenRetentionHasTakenEverything) {
  Write({"a", "b"}, 0, 3'000);
  StartAt(0, std::chrono::milliseconds(1));
  EXPECT_TRUE(LagBecomes(2));
  broker_->TrimBefore({"orders", 0}, 2);
  EXPECT_TRUE(LagBecomes(0));
  EXPECT_TRUE(Eventually([this] { return Gauge("lag_seconds") == 0; }));
}

TEST_F(LagMonitorTest, APartitionThatCannotBeAskedHasNoGaugesAndHoldsUpNoOther) {
  constexpr std::uint32_t kNoPartition = 7;
  StartAt(0, kNever, {kNoPartition, 1});
  EXPECT_TRUE(LagBecomes(0, 1));
  EXPECT_EQ(Gauge("lag_records", kNoPartition), -1);
}

TEST_F(LagMonitorTest, ShowsNoOldValueWhileThePartitionCannotBeAsked) {
  Write({"a"});
  StartAt(0, std::chrono::milliseconds(1));
  EXPECT_TRUE(LagBecomes(1));
  broker_->FailEvery(BrokerCall::kReadWatermarks, Status(StatusCode::kUnavailable, "scripted"));
  EXPECT_TRUE(LagBecomes(-1));
  EXPECT_TRUE(Eventually([this] { return Gauge("lag_seconds") == -1; }));
  broker_->FailEvery(BrokerCall::kReadWatermarks, Status::Ok());
  EXPECT_TRUE(LagBecomes(1));
}

TEST_F(LagMonitorTest, StopEndsARefreshUnderWay) {
  broker_->Hold(BrokerCall::kReadWatermarks);
  StartAt(0);
  ASSERT_TRUE(broker_->WaitForCalls(BrokerCall::kReadWatermarks, 1));
  monitor_->Stop();
  EXPECT_EQ(Gauge("lag_records"), -1);
}

}  // namespace
}  // namespace streamhouse::client
