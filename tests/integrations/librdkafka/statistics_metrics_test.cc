#include "integrations/librdkafka/statistics_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "integrations/librdkafka/client_state.h"
#include "integrations/librdkafka/statistics.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_lint.h"
#include "metrics_core/testing/metric_reader.h"
#include "metrics_core/testing/page_comparison.h"

namespace streamhouse::librdkafka {
namespace {

using metrics::testing::MetricReader;
using metrics::testing::PageDifference;

constexpr std::int64_t kNow = 1'700'000'000;

class StatisticsMetricsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = StatisticsMetrics::Register(registry_, [this] { return std::chrono::seconds(now_); });
    ASSERT_TRUE(made.ok());
    metrics_ = *std::move(made);
  }

  static ClientSettings Settings() { return {.group = "billing"}; }

  void TakeProducer(const std::string& name, const std::string& client, std::int64_t queued) {
    metrics_->Take({.name = name,
                    .client_id = client,
                    .type = "producer",
                    .ts = 1,
                    .time = now_,
                    .replyq = 1,
                    .msg_cnt = queued,
                    .msg_size = 10 * queued},
                   Settings);
  }

  // A member that has read one partition up to `position` of 10.
  void TakeConsumer(const std::string& name, std::int64_t position, std::int64_t ts, const char* state = "UP") {
    Statistics document = {.name = name, .client_id = "app", .type = "consumer", .ts = ts, .time = now_};
    document.brokers = {{.name = "kafka:9092/1",
                         .nodename = "kafka:9092",
                         .source = "learned",
                         .state = state,
                         .nodeid = 1,
                         .rxidle = 1000}};
    const PartitionStatistics partition = {.partition = 0,
                                           .broker = 1,
                                           .is_desired = true,
                                           .is_active = true,
                                           .app_offset = position,
                                           .committed_offset = 2,
                                           .hi_offset = 10,
                                           .ls_offset = 10};
    document.topics = {{.topic = "orders", .partitions = {partition}}};
    document.cgrp = {.join_state = "steady", .rebalance_cnt = 1, .assignment_size = 1};
    metrics_->Take(document, Settings);
  }

  metrics::Registry registry_;
  std::int64_t now_ = kNow;
  std::unique_ptr<StatisticsMetrics> metrics_;
};

TEST_F(StatisticsMetricsTest, ShowsTheGaugesOfAProducer) {
  TakeProducer("a#producer-1", "a", 5);
  EXPECT_EQ(
      PageDifference(registry_, R"(
    rdkafka_producer_queued_records{client="a"} 5
    rdkafka_producer_queued_bytes{client="a"} 50
    rdkafka_waiting_events{client="a"} 1
    rdkafka_statistics_timestamp_seconds{client="a"} 1700000000
  )",
                     {"rdkafka_producer_queued_records", "rdkafka_producer_queued_bytes", "rdkafka_waiting_events",
                      "rdkafka_statistics_timestamp_seconds", "rdkafka_consumer_assigned_partitions"}),
      "");
}

TEST_F(StatisticsMetricsTest, ShowsTheGaugesOfAConsumer) {
  TakeConsumer("app#consumer-1", 3, 1);
  EXPECT_EQ(PageDifference(registry_, R"(
    rdkafka_broker_connections{client="app",broker="kafka:9092"} 1
    rdkafka_consumer_steady_members{group="billing"} 1
    rdkafka_consumer_assigned_partitions{group="billing"} 1
    rdkafka_consumer_partitions_without_lag{group="billing"} 0
    streamhouse_consumer_lag_records{topic="orders",partition="0",group="billing"} 7
    rdkafka_consumer_lag_at_least_records{topic="orders",partition="0",group="billing"} 7
    streamhouse_consumer_last_committed_offset{topic="orders",partition="0",group="billing"} 2
    streamhouse_consumer_current_offset{topic="orders",partition="0",group="billing"} 3
  )",
                           {"rdkafka_broker_connections", "rdkafka_consumer_steady_members",
                            "rdkafka_consumer_assigned_partitions", "rdkafka_consumer_partitions_without_lag",
                            "streamhouse_consumer_lag_records", "rdkafka_consumer_lag_at_least_records",
                            "streamhouse_consumer_last_committed_offset", "streamhouse_consumer_current_offset",
                            "rdkafka_producer_queued_records"}),
            "");
}

TEST_F(StatisticsMetricsTest, ClientsOfOneNameAddUp) {
  TakeProducer("a#producer-1", "a", 5);
  TakeProducer("a#producer-2", "a", 2);
  TakeProducer("b#producer-3", "b", 1);
  EXPECT_EQ(MetricReader(registry_).Value("rdkafka_producer_queued_records", {{"client", "a"}}), 7);
  EXPECT_EQ(MetricReader(registry_).Value("rdkafka_producer_queued_records", {{"client", "b"}}), 1);
}

TEST_F(StatisticsMetricsTest, TheOldestDocumentOfClientsOfOneNameTellsTheirTime) {
  TakeProducer("a#producer-1", "a", 5);
  ++now_;
  TakeProducer("a#producer-2", "a", 2);
  EXPECT_EQ(MetricReader(registry_).Value("rdkafka_statistics_timestamp_seconds"), kNow);
}

TEST_F(StatisticsMetricsTest, APartitionThatMovedHasTheLagOfItsNewReader) {
  TakeConsumer("app#consumer-1", 3, 2);
  TakeConsumer("app#consumer-2", 4, 1);
  EXPECT_EQ(MetricReader(registry_).Value("streamhouse_consumer_lag_records"), 7);
  TakeConsumer("app#consumer-2", 4, 3);
  EXPECT_EQ(MetricReader(registry_).Value("streamhouse_consumer_lag_records"), 6);
}

TEST_F(StatisticsMetricsTest, APartitionThatMovedHasNoLagOfItsLastReader) {
  TakeConsumer("app#consumer-1", 3, 1);
  TakeConsumer("app#consumer-2", 4, 2, "CONNECT");
  EXPECT_EQ(MetricReader(registry_).SeriesCount("streamhouse_consumer_lag_records"), 0U);
  EXPECT_EQ(MetricReader(registry_).Value("rdkafka_consumer_lag_at_least_records"), 6);
}

TEST_F(StatisticsMetricsTest, APartitionThatMovedCountsOnceInItsGroup) {
  TakeConsumer("app#consumer-1", 3, 1);
  TakeConsumer("app#consumer-2", 4, 2, "CONNECT");
  EXPECT_EQ(MetricReader(registry_).Value("rdkafka_consumer_assigned_partitions"), 1);
  EXPECT_EQ(MetricReader(registry_).Value("rdkafka_consumer_partitions_without_lag"), 1);
  TakeConsumer("app#consumer-1", 3, 3);
  EXPECT_EQ(MetricReader(registry_).Value("rdkafka_consumer_assigned_partitions"), 1);
  EXPECT_EQ(MetricReader(registry_).Value("rdkafka_consumer_partitions_without_lag"), 0);
}

TEST_F(StatisticsMetricsTest, GaugesLeaveThePageWhenNoDocumentComes) {
  TakeConsumer("app#consumer-1", 3, 1);
  now_ += 5;
  EXPECT_EQ(MetricReader(registry_).Value("streamhouse_consumer_lag_records"), 7);
  now_ += 1;
  EXPECT_EQ(MetricReader(registry_).SeriesCount("streamhouse_consumer_lag_records"), 0U);
  EXPECT_EQ(MetricReader(registry_).SeriesCount("rdkafka_consumer_assigned_partitions"), 0U);
  EXPECT_EQ(MetricReader(registry_).Value("rdkafka_statistics_timestamp_seconds"), kNow);
}

TEST_F(StatisticsMetricsTest, AForgottenClientLeavesItsCountersAlone) {
  TakeConsumer("app#consumer-1", 3, 1);
  metrics_->Forget("app#consumer-1");
  EXPECT_EQ(MetricReader(registry_).SeriesCount("streamhouse_consumer_lag_records"), 0U);
  EXPECT_EQ(MetricReader(registry_).SeriesCount("rdkafka_statistics_timestamp_seconds"), 0U);
  EXPECT_EQ(MetricReader(registry_).Value("rdkafka_consumer_assignment_changes_total"), 1);
}

// As where another thread serves the main queue while a client is destroyed.
TEST_F(StatisticsMetricsTest, WhatComesAfterForgetIsIgnored) {
  TakeConsumer("app#consumer-1", 3, 1);
  metrics_->Forget("app#consumer-1");
  TakeConsumer("app#consumer-1", 4, 2);
  metrics_->Change("app#consumer-1", Settings, [](ClientState&) { FAIL() << "a state was made again"; });
  EXPECT_EQ(MetricReader(registry_).Value("rdkafka_consumer_assignment_changes_total"), 1);
  EXPECT_EQ(MetricReader(registry_).Value("rdkafka_statistics_total"), 1);
  EXPECT_EQ(MetricReader(registry_).SeriesCount("rdkafka_statistics_timestamp_seconds"), 0U);
  TakeConsumer("app#consumer-2", 3, 3);
  EXPECT_EQ(MetricReader(registry_).Value("rdkafka_consumer_assignment_changes_total"), 2);
}

TEST_F(StatisticsMetricsTest, KeepsTheNamesOfTheClientsThatWereForgottenLast) {
  for (std::size_t i = 0; i <= kForgottenMax; ++i) metrics_->Forget("app#producer-" + std::to_string(i));
  TakeProducer("app#producer-1", "app", 5);
  TakeProducer("app#producer-" + std::to_string(kForgottenMax), "app", 5);
  EXPECT_EQ(MetricReader(registry_).SeriesCount("rdkafka_statistics_total"), 0U);
  TakeProducer("app#producer-0", "app", 5);
  EXPECT_EQ(MetricReader(registry_).Value("rdkafka_statistics_total"), 1);
}

TEST_F(StatisticsMetricsTest, AChangeBeforeTheFirstDocumentIsKept) {
  metrics_->Change("app#consumer-1", Settings, [](ClientState& state) { state.Pause("orders", 0); });
  EXPECT_EQ(MetricReader(registry_).SeriesCount("rdkafka_consumer_assigned_partitions"), 0U);
  EXPECT_EQ(MetricReader(registry_).SeriesCount("rdkafka_statistics_timestamp_seconds"), 0U);
  TakeConsumer("app#consumer-1", 3, 1);
  EXPECT_EQ(MetricReader(registry_).Value("rdkafka_consumer_partitions_without_lag"), 1);
}

TEST_F(StatisticsMetricsTest, AMemberWithoutPartitionsHasNone) {
  metrics_->Take({.name = "app#consumer-1", .client_id = "app", .type = "consumer", .ts = 1, .time = now_}, Settings);
  EXPECT_EQ(MetricReader(registry_).Value("rdkafka_consumer_assigned_partitions", {{"group", "billing"}}), 0);
  EXPECT_EQ(MetricReader(registry_).Value("rdkafka_consumer_partitions_without_lag", {{"group", "billing"}}), 0);
}

TEST_F(StatisticsMetricsTest, AClientThatAppearsAfterALostPauseHasNoLag) {
  TakeConsumer("app#consumer-1", 3, 1);
  metrics_->NoteLostPause("app#consumer-2");
  TakeConsumer("app#consumer-1", 3, 2);
  EXPECT_EQ(MetricReader(registry_).Value("rdkafka_consumer_partitions_without_lag"), 0);
  TakeConsumer("app#consumer-2", 3, 3);
  EXPECT_EQ(MetricReader(registry_).Value("rdkafka_consumer_partitions_without_lag"), 1);
}

TEST_F(StatisticsMetricsTest, AClientWhosePauseIsLostHasNoLag) {
  TakeConsumer("app#consumer-1", 3, 1);
  metrics_->NoteLostPause("app#consumer-1");
  TakeConsumer("app#consumer-2", 3, 2);
  EXPECT_EQ(MetricReader(registry_).Value("streamhouse_consumer_lag_records"), 7);
  TakeConsumer("app#consumer-1", 3, 3);
  EXPECT_EQ(MetricReader(registry_).Value("rdkafka_consumer_partitions_without_lag"), 1);
}

TEST_F(StatisticsMetricsTest, ALostDocumentProvesNoLagOfItsClient) {
  TakeConsumer("app#consumer-1", 3, 1);
  metrics_->NoteLostDocument("app#consumer-1");
  EXPECT_EQ(MetricReader(registry_).Value("rdkafka_consumer_partitions_without_lag"), 0);
  TakeConsumer("app#consumer-1", 3, 2);
  EXPECT_EQ(MetricReader(registry_).Value("rdkafka_consumer_partitions_without_lag"), 1);
  TakeConsumer("app#consumer-1", 3, 10'000'000);
  EXPECT_EQ(MetricReader(registry_).Value("rdkafka_consumer_partitions_without_lag"), 0);
}

TEST_F(StatisticsMetricsTest, ALostDocumentOfAnotherClientChangesNothing) {
  TakeConsumer("app#consumer-1", 3, 1);
  metrics_->NoteLostDocument("app#consumer-2");
  TakeConsumer("app#consumer-1", 3, 2);
  EXPECT_EQ(MetricReader(registry_).Value("rdkafka_consumer_partitions_without_lag"), 0);
  TakeConsumer("app#consumer-2", 3, 3);
  EXPECT_EQ(MetricReader(registry_).Value("rdkafka_consumer_partitions_without_lag"), 1);
}

TEST_F(StatisticsMetricsTest, WhatAForgottenClientLosesChangesNoOtherClient) {
  metrics_->Forget("app#consumer-1");
  metrics_->NoteLostDocument("app#consumer-1");
  metrics_->NoteLostPause("app#consumer-1");
  TakeConsumer("app#consumer-2", 3, 1);
  EXPECT_EQ(MetricReader(registry_).Value("streamhouse_consumer_lag_records"), 7);
}

TEST_F(StatisticsMetricsTest, TakesDocumentsWhilePagesAreMade) {
  std::jthread scraper([this](const std::stop_token& stop) {
    while (!stop.stop_requested()) static_cast<void>(registry_.TakeSnapshot());
  });
  for (int i = 1; i <= 200; ++i) TakeConsumer("app#consumer-1", 3, i);
  scraper.request_stop();
  scraper.join();
  EXPECT_EQ(MetricReader(registry_).Value("rdkafka_statistics_total"), 200);
}

TEST_F(StatisticsMetricsTest, RefusesNamesThatAreTaken) {
  metrics::Registry other;
  ASSERT_TRUE(other.AddGauge({.name = "streamhouse_consumer_lag_records", .help = "x"}).ok());
  EXPECT_EQ(StatisticsMetrics::Register(other).status().code(), metrics::StatusCode::kAlreadyExists);
}

// The page would show the summaries of the newer one alone, which begin at 0.
TEST_F(StatisticsMetricsTest, RefusesASecondInARegistryWhileTheFirstLives) {
  EXPECT_EQ(StatisticsMetrics::Register(registry_).status().code(), metrics::StatusCode::kAlreadyExists);
  EXPECT_EQ(StatisticsMetrics::Register(registry_).status().code(), metrics::StatusCode::kAlreadyExists);
  metrics_.reset();
  EXPECT_EQ(StatisticsMetrics::Register(registry_).status().code(), metrics::StatusCode::kOk);
}

TEST_F(StatisticsMetricsTest, NamesFollowTheAdviceOfPrometheus) {
  TakeProducer("a#producer-1", "a", 5);
  TakeConsumer("app#consumer-1", 3, 1);
  EXPECT_THAT(metrics::testing::Lint(registry_), ::testing::IsEmpty());
}

}  // namespace
}  // namespace streamhouse::librdkafka
