#include "metrics_core/testing/metric_reader.h"

#include <gtest/gtest.h>

#include <optional>

#include "metrics_core/bucket_bounds.h"
#include "metrics_core/registry.h"

namespace streamhouse::metrics::testing {
namespace {

class MetricReaderTest : public ::testing::Test {
 protected:
  Registry registry_;
  Family<Counter> requests_ =
      registry_.AddCounter({.name = "requests_total", .help = "Test", .labels = {"method", "code"}}).value();
};

TEST_F(MetricReaderTest, FindsASeriesByItsLabelsInAnyOrder) {
  requests_.With("Produce", "OK").Increment(3);
  requests_.With("Produce", "NOT_FOUND").Increment();
  const MetricReader page(registry_);
  EXPECT_EQ(page.Value("requests_total", {{"code", "OK"}, {"method", "Produce"}}), 3);
  EXPECT_EQ(page.Value("requests_total", {{"code", "NOT_FOUND"}}), 1);
}

TEST_F(MetricReaderTest, HasNothingOfASeriesThatIsNotThere) {
  requests_.With("Produce", "OK").Increment();
  const MetricReader page(registry_);
  EXPECT_EQ(page.Value("requests_total", {{"code", "O"}}), std::nullopt);
  EXPECT_EQ(page.Value("other_total"), std::nullopt);
  EXPECT_EQ(page.SeriesCount("requests_total"), 1U);
  EXPECT_EQ(page.SeriesCount("other_total"), 0U);
}

TEST_F(MetricReaderTest, IsNotMisledByValuesThatLookLikeLabels) {
  requests_.With("a\",code=\"OK", "x").Increment();
  const MetricReader page(registry_);
  EXPECT_EQ(page.Value("requests_total", {{"code", "OK"}}), std::nullopt);
  EXPECT_EQ(page.Value("requests_total", {{"method", "a\",code=\"OK"}}), 1);
}

TEST_F(MetricReaderTest, EndsTheProgramWhenSeveralSeriesMatch) {
  requests_.With("Produce", "OK").Increment();
  requests_.With("Fetch", "OK").Increment();
  const MetricReader page(registry_);
  EXPECT_DEATH(static_cast<void>(page.Value("requests_total", {{"code", "OK"}})), "several series");
}

TEST_F(MetricReaderTest, ReadsGaugesAndHistograms) {
  registry_.AddGauge({.name = "depth_records", .help = "Test"}).value().With().Set(-2);
  registry_.AddHistogram({.name = "size_bytes", .help = "Test"}, BucketBounds::From({1}).value())
      .value()
      .With()
      .Observe(3);
  const MetricReader page(registry_);
  EXPECT_EQ(page.Value("depth_records"), -2);
  EXPECT_EQ(page.Histogram("size_bytes")->count, 1U);
  EXPECT_EQ(page.Histogram("size_bytes")->sum, 3);
}

}  // namespace
}  // namespace streamhouse::metrics::testing
