#include "exporters/http/server_metrics.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"

namespace streamhouse::exporters {
namespace {

using metrics::testing::MetricReader;

TEST(ServerMetricsTest, CountsRequestsScrapesPagesLimitsAndConnections) {
  metrics::Registry registry;
  const ServerMetrics server = ServerMetrics::Register(registry).value();
  server.CountRequest("/health", 200);
  server.CountScrape(PageFormat::kOpenMetrics, 503);
  server.CountPage(PageFormat::kOpenMetrics, 7, std::chrono::milliseconds(5));
  server.CountLimit(Limit::kConnections);
  server.ConnectionOpened();
  server.ConnectionOpened();
  server.ConnectionClosed();
  const MetricReader reader(registry);
  EXPECT_EQ(reader.Value("streamhouse_exporter_requests_total", {{"path", "/health"}, {"code", "200"}}), 1);
  EXPECT_EQ(reader.Value("streamhouse_exporter_scrapes_total", {{"format", "openmetrics"}, {"code", "503"}}), 1);
  EXPECT_EQ(reader.Value("streamhouse_exporter_scrape_bytes_total", {{"format", "openmetrics"}}), 7);
  EXPECT_EQ(reader.Histogram("streamhouse_exporter_scrape_duration_seconds")->sum, 0.005);
  EXPECT_EQ(reader.Value("streamhouse_exporter_limits_reached_total", {{"limit", "connections"}}), 1);
  EXPECT_EQ(reader.Value("streamhouse_exporter_connections"), 1);
}

TEST(ServerMetricsTest, ShowsEveryLimitFromTheStart) {
  metrics::Registry registry;
  const ServerMetrics server = ServerMetrics::Register(registry).value();
  EXPECT_EQ(MetricReader(registry).SeriesCount("streamhouse_exporter_limits_reached_total"), kLimitCount);
}

TEST(ServerMetricsTest, AddsUpTheServersOfARegistry) {
  metrics::Registry registry;
  const ServerMetrics first = ServerMetrics::Register(registry).value();
  const ServerMetrics second = ServerMetrics::Register(registry).value();
  first.ConnectionOpened();
  second.ConnectionOpened();
  EXPECT_EQ(MetricReader(registry).Value("streamhouse_exporter_connections"), 2);
}

TEST(ServerMetricsTest, AServerThatIsMadeAgainCountsOn) {
  metrics::Registry registry;
  ServerMetrics::Register(registry).value().CountLimit(Limit::kConnections);
  ServerMetrics::Register(registry).value().CountLimit(Limit::kConnections);
  EXPECT_EQ(MetricReader(registry).Value("streamhouse_exporter_limits_reached_total", {{"limit", "connections"}}), 2);
}

TEST(ServerMetricsTest, RefusesARegistryWithAnotherFamilyOfSuchAName) {
  metrics::Registry registry;
  const auto other = registry.AddGauge({.name = "streamhouse_exporter_connections", .help = "Another"});
  const metrics::Status refused = ServerMetrics::Register(registry).status();
  EXPECT_EQ(refused.code(), metrics::StatusCode::kAlreadyExists);
  EXPECT_NE(refused.message().find("streamhouse_exporter_connections"), std::string::npos) << refused.message();
}

TEST(ServerMetricsTest, CountsNowhereByDefault) {
  const ServerMetrics server;
  server.CountRequest("/health", 200);
  server.CountLimit(Limit::kConnections);
}

}  // namespace
}  // namespace streamhouse::exporters
