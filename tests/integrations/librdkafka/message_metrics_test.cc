#include "integrations/librdkafka/message_metrics.h"

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

#include <memory>
#include <string>
#include <vector>

#include "client/consumer_metrics.h"
#include "client/producer_metrics.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"

namespace streamhouse::librdkafka {
namespace {

using metrics::testing::MetricReader;

// A consumer without a broker, which gives handles of topics.
class MessageMetricsTest : public ::testing::Test {
 protected:
  MessageMetricsTest() : client_(rd_kafka_new(RD_KAFKA_CONSUMER, nullptr, nullptr, 0)) {}
  ~MessageMetricsTest() override {
    for (rd_kafka_topic_t* const topic : topics_) rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(client_);
  }

  rd_kafka_message_t Message(const std::string& topic) {
    topics_.push_back(rd_kafka_topic_new(client_, topic.c_str(), nullptr));
    rd_kafka_message_t message = {};
    message.rkt = topics_.back();
    return message;
  }

  metrics::Registry registry_;
  MessageMetrics metrics_ = MessageMetrics::Register(registry_).value();
  rd_kafka_t* const client_;
  std::vector<rd_kafka_topic_t*> topics_;
};

TEST_F(MessageMetricsTest, NamesErrors) {
  EXPECT_EQ(ErrorName(RD_KAFKA_RESP_ERR__MSG_TIMED_OUT), "_MSG_TIMED_OUT");
  EXPECT_EQ(ErrorName(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE), "MSG_SIZE_TOO_LARGE");
  EXPECT_EQ(ErrorName(static_cast<rd_kafka_resp_err_t>(30'000)), "other");
}

TEST_F(MessageMetricsTest, AnErrorIsNoRecord) {
  rd_kafka_message_t message = Message("orders");
  message.err = RD_KAFKA_RESP_ERR__PARTITION_EOF;
  metrics_.OnConsumed(message);
  message.rkt = nullptr;
  message.err = RD_KAFKA_RESP_ERR__TRANSPORT;
  metrics_.OnConsumed(message);
  EXPECT_EQ(MetricReader(registry_).SeriesCount("streamhouse_consumer_records_consumed_total"), 0U);
}

// The families of the client module and these are one.
TEST_F(MessageMetricsTest, SharesARegistryWithTheClientModule) {
  const auto producer = client::ProducerMetrics::Register(registry_);
  const auto consumer = client::ConsumerMetrics::Register(registry_);
  ASSERT_TRUE(producer.ok());
  ASSERT_TRUE(consumer.ok());
  producer->ForTopic("orders").records_sent.Increment(3);
  producer->ForTopic("orders").bytes_sent.Increment(30);
  consumer->ForTopic("orders").records_consumed.Increment(2);
  EXPECT_TRUE(MessageMetrics::Register(registry_).ok());
  EXPECT_EQ(MetricReader(registry_).Value("streamhouse_producer_records_sent_total"), 3);
}

}  // namespace
}  // namespace streamhouse::librdkafka
