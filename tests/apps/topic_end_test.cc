#include "apps/topic_end.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "client/consumer.h"
#include "client/record_batch.h"
#include "client/testing/in_memory_broker.h"
#include "tests/support/eventually.h"

namespace streamhouse::apps {
namespace {

using client::Offset;
using metrics::StatusCode;

const client::TopicPartition kOrders{"orders", 0};

// Ten records, and a group that reads them.
class TopicEndTest : public testing::Test {
 protected:
  TopicEndTest() {
    EXPECT_TRUE(broker_->CreateTopic("orders", 1, Soon()).ok());
    Write(10);
    consumer_ = client::Consumer::Builder()
                    .broker(broker_)
                    .options({.topics = {"orders"},
                              .group = "g",
                              .fetch = {.offset_reset = client::OffsetReset::kEarliest},
                              // Also where the machine stands still.
                              .group_options = {.session_timeout = std::chrono::hours(1)}})
                    .Build()
                    .value();
  }

  static client::CallLimits Soon() { return client::CallLimits::Within(std::chrono::seconds(30)); }

  void Write(int records) {
    client::RecordBatch batch;
    for (int i = 0; i < records; ++i) batch.Append({.value = "v"});
    EXPECT_TRUE(broker_->Produce(kOrders, batch, Soon()).ok());
  }
  TopicEnd Read() { return TopicEnd::Read(*broker_, "orders", 1).value(); }
  bool IsReached(const TopicEnd& end) const { return end.IsReachedBy(*consumer_, "g"); }
  // The consumer has read up to there.
  bool ReadTo(Offset offset) {
    return Eventually([&] {
      static_cast<void>(consumer_->Poll(std::chrono::milliseconds(10)));
      return consumer_->Position("orders", 0).value() == offset;
    });
  }

  void LeaveThePartitionToOthers() {
    broker_->Assign({});
    ASSERT_TRUE(Eventually([&] {
      static_cast<void>(consumer_->Poll(std::chrono::milliseconds(10)));
      return consumer_->Assignment().empty();
    }));
  }

  std::shared_ptr<client::InMemoryBroker> broker_ = std::make_shared<client::InMemoryBroker>();
  std::unique_ptr<client::Consumer> consumer_;
};

TEST_F(TopicEndTest, IsWhatTheTopicHoldsAtTheStart) {
  const TopicEnd end = Read();
  EXPECT_FALSE(IsReached(end));
  ASSERT_TRUE(ReadTo(10));
  EXPECT_TRUE(IsReached(end));
}

TEST_F(TopicEndTest, IsLoweredWithTheLogAndNeverRaised) {
  ASSERT_TRUE(ReadTo(10));
  Write(2);
  TopicEnd end = Read();
  broker_->CutAt(kOrders, 6);
  Write(1);
  ASSERT_TRUE(ReadTo(7));
  EXPECT_FALSE(IsReached(end));
  EXPECT_TRUE(end.Refresh().ok());
  EXPECT_TRUE(IsReached(end));
}

TEST_F(TopicEndTest, IsReachedWhereRetentionHasTakenEverythingBeforeIt) {
  TopicEnd end = Read();
  LeaveThePartitionToOthers();
  // The consumer may have committed for its own group.
  EXPECT_FALSE(end.IsReachedBy(*consumer_, "a group without commits"));
  broker_->TrimBefore(kOrders, 10);
  EXPECT_TRUE(end.Refresh().ok());
  EXPECT_TRUE(end.IsReachedBy(*consumer_, "a group without commits"));
}

TEST_F(TopicEndTest, IsGoneWithTheTopic) {
  TopicEnd end = Read();
  ASSERT_TRUE(broker_->DeleteTopic("orders", Soon()).ok());
  EXPECT_EQ(end.Refresh().code(), StatusCode::kNotFound);
  ASSERT_TRUE(broker_->CreateTopic("orders", 1, Soon()).ok());
  EXPECT_EQ(end.Refresh().code(), StatusCode::kNotFound);
}

TEST_F(TopicEndTest, IsLoweredAlsoBehindAPartitionThatCannotBeAsked) {
  ASSERT_TRUE(broker_->CreateTopic("payments", 2, Soon()).ok());
  client::RecordBatch batch;
  batch.Append({.value = "v"});
  ASSERT_TRUE(broker_->Produce({"payments", 1}, batch, Soon()).ok());
  TopicEnd end = TopicEnd::Read(*broker_, "payments", 2).value();
  broker_->CutAt({"payments", 1}, 0);
  broker_->FailCall(client::BrokerCall::kReadWatermarks, 1, {StatusCode::kUnavailable, "away"});
  EXPECT_TRUE(end.Refresh().ok());
  EXPECT_TRUE(end.IsReachedBy(*consumer_, "g"));
}

TEST_F(TopicEndTest, StaysWhereTheBrokerDoesNotAnswer) {
  TopicEnd end = Read();
  broker_->FailCall(client::BrokerCall::kReadWatermarks, 1, {StatusCode::kUnavailable, "away"});
  EXPECT_TRUE(end.Refresh().ok());
  EXPECT_FALSE(IsReached(end));
}

}  // namespace
}  // namespace streamhouse::apps
