// Goal: without memory an event is lost and counted, no exception leaves a call, and what is on the
// page stays true.
//
// Method: the Nth allocation of a call fails, for each N until the call succeeds. Series exist
// before: the core ends the program where it has no memory for a new one.
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "integrations/librdkafka/rdkafka_metrics.h"
#include "integrations/librdkafka/summaries.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_reader.h"
#include "metrics_core/testing/page_comparison.h"
#include "tests/integrations/librdkafka/mock_cluster.h"

namespace {

// How many allocations of this thread succeed before one fails; negative: none fails.
thread_local int allocations_before_failure = -1;

}  // namespace

void* operator new(std::size_t size) {
  void* const memory = allocations_before_failure-- == 0 ? nullptr : std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace streamhouse::librdkafka {
namespace {

using metrics::testing::MetricReader;

// Too long for a std::string without memory.
constexpr const char* kTopic = "a topic with a long name";
constexpr const char* kGroup = "a group with a long name";

struct Figures {
  std::string broker = "kafka.example.com:9092/1";
  int number = 1;  // of the broker
  int total = 0;   // each total of a partition and of a broker
  int disconnects = 0;
  std::string offset = R"("app_offset": 3)";  // of each partition
};

class OutOfMemoryTest : public ::testing::Test {
 protected:
  OutOfMemoryTest() : other_(NewConsumer()), client_(NewConsumer()) { StartAgain(); }
  ~OutOfMemoryTest() override {
    rd_kafka_destroy(client_);
    rd_kafka_destroy(other_);
  }

  static rd_kafka_t* NewConsumer() {
    rd_kafka_conf_t* const conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "log_level", "0", nullptr, 0);
    rd_kafka_conf_set(conf, "group.id", kGroup, nullptr, 0);
    return rd_kafka_new(RD_KAFKA_CONSUMER, conf, nullptr, 0);
  }

  // With the series of all families.
  void StartAgain() {
    metrics_.reset();
    registry_ = std::make_unique<metrics::Registry>();
    metrics_ = RdkafkaMetrics::Register(*registry_).value();
    EXPECT_TRUE(Take(other_, 1, {.total = 100}).ok());
  }

  static std::string Partition(int number, const Figures& figures) {
    const std::string text = std::to_string(number);
    return "\"" + text + "\": {\"partition\": " + text +
           R"(, "broker": 1, "desired": true, "fetch_state": "active", "ls_offset": 8, )" + figures.offset +
           R"(, "rxmsgs": )" + std::to_string(figures.total) + "}";
  }

  // A consumer of two partitions, of which each has a lag of 5.
  metrics::Status Take(rd_kafka_t* client, int second, const Figures& figures) {
    const std::string json =
        R"({"name": ")" + std::string(rd_kafka_name(client)) + R"(", "client_id": "app", "type": "consumer", "ts": )" +
        std::to_string(second) + R"(000000, "time": 9999999999, "cgrp": {"join_state": "steady"}, "brokers": {")" +
        figures.broker + R"(": {"name": ")" + figures.broker +
        R"(", "nodename": "kafka.example.com:9092", "state": "UP", "rxidle": 5, "throttle": {"sum": 250, "cnt": 1}, "nodeid": )" +
        std::to_string(figures.number) + R"(, "txbytes": )" + std::to_string(figures.total) + R"(, "disconnects": )" +
        std::to_string(figures.disconnects) + R"(, "req": {"Fetch": )" + std::to_string(figures.total) +
        R"(}}}, "topics": {")" + kTopic + R"(": {"topic": ")" + kTopic + R"(", "partitions": {)" +
        Partition(0, figures) + ", " + Partition(1, figures) + "}}}}";
    allocations_before_failure = std::exchange(failing_, -1);
    metrics::Status taken = metrics_->OnStatistics(client, json);
    allocations_before_failure = -1;
    return taken;
  }

  std::optional<double> Value(const char* family) { return MetricReader(*registry_).Value(family); }
  // Empty where these windows were added, each of one value of a quarter of a second.
  std::string DifferenceOfWindows(int windows) {
    const std::string labels = R"({client="app",broker="kafka.example.com:9092"} )";
    const std::string page = "rdkafka_throttle_seconds_sum" + labels + std::to_string(windows * 0.25) +
                             "\nrdkafka_throttle_seconds_count" + labels + std::to_string(windows) + "\n";
    return metrics::testing::PageDifference(*registry_, page, {"rdkafka_throttle_seconds"});
  }
  std::size_t Lags() { return MetricReader(*registry_).SeriesCount("streamhouse_consumer_lag_records"); }

  rd_kafka_t* const other_;
  rd_kafka_t* const client_;
  std::unique_ptr<metrics::Registry> registry_;
  std::unique_ptr<RdkafkaMetrics> metrics_;
  int failing_ = -1;  // the allocation of the next call that fails
};

TEST_F(OutOfMemoryTest, TheDocumentAfterTheOneThatIsLostCountsWhatTotalsHaveGrownBy) {
  int refusals = 0;
  for (bool is_refused = true; is_refused; refusals += is_refused ? 1 : 0) {
    StartAgain();
    ASSERT_TRUE(Take(client_, 2, {.broker = "kafka.example.com:9092/bootstrap", .number = -1, .total = 10}).ok());
    failing_ = refusals;
    is_refused = Take(client_, 3, {.total = 30}).code() == metrics::StatusCode::kResourceExhausted;
    EXPECT_EQ(MetricReader(*registry_).Value("rdkafka_statistics_refused_total", {{"reason", "resource_exhausted"}}),
              is_refused ? 1 : 0);
    EXPECT_EQ(Value("rdkafka_statistics_total"), is_refused ? 2 : 3);
    ASSERT_TRUE(Take(client_, 4, {.total = 35}).ok());
    EXPECT_EQ(Value("rdkafka_broker_sent_bytes_total"), 135) << refusals;
    EXPECT_EQ(Value("rdkafka_broker_requests_total"), 135) << refusals;
    EXPECT_EQ(Value("rdkafka_consumer_records_fetched_total"), 270) << refusals;
  }
  EXPECT_GT(refusals, 10);
}

// The lost document tells of a new connection, and the next one does not tell again.
TEST_F(OutOfMemoryTest, ADocumentThatIsLostProvesNoLag) {
  int refusals = 0;
  for (bool is_refused = true; is_refused; refusals += is_refused ? 1 : 0) {
    StartAgain();
    metrics_->Forget(other_);
    ASSERT_TRUE(Take(client_, 2, {}).ok());
    ASSERT_EQ(Lags(), 2U);
    failing_ = refusals;
    is_refused = !Take(client_, 3, {.disconnects = 1}).ok();
    // None where the document is lost in part.
    EXPECT_EQ(Value("rdkafka_consumer_assigned_partitions").value_or(2), 2) << refusals;
    ASSERT_TRUE(Take(client_, 4, {.disconnects = 1}).ok());
    EXPECT_EQ(Value("rdkafka_consumer_assigned_partitions"), 2) << refusals;
    EXPECT_EQ(Lags(), 0U) << refusals;
    ASSERT_TRUE(Take(client_, 11, {.disconnects = 1}).ok());
    EXPECT_EQ(Lags(), 2U) << refusals;
  }
  EXPECT_GT(refusals, 10);
}

// Without an obstacle that the document after it would tell of.
TEST_F(OutOfMemoryTest, ALostDocumentIsAGap) {
  int refusals = 0;
  for (bool is_refused = true; is_refused; refusals += is_refused ? 1 : 0) {
    StartAgain();
    metrics_->Forget(other_);
    ASSERT_TRUE(Take(client_, 2, {}).ok());
    failing_ = refusals;
    is_refused = !Take(client_, 3, {}).ok();
    ASSERT_TRUE(Take(client_, 4, {}).ok());
    EXPECT_EQ(Lags(), is_refused ? 0U : 2U) << refusals;
  }
  EXPECT_GT(refusals, 10);
}

TEST_F(OutOfMemoryTest, ADocumentThatIsPassedAgainCountsOnce) {
  int refusals = 0;
  for (bool is_refused = true; is_refused; refusals += is_refused ? 1 : 0) {
    StartAgain();
    failing_ = refusals;
    is_refused = !Take(client_, 2, {.total = 30}).ok();
    if (is_refused) {
      EXPECT_EQ(DifferenceOfWindows(1), "") << refusals;
      ASSERT_TRUE(Take(client_, 2, {.total = 30}).ok());
    }
    EXPECT_EQ(DifferenceOfWindows(2), "") << refusals;
    EXPECT_EQ(Value("rdkafka_broker_sent_bytes_total"), 130) << refusals;
    EXPECT_EQ(Value("rdkafka_statistics_total"), 2) << refusals;
  }
  EXPECT_GT(refusals, 10);
}

// Records are on their way: librdkafka has moved the next offset, and not counted them yet.
TEST_F(OutOfMemoryTest, ADocumentThatIsPassedAgainConfirmsNoPosition) {
  const Figures moved = {.offset = R"("next_offset": 8)"};
  int refusals = 0;
  for (bool is_refused = true; is_refused; refusals += is_refused ? 1 : 0) {
    StartAgain();
    metrics_->Forget(other_);
    failing_ = refusals;
    is_refused = !Take(client_, 2, moved).ok();
    ASSERT_TRUE(Take(client_, 2, moved).ok());
    EXPECT_EQ(MetricReader(*registry_).SeriesCount("streamhouse_consumer_current_offset"), 0U) << refusals;
  }
  EXPECT_GT(refusals, 10);
  ASSERT_TRUE(Take(client_, 3, moved).ok());
  EXPECT_EQ(MetricReader(*registry_).SeriesCount("streamhouse_consumer_current_offset"), 2U);
}

TEST_F(OutOfMemoryTest, TheFirstWindowOfAnOverflowSeriesIsAddedWithoutMemory) {
  Summaries<1> waits(0);
  waits.CountOverflows(registry_->AddCounter({.name = "overflows_total", .help = "x", .labels = {"family"}}).value());
  ASSERT_TRUE(waits.Register(*registry_, {.name = "a_family_with_a_long_name", .help = "x", .labels = {"a"}}).ok());
  const auto window = waits.Prepare({kTopic}, 5, 1);
  allocations_before_failure = 0;
  window.Add();
  EXPECT_EQ(std::exchange(allocations_before_failure, -1), 0);
  EXPECT_EQ(Value("overflows_total"), 1);
}

TEST_F(OutOfMemoryTest, AnEventIsLostAndCounted) {
  const std::function<void()> events[] = {
      [&] { metrics_->OnError(client_, RD_KAFKA_RESP_ERR__TRANSPORT); },
      [&] { metrics_->OnRebalance(client_, RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS, 2); },
      [&] { metrics_->OnPause(client_, kTopic, 0); },
      [&] { metrics_->OnResume(client_, kTopic, 0); },
      [&] { metrics_->Forget(client_); },
  };
  double lost = 0;
  for (const std::function<void()>& event : events) {
    StartAgain();
    event();
    metrics_->OnPause(client_, "another topic with a long name", 0);
    lost = 0;
    for (int failing = 0; failing == lost; ++failing) {
      allocations_before_failure = failing;
      event();
      allocations_before_failure = -1;
      lost = *Value("rdkafka_events_lost_total");
      ASSERT_LE(lost, failing + 1);
    }
    EXPECT_GT(lost, 0) << &event - events;
  }
}

TEST_F(OutOfMemoryTest, ARebalanceThatIsLostTakesLagsOffThePage) {
  metrics_->Forget(other_);
  metrics_->OnRebalance(client_, RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS, 2);
  ASSERT_TRUE(Take(client_, 1'000'000'000, {}).ok());
  ASSERT_EQ(Lags(), 2U);
  allocations_before_failure = 0;
  metrics_->OnRebalance(client_, RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS, 2);
  allocations_before_failure = -1;
  EXPECT_EQ(Value("rdkafka_events_lost_total"), 1);
  EXPECT_EQ(Lags(), 0U);
}

TEST_F(OutOfMemoryTest, AClientWhosePauseIsLostHasNoLag) {
  metrics_->Forget(other_);
  ASSERT_TRUE(Take(client_, 2, {}).ok());
  allocations_before_failure = 0;
  metrics_->OnPause(client_, kTopic, 0);
  allocations_before_failure = -1;
  EXPECT_EQ(Lags(), 1U);
  ASSERT_TRUE(Take(client_, 3, {}).ok());
  EXPECT_EQ(Lags(), 0U);
  metrics_->OnPause(client_, kTopic, 0);
  metrics_->OnResume(client_, kTopic, 0);
  ASSERT_TRUE(Take(client_, 1'000'000'000, {}).ok());
  EXPECT_EQ(Lags(), 0U);
}

TEST_F(OutOfMemoryTest, APartitionWhoseResumeIsLostHasNoLagUntilTheNextOne) {
  double lost = 1;
  for (int failing = 0; lost > 0; ++failing) {
    StartAgain();
    metrics_->Forget(other_);
    metrics_->OnPause(client_, kTopic, 0);
    allocations_before_failure = failing;
    metrics_->OnResume(client_, kTopic, 0);
    allocations_before_failure = -1;
    lost = *Value("rdkafka_events_lost_total");
    ASSERT_TRUE(Take(client_, 1'000'000'000, {}).ok());
    EXPECT_EQ(Lags(), lost > 0 ? 1U : 2U) << failing;
    metrics_->OnResume(client_, kTopic, 0);
    ASSERT_TRUE(Take(client_, 1'000'000'010, {}).ok());
    EXPECT_EQ(Lags(), 2U) << failing;
  }
}

// No call has told of the client before, so no state of it can keep the time of the rebalance.
TEST_F(OutOfMemoryTest, AClientWhoseFirstRebalanceIsLostProvesNoLagAtOnce) {
  double lost = 1;
  for (int failing = 0; lost > 0; ++failing) {
    StartAgain();
    metrics_->OnRebalance(other_, RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS, 2);  // makes the series
    metrics_->Forget(other_);
    allocations_before_failure = failing;
    metrics_->OnRebalance(client_, RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS, 2);
    allocations_before_failure = -1;
    lost = *Value("rdkafka_events_lost_total");
    ASSERT_TRUE(Take(client_, 1'000'000'000, {}).ok());
    EXPECT_EQ(Lags(), lost > 0 ? 0U : 2U) << failing;
  }
}

// No call has told of the client before.
TEST_F(OutOfMemoryTest, AClientWhoseFirstPauseIsLostHasNoLag) {
  double lost = 1;
  for (int failing = 0; lost > 0; ++failing) {
    StartAgain();
    allocations_before_failure = failing;
    metrics_->OnPause(client_, kTopic, 0);
    allocations_before_failure = -1;
    lost = *Value("rdkafka_events_lost_total");
    ASSERT_TRUE(Take(client_, 2, {}).ok());
    metrics_->Forget(other_);
    EXPECT_EQ(Lags(), lost > 0 ? 0U : 1U) << failing;
  }
}

TEST_F(OutOfMemoryTest, ARecordIsLostAndCounted) {
  const MockCluster cluster(1);
  cluster.CreateTopic(kTopic, 1);
  TestClient producer(RD_KAFKA_PRODUCER, cluster, *metrics_, {{"statistics.interval.ms", "0"}});
  producer.Produce(kTopic, 0, 10);
  allocations_before_failure = 0;
  EXPECT_TRUE(producer.Flush());
  allocations_before_failure = -1;
  EXPECT_EQ(Value("rdkafka_events_lost_total"), 1);
  EXPECT_EQ(Value("streamhouse_producer_records_sent_total"), 9);
}

}  // namespace
}  // namespace streamhouse::librdkafka
