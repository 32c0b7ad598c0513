#include "metrics_core/self_metrics/core_metrics.h"

#include <gtest/gtest.h>

#include <barrier>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include "metrics_core/bucket_bounds.h"
#include "metrics_core/internal/cells/cell.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_reader.h"

namespace streamhouse::metrics {
namespace {

class CoreMetricsTest : public ::testing::Test {
 protected:
  double Read(std::string_view name, testing::LabelPairs labels = {}) {
    return testing::MetricReader(registry_).Value("streamhouse_metrics_" + std::string(name), labels).value_or(-1);
  }
  Family<Counter> AddCounter(std::uint32_t series_max = kSeriesMaxDefault) {
    return registry_.AddCounter({.name = "a_total", .help = "Test", .labels = {"k"}, .series_max = series_max}).value();
  }

  Registry registry_;
  CoreMetrics metrics_ = CoreMetrics::Register(registry_).value();
};

TEST_F(CoreMetricsTest, CountSeriesByTypeOfFamily) {
  const double before = Read("series", {{"type", "counter"}});
  const auto family = AddCounter();
  family.With("1").Increment();
  family.With("2").Increment();
  EXPECT_EQ(Read("series", {{"type", "counter"}}), before + 2);
  EXPECT_EQ(Read("series", {{"type", "histogram"}}), 0);
}

TEST_F(CoreMetricsTest, WeighLabels) {
  const auto family = AddCounter();
  const double before = Read("series_bytes");
  family.With(std::string(1'000, 'x')).Increment();
  EXPECT_GE(Read("series_bytes"), before + 1'000);
}

TEST_F(CoreMetricsTest, CountLookupsBeyondALimit) {
  const auto family = AddCounter(1);
  for (const char* key : {"a", "b", "c"}) family.With(key).Increment();
  EXPECT_EQ(Read("overflowed_lookups_total", {{"family", "a_total"}}), 2);
}

TEST_F(CoreMetricsTest, NameTheFamilyThatCutALabelValueOrRefusedALookup) {
  const auto family = AddCounter();
  family.With(std::string(5'000, 'x')).Increment();
  family.With("1", "2").Increment();
  EXPECT_EQ(Read("cut_label_values_total", {{"family", "a_total"}}), 1);
  EXPECT_EQ(Read("refused_lookups_total", {{"family", "a_total"}}), 1);
}

TEST_F(CoreMetricsTest, CountCallbacksThatThrowAndShowTheOthers) {
  const auto family = registry_.AddCallbackGauge({.name = "b", .help = "Test", .labels = {"k"}}).value();
  const auto throws = family.Add([]() -> double { throw std::runtime_error("gone"); }, "1");
  const auto throws_a_number = family.Add([]() -> double { throw 7; }, "2");
  const auto gives = family.Add([] { return 3.0; }, "3");
  EXPECT_EQ(testing::MetricReader(registry_).Value("b", {{"k", "3"}}), 3);
  EXPECT_EQ(testing::MetricReader(registry_).Value("b", {{"k", "1"}}), std::nullopt);
  EXPECT_GE(Read("failed_callbacks_total", {{"family", "b"}}), 4);
}

TEST_F(CoreMetricsTest, CountDroppedObservationsByReason) {
  const double nans = Read("dropped_observations_total", {{"reason", "nan"}});
  const double others = Read("dropped_observations_total", {{"reason", "out_of_range"}});
  const auto histogram =
      registry_.AddExponentialHistogram({.name = "h_seconds", .help = "Test"}, BucketBounds::From({}).value())
          .value()
          .With();
  histogram.Observe(std::numeric_limits<double>::quiet_NaN());
  histogram.Observe(-1);
  histogram.Observe(-1);
  EXPECT_EQ(Read("dropped_observations_total", {{"reason", "nan"}}), nans + 1);
  EXPECT_EQ(Read("dropped_observations_total", {{"reason", "out_of_range"}}), others + 2);
}

TEST_F(CoreMetricsTest, ShowWhatRemovedSeriesStillHold) {
  const auto family = AddCounter();
  family.With("a").Increment();
  const double cells = Read("cells");
  {
    const Snapshot reading = registry_.TakeSnapshot();
    ASSERT_TRUE(family.Remove("a"));
    EXPECT_EQ(Read("removed_series"), 1);
  }
  const double free_before = Read("free_runs");
  // Gives back what no snapshot shows any more.
  EXPECT_EQ(Read("removed_series"), 0);
  EXPECT_EQ(Read("free_runs"), free_before + 1);
  EXPECT_EQ(Read("cells"), cells);
  EXPECT_EQ(Read("cells_max"), internal::kMaxCells);
}

TEST_F(CoreMetricsTest, CountShardsAndTheirCells) {
  const Counter counter = AddCounter().With("a");
  counter.Increment();
  const double shards = Read("shards");
  const double bytes = Read("cell_bytes");
  std::barrier all_recorded(2);
  const auto record = [&] {
    counter.Increment();
    all_recorded.arrive_and_wait();
  };
  std::thread first(record);
  std::thread second(record);
  first.join();
  second.join();
  EXPECT_GE(Read("shards"), shards + 1);
  EXPECT_GE(Read("cell_bytes"), bytes + 4096);
}

TEST_F(CoreMetricsTest, FollowTheObjectThatLives) {
  {
    const CoreMetrics second = CoreMetrics::Register(registry_).value();
    EXPECT_GT(Read("cells"), 0);
  }
  EXPECT_GT(Read("cells"), 0);
  metrics_ = CoreMetrics();
  EXPECT_EQ(Read("cells"), -1);
}

}  // namespace
}  // namespace streamhouse::metrics
