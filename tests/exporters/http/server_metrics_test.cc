#include "exporters/http/server_metrics.h"

#include <gtest/gtest.h>

#include <chrono>

#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"

namespace streamhouse::exporters {
namespace {

using metrics::testing::MetricReader;

TEST(ServerMetricsTest, CountsWhatHappens) {
  metrics::Registry registry;
  const ServerMetrics server(registry);
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
  const ServerMetrics server(registry);
  EXPECT_EQ(MetricReader(registry).SeriesCount("streamhouse_exporter_limits_reached_total"), kLimitCount);
}

TEST(ServerMetricsTest, AddsUpTheServersOfARegistry) {
  metrics::Registry registry;
  const ServerMetrics first(registry);
  const ServerMetrics second(registry);
  first.ConnectionOpened();
  second.ConnectionOpened();
  EXPECT_EQ(MetricReader(registry).Value("streamhouse_exporter_connections"), 2);
}

TEST(ServerMetricsTest, AServerThatIsMadeAgainCountsOn) {
  metrics::Registry registry;
  ServerMetrics(registry).CountLimit(Limit::kConnections);
  ServerMetrics(registry).CountLimit(Limit::kConnections);
  EXPECT_EQ(MetricReader(registry).Value("streamhouse_exporter_limits_reached_total", {{"limit", "connections"}}), 2);
}

TEST(ServerMetricsTest, CountsNowhereByDefault) {
  const ServerMetrics server;
  server.CountRequest("/health", 200);
  server.CountLimit(Limit::kConnections);
}

}  // namespace
}  // namespace streamhouse::exporters
