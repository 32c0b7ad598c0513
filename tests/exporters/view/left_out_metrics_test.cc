#include "exporters/view/left_out_metrics.h"

#include <gtest/gtest.h>

#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_reader.h"

namespace streamhouse::exporters {
namespace {

constexpr const char* kName = "streamhouse_exporter_families_left_out_total";

TEST(LeftOutMetricsTest, CountByFamilyAndReason) {
  metrics::Registry registry;
  LeftOutMetrics::Register(registry).value().Count("textfile", "go_info", left_out_reason::kReaderHasIt);
  EXPECT_EQ(metrics::testing::MetricReader(registry).Value(
                kName, {{"exporter", "textfile"}, {"family", "go_info"}, {"reason", "reader_has_it"}}),
            1);
}

TEST(LeftOutMetricsTest, RefuseARegistryWithAnotherFamilyOfTheirName) {
  metrics::Registry registry;
  const auto other = registry.AddGauge({.name = "streamhouse_exporter_families_left_out", .help = "Another"});
  EXPECT_EQ(LeftOutMetrics::Register(registry).status().code(), metrics::StatusCode::kAlreadyExists);
}

TEST(LeftOutMetricsTest, CountNowhereByDefault) {
  LeftOutMetrics().Count("textfile", "go_info", left_out_reason::kReaderHasIt);
}

}  // namespace
}  // namespace streamhouse::exporters
