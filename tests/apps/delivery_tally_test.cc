#include "apps/delivery_tally.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "client/producer.h"
#include "client/testing/in_memory_broker.h"
#include "metrics_core/status.h"

namespace streamhouse::apps {
namespace {

class DeliveryTallyTest : public testing::Test {
 protected:
  DeliveryTallyTest() {
    metrics::Check(broker_->CreateTopic("orders", 1, client::CallLimits::Within(std::chrono::seconds(1))).ok(), "");
    producer_ = *client::Producer::Builder().broker(broker_).Build();
  }

  std::string CountsAtTheEnd() {
    producer_->Close(std::chrono::seconds(10));
    return tally_.counts().ToString();
  }

  const std::shared_ptr<client::InMemoryBroker> broker_ = std::make_shared<client::InMemoryBroker>();
  DeliveryTally tally_;
  std::unique_ptr<client::Producer> producer_;
};

TEST_F(DeliveryTallyTest, CountsAcknowledgedRecords) {
  tally_.Send(*producer_, "orders", "a");
  tally_.Send(*producer_, "orders", "b");
  EXPECT_EQ(CountsAtTheEnd(), "sent=2 acked=2 failed=0");
}

TEST_F(DeliveryTallyTest, CountsRecordsThatTheProducerRefuses) {
  tally_.Send(*producer_, "unknown", "a");
  EXPECT_EQ(CountsAtTheEnd(), "sent=1 acked=0 failed=1");
  EXPECT_EQ(tally_.counts().first_failure.code(), metrics::StatusCode::kNotFound);
}

TEST_F(DeliveryTallyTest, CountsRecordsThatTheBrokerRefuses) {
  broker_->FailCall(client::BrokerCall::kProduce, 1, {metrics::StatusCode::kInvalidArgument, "no"});
  tally_.Send(*producer_, "orders", "a");
  tally_.Send(*producer_, "orders", "b");
  EXPECT_EQ(CountsAtTheEnd(), "sent=2 acked=0 failed=2");
  EXPECT_EQ(tally_.counts().first_failure.message(), "no");
}

}  // namespace
}  // namespace streamhouse::apps
