#include "agent/rpc/rpc_metrics.h"

#include <gtest/gtest.h>

#include <string>

#include "metrics_core/testing/metric_reader.h"

namespace streamhouse::agent {
namespace {

TEST(RpcMetricsTest, HaveEverySeriesOnThePageFromTheStart) {
  metrics::Registry registry;
  ASSERT_TRUE(RpcMetrics::Register(registry).ok());
  const metrics::testing::MetricReader reader(registry);
  EXPECT_EQ(reader.SeriesCount("streamhouse_agent_active_connections"), 1U);
  EXPECT_EQ(reader.SeriesCount("streamhouse_agent_tls_reloads_total"), 2U);
  EXPECT_EQ(reader.SeriesCount("streamhouse_agent_grpc_request_duration_seconds"), kGrpcMethodCount);
  EXPECT_EQ(reader.SeriesCount("streamhouse_agent_grpc_requests_total"), kGrpcMethodCount * kGrpcCodeCount);
}

TEST(RpcMetricsTest, DefaultConstructedTheyAreSinks) {
  metrics::Registry registry;
  const RpcMetrics shown = RpcMetrics::Register(registry).value();
  const RpcMetrics sinks;
  sinks.active_connections.Set(1);
  sinks.requests[0][0].Increment();
  const metrics::testing::MetricReader reader(registry);
  EXPECT_EQ(reader.Value("streamhouse_agent_active_connections"), 0);
  EXPECT_EQ(reader.Value("streamhouse_agent_grpc_requests_total",
                         {{"method", std::string(GrpcMethodName(GrpcMethod::kProduce))}, {"code", "OK"}}),
            0);
}

TEST(RpcMetricsTest, SpellMethodsAndCodesAsGrpcDoes) {
  EXPECT_EQ(GrpcMethodName(GrpcMethod::kProduce), "Produce");
  EXPECT_EQ(GrpcMethodName(GrpcMethod::kDescribeTopic), "DescribeTopic");
  EXPECT_EQ(GrpcCodeName(0), "OK");
  EXPECT_EQ(GrpcCodeName(5), "NOT_FOUND");
  EXPECT_EQ(GrpcCodeName(kGrpcCodeCount - 1), "UNAUTHENTICATED");
}

}  // namespace
}  // namespace streamhouse::agent
