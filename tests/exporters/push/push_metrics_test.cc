#include "exporters/push/push_metrics.h"

#include <gtest/gtest.h>

#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_reader.h"

namespace streamhouse::exporters {
namespace {

TEST(PushMetricsTest, CountsByExporterAndOutcome) {
  metrics::Registry registry;
  const PushMetrics pushes(registry);
  pushes.Count("textfile", metrics::Status::Ok());
  pushes.Count("textfile", metrics::Status::Ok());
  pushes.Count("statsd", metrics::Status(metrics::StatusCode::kUnavailable, "away"));
  const metrics::testing::MetricReader reader(registry);
  const char* const name = "streamhouse_exporter_pushes_total";
  EXPECT_EQ(reader.Value(name, {{"exporter", "textfile"}, {"outcome", "ok"}}), 2);
  EXPECT_EQ(reader.Value(name, {{"exporter", "statsd"}, {"outcome", "failed"}}), 1);
}

TEST(PushMetricsTest, CountsNowhereByDefault) {
  PushMetrics().Count("textfile", metrics::Status::Ok());
}

}  // namespace
}  // namespace streamhouse::exporters
