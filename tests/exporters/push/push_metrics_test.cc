#include "exporters/push/push_metrics.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "metrics_core/clock.h"
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
  PushMetrics::Register(registry).value().left_out().Count("textfile", "go_info", left_out_reason::kReaderHasIt);
  EXPECT_EQ(metrics::testing::MetricReader(registry).Value(
                "streamhouse_exporter_families_left_out_total",
                {{"exporter", "textfile"}, {"family", "go_info"}, {"reason", "reader_has_it"}}),
            1);
}

TEST(PushMetricsTest, CountsWhatBecomesOfSamples) {
  metrics::Registry registry;
  const PushMetrics pushes = PushMetrics::Register(registry).value();
  pushes.CountSent("otlp+http", 5);
  pushes.CountSentBytes("otlp+http", 70);
  pushes.CountRetry("otlp+http");
  pushes.CountDropped("otlp+http", drop_reason::kRejected, 2);
  pushes.CountDropped("otlp+http", drop_reason::kStopped, 0);
  const metrics::testing::MetricReader reader(registry);
  const auto value = [&](const std::string& name) {
    return reader.Value("streamhouse_exporter_" + name, {{"exporter", "otlp+http"}});
  };
  EXPECT_EQ(value("samples_sent_total"), 5);
  EXPECT_EQ(value("sent_bytes_total"), 70);
  EXPECT_EQ(value("retries_total"), 1);
  const auto dropped = [&](const char* reason) {
    return reader.Value("streamhouse_exporter_samples_dropped_total", {{"exporter", "otlp+http"}, {"reason", reason}});
  };
  EXPECT_EQ(dropped("rejected"), 2);
  EXPECT_EQ(dropped("stopped"), std::nullopt) << "of none there is no series";
}

TEST(PushMetricsTest, KnowsWhenAPushLastSucceeded) {
  metrics::Registry registry;
  const PushMetrics pushes = PushMetrics::Register(registry).value();
  const auto last = [&] {
    return metrics::testing::MetricReader(registry).Value("streamhouse_exporter_last_success_timestamp_seconds",
                                                          {{"exporter", "statsd"}});
  };
  pushes.Count("statsd", metrics::Status(metrics::StatusCode::kUnavailable, "away"));
  EXPECT_EQ(last(), std::nullopt);
  const double before = static_cast<double>(metrics::Clock::UnixMilliseconds()) / 1e3;
  pushes.Count("statsd", metrics::Status::Ok());
  EXPECT_GE(last().value_or(0), before);
}

TEST(PushMetricsTest, RefusesARegistryWithAnotherFamilyOfSuchAName) {
  metrics::Registry registry;
  const auto other = registry.AddGauge({.name = "streamhouse_exporter_pushes", .help = "Another"});
  EXPECT_EQ(PushMetrics::Register(registry).status().code(), metrics::StatusCode::kAlreadyExists);
}

TEST(PushMetricsTest, CountsNowhereByDefault) {
  metrics::Registry registry;
  const PushMetrics shown = PushMetrics::Register(registry).value();
  PushMetrics().Count("textfile", metrics::Status::Ok());
  PushMetrics().left_out().Count("textfile", "go_info", left_out_reason::kReaderHasIt);
  const metrics::testing::MetricReader reader(registry);
  EXPECT_EQ(reader.SeriesCount("streamhouse_exporter_pushes_total"), 0U);
  EXPECT_EQ(reader.SeriesCount("streamhouse_exporter_families_left_out_total"), 0U);
}

}  // namespace
}  // namespace streamhouse::exporters
