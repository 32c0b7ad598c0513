#include "integrations/librdkafka/event_metrics.h"

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

#include "metrics_core/registry.h"
#include "metrics_core/testing/page_comparison.h"

namespace streamhouse::librdkafka {
namespace {

using metrics::testing::PageDifference;

TEST(EventMetricsTest, CountsErrorsByNameAndSeverity) {
  metrics::Registry registry;
  const EventMetrics events = EventMetrics::Register(registry).value();
  events.OnError("app", RD_KAFKA_RESP_ERR__TRANSPORT, Severity::kPassing);
  events.OnError("app", RD_KAFKA_RESP_ERR__TRANSPORT, Severity::kPassing);
  events.OnError("app", RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, Severity::kFatal);
  EXPECT_EQ(PageDifference(registry, R"(
    rdkafka_errors_total{client="app",error="_TRANSPORT",fatal="no"} 2
    rdkafka_errors_total{client="app",error="OUT_OF_ORDER_SEQUENCE_NUMBER",fatal="yes"} 1
  )"),
            "");
}

TEST(EventMetricsTest, CountsRebalancesAndTheirPartitions) {
  metrics::Registry registry;
  const EventMetrics events = EventMetrics::Register(registry).value();
  events.OnRebalance("billing", Rebalance::kAssigned, 3);
  events.OnRebalance("billing", Rebalance::kRevoked, 2);
  events.OnRebalance("billing", Rebalance::kLost, 1);
  events.OnRebalance("billing", Rebalance::kFailed, 0);
  EXPECT_EQ(PageDifference(registry, R"(
    rdkafka_consumer_rebalances_total{group="billing",event="assigned"} 1
    rdkafka_consumer_rebalances_total{group="billing",event="revoked"} 1
    rdkafka_consumer_rebalances_total{group="billing",event="lost"} 1
    rdkafka_consumer_rebalances_total{group="billing",event="failed"} 1
    rdkafka_consumer_rebalanced_partitions_total{group="billing",event="assigned"} 3
    rdkafka_consumer_rebalanced_partitions_total{group="billing",event="revoked"} 2
    rdkafka_consumer_rebalanced_partitions_total{group="billing",event="lost"} 1
    rdkafka_consumer_rebalanced_partitions_total{group="billing",event="failed"} 0
  )"),
            "");
}

}  // namespace
}  // namespace streamhouse::librdkafka
