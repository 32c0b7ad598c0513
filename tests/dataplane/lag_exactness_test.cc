// While no record moves, lag is exact to the record: in the call, on the page and from outside.
// This holds with and without automatic commits, and also when the log loses its beginning.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "tests/dataplane/data_plane_fixture.h"

namespace streamhouse {
namespace {

using std::chrono::milliseconds;

class LagExactnessTest : public DataPlaneFixture, public testing::WithParamInterface<client::CommitMode> {
 protected:
  LagExactnessTest() : DataPlaneFixture(Config()), consumer_(MakeConsumer()) {}

  // A segment for each batch, and retention whenever a test asks for it.
  static agent::AgentConfig Config() {
    agent::AgentConfig config = agent::RunningAgent::DefaultConfig({});
    config.segment_bytes = 1;
    config.retention_interval = milliseconds(10);
    config.lag_interval = milliseconds(10);
    return config;
  }

  std::unique_ptr<client::Consumer> MakeConsumer() const {
    client::ConsumerOptions options = MemberOptions();
    options.commit_mode = GetParam();
    options.fetch.max_records = 7;
    return MakeMember(options);
  }

  // The automatic one commits by itself what an earlier Poll() has returned.
  void Commit() { EXPECT_TRUE(GetParam() == client::CommitMode::kAutomatic || consumer_->Commit().ok()); }

  std::uint64_t Position(std::uint32_t partition) const { return consumer_->Position("orders", partition).value(); }
  bool IsAtTheEnd() const { return Position(0) == HighWatermark(0) && Position(1) == HighWatermark(1); }

  void ExpectExactLag() {
    for (std::uint32_t i = 0; i < kPartitions; ++i) {
      const std::uint64_t lag = HighWatermark(i) - std::max(Position(i), LogStart(i));
      EXPECT_EQ(consumer_->Lag("orders", i).value(), lag);
      EXPECT_TRUE(Eventually([&] { return Gauge("lag_records", i) == static_cast<double>(lag); })) << lag;
      EXPECT_TRUE(Eventually([&] { return (Gauge("lag_seconds", i) > 0) == (lag > 0); }));
      EXPECT_EQ(Gauge("current_offset", i), static_cast<double>(Position(i)));
    }
  }

  bool IsCommitted(std::uint32_t partition) const {
    const auto committed = broker_->Committed("billing", {"orders", partition}, client::CallLimits::Within(kPatience));
    return committed.value() == Position(partition);
  }

  // On the agent's page; -1 where it shows none.
  double AgentLag(const std::string& name, std::uint32_t partition) {
    return metrics::testing::MetricReader(agent_.registry())
        .Value("streamhouse_agent_group_" + name,
               {{"topic", "orders"}, {"partition", std::to_string(partition)}, {"group", "billing"}})
        .value_or(-1);
  }

  // The lag as a client outside of the group computes it.
  std::uint64_t LagFromOutside(std::uint32_t partition) const {
    const auto committed = broker_->Committed("billing", {"orders", partition}, client::CallLimits::Within(kPatience));
    return HighWatermark(partition) - std::max(committed.value().value_or(0), LogStart(partition));
  }

  // Until the log of partition 0 starts there, with its last segment.
  void LoseRecordsBefore(std::uint64_t offset) {
    ASSERT_TRUE(agent_.RemoveOldSegments().ok());
    EXPECT_TRUE(Eventually([&] { return LogStart(0) == offset; }));
  }
  std::uint64_t LogStart(std::uint32_t partition) const {
    return broker_->ReadWatermarks({"orders", partition}, {}, client::CallLimits::Within(kPatience))
        .value()
        .log_start_offset;
  }

  const std::unique_ptr<client::Consumer> consumer_;
};

TEST_P(LagExactnessTest, IsExactAtEveryStepFromBehindToTheEnd) {
  ExpectExactLag();
  Produce(30, 0);
  Produce(11, 1);
  ExpectExactLag();
  while (!IsAtTheEnd()) {
    ASSERT_TRUE(consumer_->Poll(milliseconds(100)).ok());
    ExpectExactLag();
  }
}

TEST_P(LagExactnessTest, IsExactAfterSeeksInBothDirections) {
  Produce(5, 0);
  for (const std::uint64_t offset : {3U, 0U, 5U}) {
    ASSERT_TRUE(consumer_->Seek("orders", 0, offset).ok());
    ExpectExactLag();
  }
}

TEST_P(LagExactnessTest, TheLagFromOutsideIsThatOfTheCommit) {
  Produce(9, 0);
  EXPECT_EQ(LagFromOutside(0), 9U);
  ASSERT_TRUE(Eventually([&] { return consumer_->Poll(milliseconds(100)).ok() && IsAtTheEnd(); }));
  EXPECT_TRUE(Eventually([&] {
    Commit();
    return consumer_->Poll(milliseconds(0)).ok() && LagFromOutside(0) == 0;
  }));
  Produce(2, 0);
  EXPECT_EQ(LagFromOutside(0), 2U);
  EXPECT_TRUE(Eventually([&] { return Gauge("last_committed_offset", 0) == 9; }));
}

TEST_P(LagExactnessTest, TheAgentTellsTheSameOnceThePositionIsCommitted) {
  Produce(20, 0);
  Produce(9, 1);
  while (Position(0) == 0 || Position(1) == 0) {
    ASSERT_TRUE(consumer_->Poll(milliseconds(100)).ok());
    Commit();
  }
  ASSERT_TRUE(Eventually([&] {
    if (!consumer_->Poll(milliseconds(0)).ok()) return false;
    Commit();
    return IsCommitted(0) && IsCommitted(1);
  }));
  for (std::uint32_t i = 0; i < kPartitions; ++i) {
    const auto lag = static_cast<double>(consumer_->Lag("orders", i).value());
    EXPECT_TRUE(Eventually([&] { return AgentLag("lag_records", i) == lag; })) << lag;
    EXPECT_TRUE(Eventually([&] { return (AgentLag("lag_seconds", i) > 0) == (lag > 0); }));
    // Each record is one byte.
    EXPECT_EQ(AgentLag("lag_bytes", i), lag);
  }
}

TEST_P(LagExactnessTest, IsExactWhileTheLogLosesItsBeginningBetweenTwoPolls) {
  for (int i = 0; i < 4; ++i) Produce(1, 0);
  LoseRecordsBefore(3);
  EXPECT_EQ(consumer_->Lag("orders", 0).value(), 1U);
  ExpectExactLag();
  ASSERT_TRUE(Eventually([&] { return consumer_->Poll(milliseconds(100)).ok() && IsAtTheEnd(); }));
  ExpectExactLag();
  Produce(1, 0);
  ExpectExactLag();
}

INSTANTIATE_TEST_SUITE_P(WithAndWithoutAutomaticCommits, LagExactnessTest,
                         testing::Values(client::CommitMode::kAutomatic, client::CommitMode::kManual));

}  // namespace
}  // namespace streamhouse
