#include "metrics_core/metric_options.h"

#include <chrono>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "metrics_core/registry.h"
#include "tests/metrics_core/page.h"

namespace streamhouse::metrics {
namespace {

TEST(MetricOptionsTest, ByDefaultSeriesAreRecordedPerThreadAndStay) {
  const MetricOptions options;
  EXPECT_EQ(options.storage, SeriesStorage::kPerThread);
  EXPECT_EQ(options.series_max, kSeriesMaxDefault);
  EXPECT_EQ(options.expire_after, std::chrono::nanoseconds(0));
  EXPECT_TRUE(options.unit.empty() && options.labels.empty());
}

TEST(MetricOptionsTest, TheOverflowSeriesHasItsOwnLabelValue) {
  Registry registry;
  const auto family =
      registry.AddCounter({.name = "a_total", .help = "h", .labels = {"x", "y"}, .series_max = 0}).value();
  family.With("1", "2").Increment();
  const std::string value = kOverflowLabelValue;
  EXPECT_EQ(Page(registry), "a_total{x=\"" + value + "\",y=\"" + value + "\"} 1\n");
}

TEST(MetricOptionsTest, TheDefaultLimitHoldsThatManySeries) {
  Registry registry;
  const auto family = registry.AddCounter({.name = "a_total", .help = "h", .labels = {"x"}}).value();
  for (std::uint32_t i = 0; i < kSeriesMaxDefault; ++i) family.With(std::to_string(i));
  EXPECT_EQ(family.OverflowedLookups(), 0U);
  family.With("one more");
  EXPECT_EQ(family.OverflowedLookups(), 1U);
  EXPECT_EQ(registry.TakeSnapshot().families()[0].size(), kSeriesMaxDefault + 1);
}

}  // namespace
}  // namespace streamhouse::metrics
