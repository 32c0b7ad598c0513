#include "agent/agent_metrics.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "metrics_core/testing/metric_reader.h"
#include "tests/agent/support/running_agent.h"
#include "tests/support/eventually.h"

namespace streamhouse::agent {
namespace {

using metrics::testing::MetricReader;

TEST(AgentMetricsTest, HaveEverySeriesOnThePageFromTheStart) {
  metrics::Registry registry;
  ASSERT_TRUE(AgentMetrics::Register(registry).ok());
  const MetricReader reader(registry);
  for (const char* family :
       {"streamhouse_agent_active_partitions", "streamhouse_agent_lease_renewals_total",
        "streamhouse_agent_write_latency_seconds", "streamhouse_agent_committed_offsets_lowered_total"}) {
    EXPECT_EQ(reader.SeriesCount(family), 1U) << family;
  }
}

TEST(AgentMetricsTest, RegisteredAgainTheyAreTheSameFamilies) {
  metrics::Registry registry;
  ASSERT_TRUE(AgentMetrics::Register(registry).ok());
  const std::size_t families = registry.TakeSnapshot().families().size();
  EXPECT_TRUE(AgentMetrics::Register(registry).ok());
  EXPECT_EQ(registry.TakeSnapshot().families().size(), families);
}

TEST(AgentMetricsTest, DefaultConstructedTheyAreSinks) {
  const AgentMetrics sinks;
  sinks.active_partitions.Set(1);
  sinks.rpc.requests[0][0].Increment();
}

TEST(AgentMetricsTest, AllSevenFamiliesMoveWhileAnAgentWorks) {
  RunningAgent agent;
  ASSERT_EQ(agent.Produce({"a", "b"}), grpc::StatusCode::OK);
  EXPECT_EQ(agent.Value("active_partitions"), 2);
  EXPECT_GE(agent.Value("lease_renewals_total"), 2);
  EXPECT_EQ(agent.Value("records_written_total"), 2);
  EXPECT_EQ(agent.Observations("write_latency_seconds"), 1U);
  EXPECT_EQ(agent.Value("grpc_requests_total", {{"method", "Produce"}, {"code", "OK"}}), 1);
  EXPECT_EQ(agent.Observations("grpc_request_duration_seconds", {{"method", "Produce"}}), 1U);
  EXPECT_TRUE(Eventually([&] { return agent.Value("active_connections") == 1; }));
}

TEST(AgentMetricsTest, CountOnlyWhatWasAcknowledgedAsWritten) {
  RunningAgent agent;
  EXPECT_EQ(agent.Produce({}), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(agent.Value("records_written_total"), 0);
  EXPECT_EQ(agent.Observations("write_latency_seconds"), 0U);
}

}  // namespace
}  // namespace streamhouse::agent
