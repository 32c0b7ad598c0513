#include "client/consumer_metrics.h"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "tests/client/consumer_fixture.h"

namespace streamhouse::client {
namespace {

using std::chrono::seconds;

class ConsumerMetricsTest : public ConsumerFixture {
 protected:
  double OfTopic(const std::string& name) {
    return MetricReader(registry_).Value("streamhouse_consumer_" + name, {{"topic", "orders"}}).value_or(-1);
  }
  std::uint64_t PollsOf(const std::string& topics) {
    const MetricReader reader(registry_);
    const auto polls = reader.Histogram("streamhouse_consumer_poll_duration_seconds", {{"topic", topics}});
    return polls ? polls->count : 0;
  }
};

TEST_F(ConsumerMetricsTest, CountRecordsThatPollReturned) {
  Write({"abc", "d"});
  Start();
  EXPECT_EQ(Poll(), "abc,d");
  EXPECT_EQ(OfTopic("records_consumed_total"), 2);
  EXPECT_EQ(OfTopic("bytes_consumed_total"), 4);
}

TEST_F(ConsumerMetricsTest, DoNotCountRecordsThatAreOnlyReadAhead) {
  Write({"a"});
  Start();
  ASSERT_TRUE(broker_->WaitForCalls(BrokerCall::kFetch, 3));
  EXPECT_EQ(OfTopic("records_consumed_total"), 0);
}

TEST_F(ConsumerMetricsTest, MeasureEveryPollEmptyOnesToo) {
  Write({"a"});
  Start();
  EXPECT_EQ(Poll(), "a");
  EXPECT_TRUE(consumer_->Poll(seconds(0)).ok());
  EXPECT_EQ(PollsOf("orders"), 2U);
}

TEST_F(ConsumerMetricsTest, MeasureAPollOfSeveralTopicsOnce) {
  EXPECT_TRUE(broker_->CreateTopic("payments", 1, Soon()).ok());
  options_.topics = {"payments", "orders"};
  Start();
  EXPECT_TRUE(consumer_->Poll(seconds(0)).ok());
  EXPECT_EQ(PollsOf("orders,payments"), 1U);
  EXPECT_EQ(PollsOf("orders"), 0U);
}

TEST_F(ConsumerMetricsTest, CurrentOffsetFollowsPollAndSeek) {
  Write({"a", "b"});
  Start();
  EXPECT_EQ(Gauge("current_offset"), 0);
  EXPECT_EQ(Poll(), "a,b");
  EXPECT_EQ(Gauge("current_offset"), 2);
  EXPECT_TRUE(consumer_->Seek("orders", 0, 1).ok());
  EXPECT_EQ(Gauge("current_offset"), 1);
}

TEST_F(ConsumerMetricsTest, LastCommittedOffsetAppearsWithTheFirstCommit) {
  Write({"a"});
  Start();
  EXPECT_EQ(Poll(), "a");
  EXPECT_EQ(Gauge("last_committed_offset"), -1);
  EXPECT_TRUE(consumer_->Commit().ok());
  EXPECT_EQ(Gauge("last_committed_offset"), 1);
}

TEST_F(ConsumerMetricsTest, LastCommittedOffsetIsKnownFromTheStart) {
  CommitAtBroker(7, 1);
  Start();
  EXPECT_EQ(Gauge("last_committed_offset", 1), 7);
}

TEST_F(ConsumerMetricsTest, LagIsKnownWithoutAPoll) {
  Write({"a", "b"}, 1);
  Start();
  EXPECT_TRUE(Eventually([this] { return Gauge("lag_records", 1) == 2; }));
  EXPECT_TRUE(Eventually([this] { return Gauge("lag_seconds", 1) > 1e9; }));  // written just after 1970
}

TEST_F(ConsumerMetricsTest, RegisteredAgainTheyAreTheSameFamilies) {
  const std::size_t families = registry_.TakeSnapshot().families().size();
  EXPECT_TRUE(ConsumerMetrics::Register(registry_).ok());
  EXPECT_EQ(registry_.TakeSnapshot().families().size(), families);
}

TEST_F(ConsumerMetricsTest, DefaultConstructedTheyAreSinks) {
  const ConsumerMetrics sinks;
  const ConsumerPartitionMetrics partition = sinks.ForPartition({"orders", 0}, "billing");
  partition.SetLag(1, 1);
  partition.SetCurrent(1);
  partition.Remove();
  sinks.ForTopic("orders").records_consumed.Increment();
  EXPECT_EQ(Gauge("lag_records"), -1);
}

TEST_F(ConsumerMetricsTest, RemoveTakesAllFourGaugesOfAPartition) {
  const ConsumerPartitionMetrics partition = metrics_.ForPartition({"orders", 0}, "billing");
  partition.SetLag(1, 1);
  partition.SetCurrent(1);
  partition.SetLastCommitted(1);
  partition.Remove();
  for (const char* name : {"lag_records", "lag_seconds", "last_committed_offset", "current_offset"}) {
    EXPECT_EQ(Gauge(name), -1) << name;
  }
}

}  // namespace
}  // namespace streamhouse::client
