// Goal: metrics are what a ledger of the callbacks says, under faults.
//
// Method: librdkafka itself against its mock cluster, whose brokers fail and go.
#include "integrations/librdkafka/rdkafka_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "integrations/librdkafka/statistics.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_lint.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/integrations/librdkafka/mock_cluster.h"

namespace streamhouse::librdkafka {
namespace {

using metrics::testing::LabelPairs;
using metrics::testing::MetricReader;

class RdkafkaMetricsTest : public ::testing::Test {
 protected:
  RdkafkaMetricsTest() { cluster_.CreateTopic("orders", 2); }

  std::optional<double> Value(const char* family, LabelPairs labels = {}) {
    return MetricReader(registry_).Value(family, labels);
  }

  std::size_t Series(const char* family) { return MetricReader(registry_).SeriesCount(family); }

  std::unique_ptr<TestClient> Producer(const Settings& settings = {}) {
    return std::make_unique<TestClient>(RD_KAFKA_PRODUCER, cluster_, *metrics_, settings);
  }
  std::unique_ptr<TestClient> Consumer(const Settings& settings = {}) {
    return std::make_unique<TestClient>(RD_KAFKA_CONSUMER, cluster_, *metrics_, settings);
  }

  // Waits for two documents more than there are: the first may be older than what happened.
  static bool NextDocuments(TestClient& client) {
    const std::uint64_t wanted = client.ledger().documents + 2;
    return client.PollUntil([&] { return client.ledger().documents >= wanted; });
  }

  void Fill(std::int32_t partition, int records) {
    const auto producer = Producer({{"statistics.interval.ms", "0"}});
    producer->Produce("orders", partition, records);
    ASSERT_TRUE(producer->Flush());
  }

  // Calls `change` with partition 0, from the offset on.
  static void WithPartition(std::int64_t offset,
                            const std::function<rd_kafka_resp_err_t(rd_kafka_topic_partition_list_t*)>& change) {
    rd_kafka_topic_partition_list_t* const partitions = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(partitions, "orders", 0)->offset = offset;
    EXPECT_EQ(change(partitions), RD_KAFKA_RESP_ERR_NO_ERROR);
    rd_kafka_topic_partition_list_destroy(partitions);
  }

  static void Assign(const TestClient& consumer, std::int64_t offset) {
    WithPartition(offset, [&](auto* partitions) { return rd_kafka_assign(consumer.handle(), partitions); });
  }

  // A consumer of partition 0 alone, without a group's rebalance.
  std::unique_ptr<TestClient> Reader(const Settings& settings = {}) {
    auto consumer = Consumer(settings);
    Assign(*consumer, RD_KAFKA_OFFSET_BEGINNING);
    return consumer;
  }

  std::optional<double> Lag(const char* partition = "0") {
    return Value("streamhouse_consumer_lag_records",
                 {{"topic", "orders"}, {"partition", partition}, {"group", "billing"}});
  }

  // There the broker was silent for 5 s, and 5 records of 2,000,000 bytes wait for the program.
  static std::string Document(const TestClient& consumer, int monotonic_second, std::time_t time) {
    return R"({"name": ")" + std::string(rd_kafka_name(consumer.handle())) + R"(", "type": "consumer", "ts": )" +
           std::to_string(monotonic_second) + R"(000000, "time": )" + std::to_string(time) +
           R"(, "brokers": {"a:1/1": {"name": "a:1/1", "nodename": "a:1", "nodeid": 1, "state": "UP",
        "rxidle": 5000000}}, "topics": {"orders": {"topic": "orders", "partitions": {"0": {"partition": 0,
        "broker": 1, "desired": true, "fetch_state": "active", "app_offset": 3, "ls_offset": 8, "hi_offset": 12,
        "fetchq_cnt": 5, "fetchq_size": 2000000}}}}})";
  }

  // The lag of a consumer with these settings, after a document that is 10 s old.
  std::optional<double> LagWith(Settings settings) {
    settings.emplace("statistics.interval.ms", "5000");
    settings.emplace("fetch.wait.max.ms", "3000");
    const auto consumer = Consumer(settings);
    const std::string json = Document(*consumer, 1, std::time(nullptr) - 10);
    EXPECT_TRUE(metrics_->OnStatistics(consumer->handle(), json).ok());
    return Lag();
  }

  double Failed(const char* error, const char* persisted) {
    return Value("rdkafka_producer_records_failed_total",
                 {{"topic", "orders"}, {"error", error}, {"persisted", persisted}})
        .value_or(0);
  }

  MockCluster cluster_{2};
  metrics::Registry registry_;
  std::unique_ptr<RdkafkaMetrics> metrics_ = RdkafkaMetrics::Register(registry_).value();
};

TEST_F(RdkafkaMetricsTest, CountsDeliveredRecords) {
  const auto producer = Producer();
  producer->Produce("orders", 0, 1000);
  ASSERT_TRUE(producer->Flush());
  ASSERT_TRUE(NextDocuments(*producer));
  EXPECT_EQ(producer->ledger().delivered, 1000U);
  EXPECT_EQ(Value("streamhouse_producer_records_sent_total", {{"topic", "orders"}}), 1000);
  // A value of three bytes, a key of one, a header of three.
  EXPECT_EQ(Value("streamhouse_producer_bytes_sent_total", {{"topic", "orders"}}), 7000);
  EXPECT_EQ(Value("rdkafka_producer_records_transmitted_total", {{"topic", "orders"}}), 1000);
  EXPECT_EQ(Value("rdkafka_producer_queued_records", {{"client", "app"}}), 0);
  EXPECT_EQ(Series("rdkafka_producer_records_failed_total"), 0U);
}

// One batch: Flush() sends what lingers. The first record makes the partition known. Without it,
// librdkafka hands over the records one by one during the flush, and may send some of them alone.
TEST_F(RdkafkaMetricsTest, ARecordThatIsRetriedTwiceIsTransmittedThreeTimesAndSentOnce) {
  const auto producer = Producer({{"retry.backoff.ms", "10"}, {"linger.ms", "60000"}});
  producer->Produce("orders", 0, 1);
  ASSERT_TRUE(producer->Flush());
  cluster_.FailProduce(2);
  producer->Produce("orders", 0, 50);
  ASSERT_TRUE(producer->Flush());
  ASSERT_TRUE(NextDocuments(*producer));
  EXPECT_EQ(Value("streamhouse_producer_records_sent_total"), 1 + 50);
  EXPECT_EQ(Value("rdkafka_producer_records_transmitted_total"), 1 + 150);
  EXPECT_EQ(Value("rdkafka_broker_requests_total", {{"request", "Produce"}}), 1 + 3);
}

TEST_F(RdkafkaMetricsTest, EachReportOfALostBrokerMovesOneCounter) {
  const auto producer = Producer({{"message.timeout.ms", "2000"}});
  producer->Produce("orders", 0, 10);
  ASSERT_TRUE(producer->Flush());
  cluster_.SetDown(1);
  producer->Produce("orders", 0, 20);
  ASSERT_TRUE(producer->Flush());
  EXPECT_EQ(producer->ledger().delivered, 10U);
  EXPECT_EQ(producer->ledger().failed, 20U);
  EXPECT_EQ(Value("streamhouse_producer_records_sent_total"), 10);
  EXPECT_EQ(Failed("_MSG_TIMED_OUT", "no") + Failed("_MSG_TIMED_OUT", "possibly"), 20);
  ASSERT_TRUE(producer->PollUntil([&] { return producer->ledger().errors > 0; }));
  EXPECT_GE(Series("rdkafka_errors_total"), 1U);
}

TEST_F(RdkafkaMetricsTest, RecordsWithoutAResponseInTimeMayBeInTheLog) {
  const auto producer = Producer({{"message.timeout.ms", "2000"}});
  producer->Produce("orders", 0, 1);
  ASSERT_TRUE(producer->Flush());
  cluster_.SetRoundTrip(1, 9000);
  producer->Produce("orders", 0, 7);
  ASSERT_TRUE(producer->Flush());
  EXPECT_EQ(Failed("_MSG_TIMED_OUT", "possibly"), 7);
  EXPECT_EQ(Value("streamhouse_producer_records_sent_total"), 1);
}

TEST_F(RdkafkaMetricsTest, RecordsWithoutAcknowledgementAreNotSent) {
  const auto producer = Producer({{"acks", "0"}});
  producer->Produce("orders", 0, 10);
  ASSERT_TRUE(producer->Flush());
  EXPECT_EQ(producer->ledger().unconfirmed, 10U);
  EXPECT_EQ(Value("rdkafka_producer_records_unconfirmed_total"), 10);
  EXPECT_EQ(Series("streamhouse_producer_records_sent_total"), 0U);
}

TEST_F(RdkafkaMetricsTest, PurgedRecordsHaveFailed) {
  const auto producer = Producer({{"linger.ms", "60000"}});
  producer->Produce("orders", 0, 10);
  ASSERT_EQ(rd_kafka_purge(producer->handle(), RD_KAFKA_PURGE_F_QUEUE), RD_KAFKA_RESP_ERR_NO_ERROR);
  ASSERT_TRUE(producer->PollUntil([&] { return producer->ledger().failed == 10; }));
  EXPECT_EQ(Failed("_PURGE_QUEUE", "no"), 10);
}

TEST_F(RdkafkaMetricsTest, CountsMoreTopicsThanAThreadKeeps) {
  const auto producer = Producer();
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 40; ++i) producer->Produce(("topic" + std::to_string(i)).c_str(), 0, 1);
    ASSERT_TRUE(producer->Flush());
  }
  EXPECT_EQ(Series("streamhouse_producer_records_sent_total"), 40U);
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(Value("streamhouse_producer_records_sent_total", {{"topic", "topic" + std::to_string(i)}}), 2);
  }
}

TEST_F(RdkafkaMetricsTest, CountersGoOnWhenAClientIsMadeAgain) {
  for (int i = 0; i < 2; ++i) {
    const auto producer = Producer();
    producer->Produce("orders", 0, 100);
    ASSERT_TRUE(producer->Flush());
    ASSERT_TRUE(NextDocuments(*producer));
  }
  EXPECT_EQ(Value("streamhouse_producer_records_sent_total"), 200);
  EXPECT_EQ(Value("rdkafka_producer_records_transmitted_total"), 200);
  EXPECT_EQ(Series("rdkafka_producer_queued_records"), 0U);
}

TEST_F(RdkafkaMetricsTest, KnowsTheLagOfAConsumer) {
  Fill(0, 30);
  const auto consumer = Reader();
  ASSERT_TRUE(consumer->Consume(30));
  ASSERT_TRUE(consumer->PollUntil([&] { return Lag() == 0; }));
  EXPECT_EQ(Value("streamhouse_consumer_records_consumed_total", {{"topic", "orders"}}), 30);
  EXPECT_EQ(Value("streamhouse_consumer_bytes_consumed_total"), 210);
  EXPECT_EQ(Value("streamhouse_consumer_current_offset"), 30);
  EXPECT_EQ(Value("rdkafka_consumer_records_fetched_total"), 30);
  Fill(0, 12);
  ASSERT_TRUE(consumer->Consume(42));
  ASSERT_TRUE(consumer->PollUntil([&] { return Value("streamhouse_consumer_current_offset") == 42; }));
  EXPECT_EQ(Lag(), 0);
}

TEST_F(RdkafkaMetricsTest, CountsRecordsThatWereFetchedAheadAsLag) {
  Fill(0, 30);
  const auto consumer = Reader();
  ASSERT_TRUE(consumer->Consume(11));
  EXPECT_TRUE(consumer->ServeUntil([&] { return Lag() == 19; }));
  EXPECT_EQ(Value("rdkafka_consumer_records_fetched_total"), 30);
}

TEST_F(RdkafkaMetricsTest, AnEmptyPartitionHasNoLagOfUnknownRecords) {
  const auto consumer = Reader();
  ASSERT_TRUE(consumer->PollUntil([&] { return Lag() == 0; }));
  EXPECT_EQ(Value("rdkafka_consumer_partitions_without_lag"), 0);
}

TEST_F(RdkafkaMetricsTest, APausedPartitionHasNoLag) {
  Fill(0, 5);
  const auto consumer = Reader();
  ASSERT_TRUE(consumer->Consume(5));
  ASSERT_TRUE(consumer->PollUntil([&] { return Lag() == 0; }));
  metrics_->OnPause(consumer->handle(), "orders", 0);
  EXPECT_EQ(Lag(), std::nullopt);
  ASSERT_TRUE(NextDocuments(*consumer));
  EXPECT_EQ(Lag(), std::nullopt);
  EXPECT_EQ(Value("rdkafka_consumer_partitions_without_lag"), 1);
  metrics_->OnResume(consumer->handle(), "orders", 0);
  EXPECT_TRUE(consumer->PollUntil([&] { return Lag() == 0; }));
}

// OnRebalance() and OnResume() compare their own time with it.
TEST_F(RdkafkaMetricsTest, DocumentsHaveTheTimeOfTheMonotonicClock) {
  const auto now = [] {
    const auto since_origin = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(since_origin).count();
  };
  const std::int64_t began = now();
  const auto producer = Producer();
  ASSERT_TRUE(producer->PollUntil([&] { return producer->ledger().documents > 0; }));
  const std::int64_t ts = ParseStatistics(producer->newest_document())->ts;
  EXPECT_GE(ts, began);
  EXPECT_LE(ts, now());
}

TEST_F(RdkafkaMetricsTest, APauseOutlivesARevocation) {
  Fill(0, 5);
  const auto consumer = Reader();
  ASSERT_TRUE(consumer->Consume(5));
  WithPartition(0, [&](auto* partitions) { return rd_kafka_pause_partitions(consumer->handle(), partitions); });
  metrics_->OnPause(consumer->handle(), "orders", 0);
  ASSERT_EQ(rd_kafka_assign(consumer->handle(), nullptr), RD_KAFKA_RESP_ERR_NO_ERROR);
  ASSERT_TRUE(consumer->PollUntil([&] { return Value("rdkafka_consumer_assigned_partitions") == 0; }));
  Fill(0, 7);
  Assign(*consumer, 5);
  ASSERT_TRUE(consumer->PollUntil([&] { return Value("rdkafka_consumer_assigned_partitions") == 1; }));
  ASSERT_TRUE(NextDocuments(*consumer));
  EXPECT_EQ(consumer->ledger().consumed, 5U);
  EXPECT_EQ(Lag(), std::nullopt);
  WithPartition(0, [&](auto* partitions) { return rd_kafka_resume_partitions(consumer->handle(), partitions); });
  metrics_->OnResume(consumer->handle(), "orders", 0);
  ASSERT_TRUE(consumer->Consume(12));
  EXPECT_TRUE(consumer->PollUntil([&] { return Lag() == 0; }));
}

// librdkafka goes on fetching other partitions of the broker meanwhile.
TEST_F(RdkafkaMetricsTest, APartitionWhoseQueueIsFullHasNoLag) {
  Fill(0, 30);
  const auto consumer = Reader({{"queued.min.messages", "1"}});
  ASSERT_TRUE(consumer->Consume(5));
  // A document from before the queue was full may still have a lag, and a true one.
  const auto has_no_lag = [&] { return Value("rdkafka_consumer_lag_at_least_records").has_value() && !Lag(); };
  ASSERT_TRUE(consumer->ServeUntil(has_no_lag));
  Fill(0, 12);
  const std::uint64_t wanted = consumer->ledger().documents + 2;
  ASSERT_TRUE(consumer->ServeUntil([&] { return consumer->ledger().documents >= wanted; }));
  EXPECT_EQ(Lag(), std::nullopt);
  ASSERT_TRUE(consumer->Consume(42));
  EXPECT_TRUE(consumer->PollUntil([&] { return Lag() == 0; }));
}

TEST_F(RdkafkaMetricsTest, TheLagDependsOnSettingsOfTheClient) {
  EXPECT_EQ(LagWith({}), 5);
  EXPECT_EQ(LagWith({{"isolation.level", "read_uncommitted"}}), 9);
  EXPECT_EQ(LagWith({{"fetch.wait.max.ms", "2000"}}), std::nullopt);
  EXPECT_EQ(LagWith({{"statistics.interval.ms", "2000"}}), std::nullopt);
  EXPECT_EQ(LagWith({{"queued.min.messages", "5"}}), std::nullopt);
  EXPECT_EQ(LagWith({{"queued.max.messages.kbytes", "2000"}}), std::nullopt);
}

TEST_F(RdkafkaMetricsTest, TheLagWaitsForTheBackoffOfAFailedFetch) {
  const auto consumer = Consumer({{"fetch.error.backoff.ms", "15000"}, {"fetch.wait.max.ms", "3000"}});
  metrics_->OnRebalance(consumer->handle(), RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS, 1);
  const auto lag_after = [&](std::chrono::seconds time) {
    const auto second = (std::chrono::steady_clock::now().time_since_epoch() + time) / std::chrono::seconds(1);
    const std::string json = Document(*consumer, static_cast<int>(second), std::time(nullptr));
    EXPECT_TRUE(metrics_->OnStatistics(consumer->handle(), json).ok());
    return Lag();
  };
  EXPECT_EQ(lag_after(std::chrono::seconds(20)), std::nullopt);
  EXPECT_EQ(lag_after(std::chrono::seconds(600)), 5);
}

TEST_F(RdkafkaMetricsTest, ADocumentThatCannotBeReadTakesTheLagOfItsClientAlone) {
  const auto consumer = Consumer({{"statistics.interval.ms", "0"}});
  EXPECT_FALSE(metrics_->OnStatistics(consumer->handle(), "{").ok());
  EXPECT_EQ(LagWith({}), 5);
  metrics_->Forget(consumer->handle());
  EXPECT_FALSE(metrics_->OnStatistics(consumer->handle(), "{").ok());
  EXPECT_EQ(LagWith({}), 5);
  const auto other = Consumer({{"fetch.wait.max.ms", "3000"}});
  EXPECT_FALSE(metrics_->OnStatistics(other->handle(), "{").ok());
  EXPECT_TRUE(metrics_->OnStatistics(other->handle(), Document(*other, 2, std::time(nullptr))).ok());
  EXPECT_EQ(Lag(), std::nullopt);
}

TEST_F(RdkafkaMetricsTest, ALostBrokerTakesTheLagWithIt) {
  Fill(0, 5);
  const auto consumer = Reader();
  ASSERT_TRUE(consumer->Consume(5));
  ASSERT_TRUE(consumer->PollUntil([&] { return Lag() == 0; }));
  cluster_.SetDown(1);
  ASSERT_TRUE(consumer->PollUntil([&] { return !Lag().has_value(); }));
  EXPECT_EQ(Value("rdkafka_consumer_lag_at_least_records"), 0);
  cluster_.SetUp(1);
  EXPECT_TRUE(consumer->PollUntil([&] { return Lag() == 0; }));
  EXPECT_GE(*Value("rdkafka_broker_disconnects_total", {{"broker", cluster_.first_broker()}}), 1);
}

TEST_F(RdkafkaMetricsTest, CountsRebalancesAndKeepsTheLagOfThePartitionsThatStay) {
  // The mock cluster waits for members until their session is nearly over.
  const Settings group = {{"session.timeout.ms", "5000"}, {"heartbeat.interval.ms", "500"}};
  Fill(0, 4);
  Fill(1, 4);
  const auto first = Consumer(group);
  first->Subscribe("orders");
  ASSERT_TRUE(first->Consume(8));
  ASSERT_TRUE(first->PollUntil([&] { return Lag("0") == 0 && Lag("1") == 0; }));
  const auto second = Consumer(group);
  second->Subscribe("orders");
  ASSERT_TRUE(first->PollUntil([&] {
    second->Poll();
    return second->ledger().assigned_partitions > 0 && first->ledger().revoked > 0 && Lag("0") == 0 && Lag("1") == 0 &&
           Value("rdkafka_consumer_assigned_partitions", {{"group", "billing"}}) == 2;
  }));
  const std::uint64_t assigned = first->ledger().assigned + second->ledger().assigned;
  const std::uint64_t revoked = first->ledger().revoked + second->ledger().revoked;
  EXPECT_EQ(Value("rdkafka_consumer_rebalances_total", {{"event", "assigned"}}), assigned);
  EXPECT_EQ(Value("rdkafka_consumer_rebalances_total", {{"event", "revoked"}}), revoked);
  EXPECT_EQ(Value("rdkafka_consumer_rebalanced_partitions_total", {{"event", "assigned"}}),
            first->ledger().assigned_partitions + second->ledger().assigned_partitions);
  ASSERT_TRUE(first->PollUntil([&] {
    second->Poll();
    return Value("rdkafka_consumer_assignment_changes_total") == assigned + revoked;
  }));
}

// The member that is gone from a partition must not be shown with what it saw last.
TEST_F(RdkafkaMetricsTest, ARevocationTakesTheLagOffThePageAtOnce) {
  Fill(0, 5);
  const auto consumer = Reader();
  ASSERT_TRUE(consumer->Consume(5));
  ASSERT_TRUE(consumer->PollUntil([&] { return Lag() == 0; }));
  metrics_->OnRebalance(consumer->handle(), RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS, 1);
  EXPECT_EQ(Lag(), std::nullopt);
  ASSERT_EQ(rd_kafka_assign(consumer->handle(), nullptr), RD_KAFKA_RESP_ERR_NO_ERROR);
  ASSERT_TRUE(NextDocuments(*consumer));
  EXPECT_EQ(Lag(), std::nullopt);
  EXPECT_EQ(Value("rdkafka_consumer_assigned_partitions"), 0);
}

TEST_F(RdkafkaMetricsTest, LabelValuesAreHostsAndClientIds) {
  const auto producer = Producer();
  producer->Produce("orders", 0, 1);
  ASSERT_TRUE(producer->Flush());
  ASSERT_TRUE(NextDocuments(*producer));
  // Two brokers, each with its address, whether librdkafka has learnt their numbers yet or not.
  EXPECT_EQ(Series("rdkafka_broker_connections"), 2U);
  EXPECT_EQ(Value("rdkafka_broker_connections", {{"client", "app"}, {"broker", cluster_.first_broker()}}), 1);
  EXPECT_THAT(metrics::testing::Lint(registry_), ::testing::IsEmpty());
}

TEST_F(RdkafkaMetricsTest, CountsDocumentsThatItRefuses) {
  const auto producer = Producer({{"statistics.interval.ms", "0"}});
  EXPECT_EQ(metrics_->OnStatistics(producer->handle(), "{").code(), metrics::StatusCode::kInvalidArgument);
  EXPECT_EQ(Value("rdkafka_statistics_refused_total", {{"reason", "invalid_argument"}}), 1);
}

TEST_F(RdkafkaMetricsTest, ADocumentThatItRefusesProvesNoLag) {
  const auto consumer = Consumer({{"statistics.interval.ms", "60000"}, {"fetch.wait.max.ms", "3000"}});
  const auto lag_at = [&](int second) {
    EXPECT_TRUE(metrics_->OnStatistics(consumer->handle(), Document(*consumer, second, std::time(nullptr))).ok());
    return Lag();
  };
  EXPECT_EQ(lag_at(1), 5);
  EXPECT_FALSE(metrics_->OnStatistics(consumer->handle(), "{").ok());
  EXPECT_EQ(lag_at(2), std::nullopt);
  EXPECT_EQ(lag_at(13), std::nullopt);
  EXPECT_EQ(lag_at(14), 5);
}

TEST_F(RdkafkaMetricsTest, AFatalErrorIsCountedByItsCause) {
  const auto producer = Producer({{"enable.idempotence", "true"}});
  rd_kafka_test_fatal_error(producer->handle(), RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "a test");
  ASSERT_TRUE(producer->PollUntil([&] { return producer->ledger().errors > 0; }));
  EXPECT_EQ(Value("rdkafka_errors_total", {{"error", "OUT_OF_ORDER_SEQUENCE_NUMBER"}, {"fatal", "yes"}}), 1);
}

TEST_F(RdkafkaMetricsTest, RefusesARegistryThatHasTheLagOfAnother) {
  metrics::Registry other;
  ASSERT_TRUE(other.AddGauge({.name = "streamhouse_consumer_lag_records", .help = "Lag"}).ok());
  EXPECT_EQ(RdkafkaMetrics::Register(other).status().code(), metrics::StatusCode::kAlreadyExists);
}

}  // namespace
}  // namespace streamhouse::librdkafka
