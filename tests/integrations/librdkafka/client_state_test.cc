#include "integrations/librdkafka/client_state.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "integrations/librdkafka/statistics.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"
#include "metrics_core/testing/page_comparison.h"

namespace streamhouse::librdkafka {
namespace {

using metrics::testing::MetricReader;
using metrics::testing::PageDifference;

constexpr std::int64_t kNow = 1'700'000'000;

// Documents of one instance, each a second after the one before.
class ClientStateTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(counters_.Register(registry_).ok()); }

  Statistics Document(const std::string& type) {
    ++seconds_;
    return {.name = "app#" + type + "-1",
            .client_id = "app",
            .type = type,
            .ts = seconds_ * 1'000'000,
            .time = kNow + seconds_};
  }

  static BrokerStatistics Broker(const std::string& name, std::int64_t nodeid) {
    return {.name = name,
            .nodename = name.substr(0, name.find('/')),
            .source = nodeid < 0 ? "configured" : "learned",
            .state = "UP",
            .nodeid = nodeid,
            .rxidle = 1000};
  }

  // Of broker 1, assigned, read up to `position` of 10.
  static PartitionStatistics Partition(std::int64_t number, std::int64_t position) {
    return {.partition = number,
            .broker = 1,
            .is_desired = true,
            .is_active = true,
            .next_offset = 10,
            .app_offset = position,
            .committed_offset = position,
            .lo_offset = 0,
            .hi_offset = 10,
            .ls_offset = 10,
            .rxmsgs = 10};
  }

  Statistics ConsumerDocument(const PartitionStatistics& partition) {
    Statistics document = Document("consumer");
    document.brokers = {Broker("kafka:9092/1", 1)};
    document.topics = {{.topic = "orders", .partitions = {partition}}};
    return document;
  }

  std::optional<double> Value(const char* family, metrics::testing::LabelPairs labels = {}) {
    return MetricReader(registry_).Value(family, labels);
  }

  void TakeBytes(ClientState& state, const std::string& name, std::int64_t nodeid, std::int64_t sent) {
    Statistics document = Document("producer");
    document.brokers = {Broker(name, nodeid)};
    document.brokers[0].txbytes = sent;
    state.Take(document, counters_);
  }

  std::optional<std::int64_t> LagAfter(const Statistics& document) {
    state_.Take(document, counters_);
    return state_.partitions().empty() ? std::nullopt : state_.partitions()[0].lag.exact;
  }

  std::int64_t Now() const { return seconds_ * 1'000'000; }

  // The waits of the settings are 4 s.
  void ExpectLagAfterARefetch(const PartitionStatistics& partition, std::int64_t lag) {
    for (int i = 0; i < 4; ++i) {
      EXPECT_EQ(LagAfter(ConsumerDocument(partition)), std::nullopt);
    }
    EXPECT_EQ(LagAfter(ConsumerDocument(partition)), lag);
  }

  metrics::Registry registry_;
  StatisticsCounters counters_;
  ClientState state_{{.group = "billing"}};
  std::int64_t seconds_ = 0;
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
  document.brokers[0].throttle = {.sum = 250, .cnt = 2};
  document.topics = {{.topic = "orders", .batchsize = {.sum = 900, .cnt = 3}, .batchcnt = {.sum = 9, .cnt = 3}}};
  state_.Take(document, counters_);
  state_.Take(document, counters_);
  EXPECT_EQ(
      PageDifference(registry_, R"(
    rdkafka_producer_queue_seconds_sum{client="app",broker="kafka:9092"} 6
    rdkafka_producer_queue_seconds_count{client="app",broker="kafka:9092"} 8
    rdkafka_producer_round_trip_seconds_sum{client="app",broker="kafka:9092"} 1
    rdkafka_producer_round_trip_seconds_count{client="app",broker="kafka:9092"} 4
    rdkafka_throttle_seconds_sum{client="app",broker="kafka:9092"} 0.5
    rdkafka_throttle_seconds_count{client="app",broker="kafka:9092"} 4
    rdkafka_producer_batch_records_sum{topic="orders"} 18
    rdkafka_producer_batch_records_count{topic="orders"} 6
    rdkafka_producer_batch_bytes_sum{topic="orders"} 1800
    rdkafka_producer_batch_bytes_count{topic="orders"} 6
  )",
                     {"rdkafka_producer_queue_seconds", "rdkafka_producer_round_trip_seconds",
                      "rdkafka_throttle_seconds", "rdkafka_producer_batch_records", "rdkafka_producer_batch_bytes"}),
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

TEST_F(ClientStateTest, KnowsTheLagOfAPartitionThatIsFetched) {
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), 7);
  EXPECT_EQ(state_.partitions()[0].position, 3);
  EXPECT_EQ(state_.partitions()[0].committed, 3);
}

TEST_F(ClientStateTest, KnowsNoLagWhileTheBrokerIsDown) {
  Statistics document = ConsumerDocument(Partition(0, 3));
  document.brokers[0].state = "CONNECT";
  EXPECT_EQ(LagAfter(document), std::nullopt);
  EXPECT_EQ(state_.partitions()[0].lag.at_least, 7);
}

TEST_F(ClientStateTest, KnowsNoLagWhileTheBrokerIsSilent) {
  Statistics document = ConsumerDocument(Partition(0, 3));
  document.brokers[0].rxidle = (500 + kFetchSlackMilliseconds) * 1000;
  EXPECT_EQ(LagAfter(document), 7);
  document.brokers[0].rxidle += 1000;
  EXPECT_EQ(LagAfter(document), std::nullopt);
  document.brokers[0].rxidle = -1;
  EXPECT_EQ(LagAfter(document), std::nullopt);
}

TEST_F(ClientStateTest, KnowsNoLagWithoutTheBrokerOfThePartition) {
  PartitionStatistics partition = Partition(0, 3);
  partition.broker = 2;
  EXPECT_EQ(LagAfter(ConsumerDocument(partition)), std::nullopt);
}

TEST_F(ClientStateTest, KnowsNoLagOfAPausedPartition) {
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), 7);
  state_.Pause("orders", 0);
  EXPECT_EQ(state_.partitions()[0].lag.exact, std::nullopt);
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), std::nullopt);
}

// The broker answers for other partitions meanwhile, so rxidle is young.
TEST_F(ClientStateTest, KnowsNoLagAfterAPauseUntilThePartitionIsFetchedAgain) {
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), 7);
  state_.Pause("orders", 0);
  seconds_ += 600;
  state_.Resume("orders", 0, Now());
  ExpectLagAfterARefetch(Partition(0, 3), 7);
}

TEST_F(ClientStateTest, ADocumentOfThePauseThatComesLateProvesNothing) {
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), 7);
  state_.Pause("orders", 0);
  state_.Resume("orders", 0, Now() + 600'000'000);
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), std::nullopt);
  seconds_ += 599;
  ExpectLagAfterARefetch(Partition(0, 3), 7);
}

TEST_F(ClientStateTest, WaitsAsLongAsTheSettingsOfFetchesSay) {
  const ClientSettings slow = {.fetch_wait_milliseconds = 3000, .queue_backoff_milliseconds = 10'000};
  EXPECT_EQ(RefetchMilliseconds(slow), 16'000 + kFetchSlackMilliseconds);
}

// A new assignment goes on with the end that the last one left.
TEST_F(ClientStateTest, KnowsNoLagAfterAnAssignmentUntilThePartitionIsFetchedAgain) {
  PartitionStatistics partition = Partition(0, kUnknownOffset);
  partition.is_desired = false;
  EXPECT_EQ(LagAfter(ConsumerDocument(partition)), std::nullopt);
  partition.is_desired = true;
  ExpectLagAfterARefetch(partition, 0);
  partition.is_active = false;
  EXPECT_EQ(LagAfter(ConsumerDocument(partition)), std::nullopt);
  partition.is_active = true;
  ExpectLagAfterARefetch(partition, 0);
}

TEST_F(ClientStateTest, TheFirstEndOfAPartitionIsOfAYoungFetch) {
  PartitionStatistics partition = Partition(0, 3);
  partition.is_active = false;
  partition.ls_offset = kUnknownOffset;
  EXPECT_EQ(LagAfter(ConsumerDocument(partition)), std::nullopt);
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), 7);
}

TEST_F(ClientStateTest, KnowsNoLagOfAPartitionWithANewLeaderUntilItIsFetchedAgain) {
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), 7);
  const auto of_new_leader = [&] {
    PartitionStatistics partition = Partition(0, 3);
    partition.broker = 2;
    Statistics document = ConsumerDocument(partition);
    document.brokers[0].nodeid = 2;
    return LagAfter(document);
  };
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(of_new_leader(), std::nullopt);
  }
  EXPECT_EQ(of_new_leader(), 7);
}

TEST_F(ClientStateTest, KnowsNoLagAfterAReconnectUntilThePartitionIsFetchedAgain) {
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), 7);
  const auto reconnected = [&] {
    Statistics document = ConsumerDocument(Partition(0, 3));
    document.brokers[0].disconnects = 1;
    return LagAfter(document);
  };
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(reconnected(), std::nullopt);
  }
  EXPECT_EQ(reconnected(), 7);
}

// librdkafka pauses all partitions until the program assigns.
TEST_F(ClientStateTest, KnowsNoLagWhileTheGroupWaitsForTheProgram) {
  for (const char* const join_state : {"wait-assign-call", "wait-unassign-call"}) {
    Statistics document = ConsumerDocument(Partition(0, 3));
    document.cgrp.join_state = join_state;
    EXPECT_EQ(LagAfter(document), std::nullopt);
    ExpectLagAfterARefetch(Partition(0, 3), 7);
  }
}

// Without a rebalance callback.
TEST_F(ClientStateTest, KnowsNoLagAfterARebalanceBetweenTwoDocuments) {
  const auto rebalanced = [&](std::int64_t rebalances) {
    Statistics document = ConsumerDocument(Partition(0, 3));
    document.cgrp = {.join_state = "steady", .rebalance_cnt = rebalances, .assignment_size = 1};
    return LagAfter(document);
  };
  EXPECT_EQ(rebalanced(1), 7);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(rebalanced(3), std::nullopt);
  }
  EXPECT_EQ(rebalanced(3), 7);
}

TEST_F(ClientStateTest, KnowsNoLagWhileTheQueueOfThePartitionIsFull) {
  ClientState state{{.queued_records = 5, .queued_kilobytes = 2}};
  const auto lag_with = [&](std::int64_t records, std::int64_t bytes) {
    PartitionStatistics partition = Partition(0, 3);
    partition.fetchq_cnt = records;
    partition.fetchq_size = bytes;
    state.Take(ConsumerDocument(partition), counters_);
    EXPECT_EQ(state.partitions()[0].lag.at_least, 7);
    return state.partitions()[0].lag.exact;
  };
  EXPECT_EQ(lag_with(4, 1999), 7);
  EXPECT_EQ(lag_with(5, 10), std::nullopt);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(lag_with(4, 10), std::nullopt);
  }
  EXPECT_EQ(lag_with(4, 10), 7);
  EXPECT_EQ(lag_with(1, 2000), std::nullopt);
}

TEST_F(ClientStateTest, APauseOutlivesARevocation) {
  state_.Pause("orders", 0);
  PartitionStatistics revoked = Partition(0, 3);
  revoked.is_desired = false;
  EXPECT_EQ(LagAfter(ConsumerDocument(revoked)), std::nullopt);
  EXPECT_TRUE(state_.partitions().empty());
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), std::nullopt);
  state_.Resume("orders", 0, Now());
  ExpectLagAfterARefetch(Partition(0, 3), 7);
}

TEST_F(ClientStateTest, ForgetsPositionsUntilTheNextDocument) {
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), 7);
  state_.ForgetPositions(Now());
  EXPECT_EQ(state_.partitions()[0].lag.at_least, std::nullopt);
  EXPECT_EQ(state_.partitions()[0].position, std::nullopt);
  ExpectLagAfterARefetch(Partition(0, 4), 6);
  EXPECT_EQ(state_.partitions()[0].position, 4);
}

// The program polls it after the revocation, which it was emitted before.
TEST_F(ClientStateTest, ADocumentFromBeforeARebalanceGivesNoPosition) {
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), 7);
  state_.ForgetPositions(Now() + 1'000'001);
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), std::nullopt);
  ASSERT_EQ(state_.partitions().size(), 1U);
  EXPECT_EQ(state_.partitions()[0].lag.at_least, std::nullopt);
  EXPECT_EQ(state_.partitions()[0].position, std::nullopt);
  EXPECT_EQ(LagAfter(ConsumerDocument(Partition(0, 3))), std::nullopt);
  EXPECT_EQ(state_.partitions()[0].position, 3);
}

TEST_F(ClientStateTest, CountsChangesOfTheAssignment) {
  Statistics document = ConsumerDocument(Partition(0, 3));
  document.cgrp = {.join_state = "steady", .rebalance_cnt = 3, .assignment_size = 1};
  state_.Take(document, counters_);
  EXPECT_EQ(Value("rdkafka_consumer_assignment_changes_total", {{"group", "billing"}}), 3);
}

TEST_F(ClientStateTest, IsYoungForThreeIntervalsAndTwoSeconds) {
  ClientState slow{{.statistics_interval_milliseconds = 5000}};
  const Statistics document = ConsumerDocument(Partition(0, 3));
  slow.Take(document, counters_);
  EXPECT_TRUE(slow.IsYoung(document.time + 17));
  EXPECT_FALSE(slow.IsYoung(document.time + 18));
}

}  // namespace
}  // namespace streamhouse::librdkafka
