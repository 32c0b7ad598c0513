#include "exporters/push/push_metrics.h"

#include <gtest/gtest.h>

#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_reader.h"

namespace streamhouse::exporters {
namespace {

TEST(PushMetricsTest, CountsByExporterAndOutcome) {
  metrics::Registry registry;
  const PushMetrics pushes = PushMetrics::Register(registry).value();
  pushes.Count("textfile", metrics::Status::Ok());
  pushes.Count("textfile", metrics::Status::Ok());
  pushes.Count("statsd", metrics::Status(metrics::StatusCode::kUnavailable, "away"));
  const metrics::testing::MetricReader reader(registry);
  const char* const name = "streamhouse_exporter_pushes_total";
  EXPECT_EQ(reader.Value(name, {{"exporter", "textfile"}, {"outcome", "ok"}}), 2);
  EXPECT_EQ(reader.Value(name, {{"exporter", "statsd"}, {"outcome", "failed"}}), 1);
}

TEST(PushMetricsTest, CountsWhatIsLeftOutByFamilyAndReason) {
  metrics::Registry registry;
  PushMetrics::Register(registry).value().CountLeftOut("textfile", "go_info", "reader_has_it");
  EXPECT_EQ(metrics::testing::MetricReader(registry).Value(
                "streamhouse_exporter_families_left_out_total",
                {{"exporter", "textfile"}, {"family", "go_info"}, {"reason", "reader_has_it"}}),
            1);
}

TEST(PushMetricsTest, RefusesARegistryWithAnotherFamilyOfSuchAName) {
  metrics::Registry registry;
  const auto other = registry.AddGauge({.name = "streamhouse_exporter_pushes", .help = "Another"});
  EXPECT_EQ(PushMetrics::Register(registry).status().code(), metrics::StatusCode::kAlreadyExists);
}

TEST(PushMetricsTest, CountsNowhereByDefault) {
  PushMetrics().Count("textfile", metrics::Status::Ok());
  PushMetrics().CountLeftOut("textfile", "go_info", "reader_has_it");
}

}  // namespace
}  // namespace streamhouse::exporters
