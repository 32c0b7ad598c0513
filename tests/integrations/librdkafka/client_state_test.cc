#include "integrations/librdkafka/client_state.h"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "integrations/librdkafka/statistics.h"
#include "metrics_core/testing/metric_reader.h"
#include "metrics_core/testing/page_comparison.h"
#include "tests/integrations/librdkafka/client_state_fixture.h"

namespace streamhouse::librdkafka {
namespace {

using metrics::testing::MetricReader;
using metrics::testing::PageDifference;

class ClientStateTest : public ClientStateFixture {
 protected:
  std::optional<double> Value(const char* family, metrics::testing::LabelPairs labels = {}) {
    return MetricReader(registry_).Value(family, labels);
  }

  void TakeBytes(ClientState& state, const std::string& name, std::int64_t nodeid, std::int64_t sent) {
    Statistics document = Document("producer");
    document.brokers = {Broker(name, nodeid)};
    document.brokers[0].txbytes = sent;
    state.Take(document, counters_);
  }
};

TEST_F(ClientStateTest, CountersGoOnWhenAClientIsMadeAgain) {
  TakeBytes(state_, "kafka:9092/1", 1, 100);
  TakeBytes(state_, "kafka:9092/1", 1, 150);
  ClientState again{{}};
  TakeBytes(again, "kafka:9092/1", 1, 30);
  EXPECT_EQ(Value("rdkafka_broker_sent_bytes_total", {{"client", "app"}, {"broker", "kafka:9092"}}), 180);
  EXPECT_EQ(Value("rdkafka_statistics_total", {{"client", "app"}}), 3);
}

TEST_F(ClientStateTest, ABrokerKeepsItsTotalsWhenItIsRenamed) {
  TakeBytes(state_, "kafka:9092/bootstrap", -1, 100);
  TakeBytes(state_, "kafka:9092/1", 1, 120);
  TakeBytes(state_, "kafka-b:9092/1", 1, 125);
  EXPECT_EQ(Value("rdkafka_broker_sent_bytes_total", {{"broker", "kafka:9092"}}), 120);
  EXPECT_EQ(Value("rdkafka_broker_sent_bytes_total", {{"broker", "kafka-b:9092"}}), 5);
}

TEST_F(ClientStateTest, TheEntryOfACoordinatorAddsToItsBroker) {
  Statistics document = Document("consumer");
  document.brokers = {Broker("kafka:9092/1", 1), Broker("kafka:9092/1", 1)};
  document.brokers[1].name = "GroupCoordinator";
  document.brokers[1].source = "logical";
  document.brokers[0].txbytes = 10;
  document.brokers[1].txbytes = 5;
  state_.Take(document, counters_);
  EXPECT_EQ(Value("rdkafka_broker_sent_bytes_total", {{"broker", "kafka:9092"}}), 15);
  EXPECT_EQ(state_.connections().at("kafka:9092"), 2);
}

TEST_F(ClientStateTest, ACoordinatorTakesNoTotalsOfItsBroker) {
  TakeBytes(state_, "kafka:9092/bootstrap", -1, 100);
  Statistics document = Document("consumer");
  document.brokers = {Broker("kafka:9092/1", 1), Broker("kafka:9092/1", 1)};
  document.brokers[0].name = "GroupCoordinator";
  document.brokers[0].source = "logical";
  document.brokers[0].txbytes = 5;
  document.brokers[1].txbytes = 120;
  state_.Take(document, counters_);
  EXPECT_EQ(Value("rdkafka_broker_sent_bytes_total", {{"broker", "kafka:9092"}}), 125);
}

TEST_F(ClientStateTest, ABrokerTakesNoTotalsOfACoordinator) {
  Statistics document = Document("consumer");
  document.brokers = {Broker("kafka:9092/1", 1)};
  document.brokers[0].name = "GroupCoordinator";
  document.brokers[0].source = "logical";
  document.brokers[0].txbytes = 100;
  state_.Take(document, counters_);
  TakeBytes(state_, "kafka:9092/1", 1, 120);
  EXPECT_EQ(Value("rdkafka_broker_sent_bytes_total", {{"broker", "kafka:9092"}}), 220);
}

// Both have the number -1 until librdkafka has learnt theirs.
TEST_F(ClientStateTest, ABrokerWithoutANumberTakesNoTotalsOfAnother) {
  TakeBytes(state_, "kafka-a:9092/bootstrap", -1, 100);
  TakeBytes(state_, "kafka-b:9092/bootstrap", -1, 120);
  EXPECT_EQ(Value("rdkafka_broker_sent_bytes_total", {{"broker", "kafka-b:9092"}}), 120);
}

TEST_F(ClientStateTest, ABrokerTakesNoTotalsOfAnEntryThatStays) {
  TakeBytes(state_, "kafka:9092/bootstrap", -1, 100);
  Statistics document = Document("producer");
  document.brokers = {Broker("kafka:9092/1", 1), Broker("kafka:9092/bootstrap", -1)};
  document.brokers[0].txbytes = 50;
  document.brokers[1].txbytes = 100;
  state_.Take(document, counters_);
  EXPECT_EQ(Value("rdkafka_broker_sent_bytes_total", {{"broker", "kafka:9092"}}), 150);
}

TEST_F(ClientStateTest, ABrokerThatComesBackCountsFromZero) {
  TakeBytes(state_, "kafka:9092/1", 1, 100);
  state_.Take(Document("producer"), counters_);
  TakeBytes(state_, "kafka:9092/1", 1, 120);
  EXPECT_EQ(Value("rdkafka_broker_sent_bytes_total", {{"broker", "kafka:9092"}}), 220);
}

TEST_F(ClientStateTest, ConnectionsAreThoseOfTheNewestDocument) {
  TakeBytes(state_, "kafka-a:9092/1", 1, 0);
  TakeBytes(state_, "kafka-b:9092/2", 2, 0);
  EXPECT_EQ(state_.connections(), (std::map<std::string, int>{{"kafka-b:9092", 1}}));
}

TEST_F(ClientStateTest, ACoordinatorHasNoWindowsOfAProducer) {
  Statistics document = Document("producer");
  document.brokers = {Broker("kafka:9092/1", 1)};
  document.brokers[0].source = "logical";
  document.brokers[0].rtt = {.sum = 500'000, .cnt = 1};
  state_.Take(document, counters_);
  EXPECT_EQ(PageDifference(registry_, "", {"rdkafka_producer_round_trip_seconds", "rdkafka_producer_queue_seconds"}),
            "");
}

TEST_F(ClientStateTest, ACoordinatorWithoutAHostHasItsNameAsLabel) {
  Statistics document = Document("consumer");
  document.brokers = {{.name = "GroupCoordinator", .source = "logical", .state = "INIT"}};
  state_.Take(document, counters_);
  EXPECT_EQ(state_.connections().at("GroupCoordinator"), 0);
}

TEST_F(ClientStateTest, CountsRequestsByTheirStableNames) {
  Statistics document = Document("producer");
  document.brokers = {Broker("kafka:9092/1", 1)};
  document.brokers[0].requests[0] = 4;
  document.brokers[0].requests[kOtherRequest] = 2;
  state_.Take(document, counters_);
  EXPECT_EQ(Value("rdkafka_broker_requests_total", {{"request", "Produce"}}), 4);
  EXPECT_EQ(Value("rdkafka_broker_requests_total", {{"request", "other"}}), 2);
  EXPECT_EQ(MetricReader(registry_).SeriesCount("rdkafka_broker_requests_total"), 2U);
}

TEST_F(ClientStateTest, AddsWindowsOfEachDocumentInSeconds) {
  Statistics document = Document("producer");
  document.brokers = {Broker("kafka:9092/1", 1)};
  document.brokers[0].int_latency = {.sum = 3'000'000, .cnt = 4};
  document.brokers[0].rtt = {.sum = 500'000, .cnt = 2};
  document.brokers[0].outbuf_latency = {.sum = 250'000, .cnt = 5};
  document.brokers[0].throttle = {.sum = 250, .cnt = 2};
  document.topics = {{.topic = "orders", .batchsize = {.sum = 900, .cnt = 3}, .batchcnt = {.sum = 9, .cnt = 3}}};
  state_.Take(document, counters_);
  state_.Take(document, counters_);
  EXPECT_EQ(PageDifference(registry_, R"(
    rdkafka_producer_queue_seconds_sum{client="app",broker="kafka:9092"} 6
    rdkafka_producer_queue_seconds_count{client="app",broker="kafka:9092"} 8
    rdkafka_producer_round_trip_seconds_sum{client="app",broker="kafka:9092"} 1
    rdkafka_producer_round_trip_seconds_count{client="app",broker="kafka:9092"} 4
    rdkafka_output_queue_seconds_sum{client="app",broker="kafka:9092"} 0.5
    rdkafka_output_queue_seconds_count{client="app",broker="kafka:9092"} 10
    rdkafka_throttle_seconds_sum{client="app",broker="kafka:9092"} 0.5
    rdkafka_throttle_seconds_count{client="app",broker="kafka:9092"} 4
    rdkafka_producer_batch_records_sum{topic="orders"} 18
    rdkafka_producer_batch_records_count{topic="orders"} 6
    rdkafka_producer_batch_bytes_sum{topic="orders"} 1800
    rdkafka_producer_batch_bytes_count{topic="orders"} 6
  )",
                           {"rdkafka_producer_queue_seconds", "rdkafka_producer_round_trip_seconds",
                            "rdkafka_output_queue_seconds", "rdkafka_throttle_seconds",
                            "rdkafka_producer_batch_records", "rdkafka_producer_batch_bytes"}),
            "");
}

// A consumer's round trip holds the time that the broker waits for records.
TEST_F(ClientStateTest, AConsumerHasNoRoundTrip) {
  Statistics document = ConsumerDocument(Partition(0, 3));
  document.brokers[0].rtt = {.sum = 500'000, .cnt = 1};
  state_.Take(document, counters_);
  EXPECT_EQ(PageDifference(registry_, "", {"rdkafka_producer_round_trip_seconds"}), "");
}

TEST_F(ClientStateTest, AnOlderDocumentAddsItsWindowsAlone) {
  Statistics old_document = ConsumerDocument(Partition(0, 2));
  old_document.brokers[0].throttle = {.sum = 1000, .cnt = 1};
  old_document.brokers[0].txbytes = 10;
  Statistics new_document = ConsumerDocument(Partition(0, 6));
  new_document.brokers[0].txbytes = 30;
  EXPECT_EQ(LagAfter(new_document), 4);
  EXPECT_EQ(LagAfter(old_document), 4);
  EXPECT_EQ(Value("rdkafka_broker_sent_bytes_total", {{"broker", "kafka:9092"}}), 30);
  EXPECT_EQ(PageDifference(registry_, R"(
    rdkafka_throttle_seconds_sum{client="app",broker="kafka:9092"} 1
    rdkafka_throttle_seconds_count{client="app",broker="kafka:9092"} 1
  )",
                           {"rdkafka_throttle_seconds"}),
            "");
}

TEST_F(ClientStateTest, AddsUpThePartitionsOfATopic) {
  Statistics document = Document("producer");
  document.topics = {
      {.topic = "orders",
       .partitions = {{.partition = 0, .txmsgs = 3, .txbytes = 30}, {.partition = 1, .txmsgs = 4, .txbytes = 40}}}};
  state_.Take(document, counters_);
  EXPECT_EQ(Value("rdkafka_producer_records_transmitted_total", {{"topic", "orders"}}), 7);
  EXPECT_EQ(Value("rdkafka_producer_bytes_transmitted_total", {{"topic", "orders"}}), 70);
}

TEST_F(ClientStateTest, CountsWhatAConsumerHasFetched) {
  PartitionStatistics partition = Partition(0, 3);
  partition.rxbytes = 100;
  partition.rx_ver_drops = 2;
  state_.Take(ConsumerDocument(partition), counters_);
  EXPECT_EQ(Value("rdkafka_consumer_records_fetched_total", {{"topic", "orders"}}), 10);
  EXPECT_EQ(Value("rdkafka_consumer_bytes_fetched_total", {{"topic", "orders"}}), 100);
  EXPECT_EQ(Value("rdkafka_consumer_records_outdated_total", {{"topic", "orders"}}), 2);
}

TEST_F(ClientStateTest, APartitionThatLeavesTakesNothingFromItsTopic) {
  Statistics document = ConsumerDocument(Partition(0, 3));
  document.topics[0].partitions.push_back(Partition(1, 3));
  state_.Take(document, counters_);
  state_.Take(ConsumerDocument(Partition(0, 3)), counters_);
  EXPECT_EQ(Value("rdkafka_consumer_records_fetched_total", {{"topic", "orders"}}), 20);
  EXPECT_EQ(state_.partitions().size(), 1U);
}

// librdkafka has forgotten its totals meanwhile.
TEST_F(ClientStateTest, APartitionThatComesBackCountsFromZero) {
  state_.Take(ConsumerDocument(Partition(0, 3)), counters_);
  state_.Take(Document("consumer"), counters_);
  PartitionStatistics partition = Partition(0, 3);
  partition.rxmsgs = 14;
  state_.Take(ConsumerDocument(partition), counters_);
  EXPECT_EQ(Value("rdkafka_consumer_records_fetched_total"), 24);
}

TEST_F(ClientStateTest, CountsChangesOfTheAssignment) {
  Statistics document = ConsumerDocument(Partition(0, 3));
  document.cgrp = {.join_state = "steady", .rebalance_cnt = 3, .assignment_size = 1};
  state_.Take(document, counters_);
  EXPECT_EQ(Value("rdkafka_consumer_assignment_changes_total", {{"group", "billing"}}), 3);
}

TEST_F(ClientStateTest, IsYoungForThreeIntervalsAndTwoSeconds) {
  ClientState slow{{.statistics_interval = std::chrono::seconds(5)}};
  const Statistics document = ConsumerDocument(Partition(0, 3));
  slow.Take(document, counters_);
  EXPECT_TRUE(slow.IsYoung(std::chrono::seconds(document.time + 17)));
  EXPECT_FALSE(slow.IsYoung(std::chrono::seconds(document.time + 18)));
}

}  // namespace
}  // namespace streamhouse::librdkafka
