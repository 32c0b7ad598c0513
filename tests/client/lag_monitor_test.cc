#include "client/lag_monitor.h"

#include <cstdint>
#include <initializer_list>
#include <optional>

#include <gtest/gtest.h>

#include "tests/client/consumer_fixture.h"

namespace streamhouse::client {
namespace {

TEST(LagRecordsTest, IsWhatIsUnread) {
  EXPECT_EQ(LagRecords(10, 4), 6U);
  EXPECT_EQ(LagRecords(10, 10), 0U);
}

TEST(LagRecordsTest, IsNeverNegative) {
  EXPECT_EQ(LagRecords(9, 10), 0U);
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
    for (const std::uint32_t partition : partitions) {
      const TopicPartition name = {"orders", partition};
      monitor_->Add({.partition = name,
                     .position = [position] { return position; },
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

TEST_F(LagMonitorTest, APartitionThatCannotBeAskedKeepsItsValuesAndHoldsUpNoOther) {
  constexpr std::uint32_t kNoPartition = 7;
  StartAt(0, kNever, {kNoPartition, 1});
  EXPECT_TRUE(LagBecomes(0, 1));
  EXPECT_EQ(Gauge("lag_records", kNoPartition), -1);
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
