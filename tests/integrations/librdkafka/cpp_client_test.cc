// Goal: a program that uses the C++ classes of librdkafka attaches as docs/librdkafka.md says.
#include <gtest/gtest.h>
#include <librdkafka/rdkafkacpp.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "integrations/librdkafka/rdkafka_metrics.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/integrations/librdkafka/mock_cluster.h"
#include "tests/support/eventually.h"

namespace streamhouse::librdkafka {
namespace {

using metrics::testing::MetricReader;

class CppClientTest : public ::testing::Test, public RdKafka::EventCb, public RdKafka::DeliveryReportCb {
 protected:
  CppClientTest() : conf_(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL)) {
    cluster_.CreateTopic("orders", 1);
    Set("bootstrap.servers", cluster_.bootstraps());
    Set("client.id", "app");
    Set("log_level", "0");
    Set("statistics.interval.ms", "100");
    conf_->set("event_cb", static_cast<RdKafka::EventCb*>(this), error_);
  }

  void event_cb(RdKafka::Event& event) override {
    if (event.type() == RdKafka::Event::EVENT_STATS) {
      EXPECT_TRUE(metrics_->OnStatistics(client_->c_ptr(), event.str()).ok());
    }
  }
  void dr_cb(RdKafka::Message& message) override { metrics_->OnDelivery(*message.c_ptr()); }

  void Set(const std::string& name, const std::string& value) {
    ASSERT_EQ(conf_->set(name, value, error_), RdKafka::Conf::CONF_OK) << error_;
  }

  std::optional<double> Value(const char* family) { return MetricReader(registry_).Value(family); }

  void Produce(int records) {
    conf_->set("dr_cb", static_cast<RdKafka::DeliveryReportCb*>(this), error_);
    const std::unique_ptr<RdKafka::Producer> producer(RdKafka::Producer::create(conf_.get(), error_));
    client_ = producer.get();
    for (int i = 0; i < records; ++i) {
      producer->produce("orders", 0, RdKafka::Producer::RK_MSG_COPY, const_cast<char*>("abc"), 3, nullptr, 0, 0,
                        nullptr);
    }
    producer->flush(30'000);
    EXPECT_TRUE(Eventually([&] { return producer->poll(10), Value("rdkafka_statistics_total").has_value(); }));
    metrics_->Forget(producer->c_ptr());
  }

  std::unique_ptr<RdKafka::KafkaConsumer> Consumer() {
    Set("group.id", "billing");
    std::unique_ptr<RdKafka::KafkaConsumer> consumer(RdKafka::KafkaConsumer::create(conf_.get(), error_));
    client_ = consumer.get();
    const std::unique_ptr<RdKafka::TopicPartition> partition(RdKafka::TopicPartition::create("orders", 0, 0));
    EXPECT_EQ(consumer->assign({partition.get()}), RdKafka::ERR_NO_ERROR);
    return consumer;
  }

  bool ConsumeOne(RdKafka::KafkaConsumer& consumer) {
    return Eventually([&] {
      const std::unique_ptr<RdKafka::Message> message(consumer.consume(10));
      metrics_->OnConsumed(*message->c_ptr());
      return message->err() == RdKafka::ERR_NO_ERROR;
    });
  }

  MockCluster cluster_{1};
  metrics::Registry registry_;
  std::unique_ptr<RdkafkaMetrics> metrics_ = RdkafkaMetrics::Register(registry_).value();
  const std::unique_ptr<RdKafka::Conf> conf_;
  std::string error_;
  RdKafka::Handle* client_ = nullptr;
};

TEST_F(CppClientTest, CountsWhatAProducerIsTold) {
  Produce(5);
  EXPECT_EQ(Value("streamhouse_producer_records_sent_total"), 5);
  EXPECT_EQ(Value("streamhouse_producer_bytes_sent_total"), 15);
}

// A document would wait behind the records that the consumer has fetched.
TEST_F(CppClientTest, DocumentsOvertakeRecordsOnAMainQueueOfTheirOwn) {
  Produce(10);
  const auto consumer = Consumer();
  rd_kafka_queue_t* const main_queue = rd_kafka_queue_get_main(consumer->c_ptr());
  rd_kafka_queue_forward(main_queue, nullptr);
  rd_kafka_queue_destroy(main_queue);
  ASSERT_TRUE(ConsumeOne(*consumer));
  ASSERT_TRUE(Eventually([&] {
    rd_kafka_poll(consumer->c_ptr(), 10);
    return Value("streamhouse_consumer_lag_records") == 9;
  }));
  EXPECT_EQ(Value("streamhouse_consumer_records_consumed_total"), 1);
  consumer->close();
  metrics_->Forget(consumer->c_ptr());
}

}  // namespace
}  // namespace streamhouse::librdkafka
