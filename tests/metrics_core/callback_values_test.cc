#include "metrics_core/callback_values.h"

#include <chrono>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "metrics_core/bucket_bounds.h"
#include "metrics_core/callback_family.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "tests/metrics_core/page.h"

namespace streamhouse::metrics {
namespace {

class CallbackValuesTest : public ::testing::Test {
 protected:
  std::uint64_t Failures() {
    const auto losses = registry_.GetStatistics().losses;
    return losses.empty() ? 0 : losses.at(0).failed_callbacks;
  }

  Registry registry_;
  CallbackHistogramFamily sizes_ = registry_
                                       .AddCallbackHistogram({.name = "size_bytes", .help = "h", .labels = {"k"}},
                                                             BucketBounds::From({1, 10}).value())
                                       .value();
  CallbackSummaryFamily waits_ =
      registry_.AddCallbackSummary({.name = "wait_seconds", .help = "h"}, {0.5, 0.75}).value();
};

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

TEST_F(CallbackValuesTest, AHistogramHasTheBucketsThatItIsGiven) {
  const auto token = sizes_.Add([] { return CallbackHistogram{.bucket_counts = {1, 0, 2}, .sum = 70}; }, "a");
  EXPECT_EQ(Page(registry_), "size_bytes{k=\"a\"} [1 0 2] sum 70 count 3\n");
}

TEST_F(CallbackValuesTest, ManyHistogramsMayComeFromOneCallback) {
  const auto token = sizes_.AddMany([](CallbackHistogramFamily::Samples& samples) {
    samples.Add({.bucket_counts = {1, 0, 0}, .sum = 1}, "a");
    samples.Add({.bucket_counts = {0, 1, 0}, .sum = 5}, "b");
  });
  EXPECT_EQ(Page(registry_), "size_bytes{k=\"a\"} [1 0 0] sum 1 count 1\nsize_bytes{k=\"b\"} [0 1 0] sum 5 count 1\n");
}

TEST_F(CallbackValuesTest, AHistogramThatCannotBeIsLeftOutAndCounted) {
  const auto other_bounds = sizes_.Add([] { return CallbackHistogram{.bucket_counts = {1, 2}, .sum = 1}; }, "a");
  const auto no_sum = sizes_.Add([] { return CallbackHistogram{.bucket_counts = {1, 2, 3}, .sum = kUnknown}; }, "b");
  EXPECT_EQ(Page(registry_), "");
  EXPECT_EQ(Failures(), 2U);
}

TEST_F(CallbackValuesTest, ASummaryHasTheQuantilesThatAreKnown) {
  const auto token = waits_.Add([] {
    return CallbackSummary{.quantile_values = {0.25, kUnknown}, .sum = 1.5, .count = 4};
  });
  EXPECT_EQ(Page(registry_), "wait_seconds 0.5: 0.25 0.75: nan sum 1.5 count 4\n");
}

TEST_F(CallbackValuesTest, ASummaryMayHaveNoQuantiles) {
  const auto plain = registry_.AddCallbackSummary({.name = "plain_seconds", .help = "h"}, {}).value();
  const auto token = plain.Add([] { return CallbackSummary{.quantile_values = {}, .sum = 1.5, .count = 4}; });
  EXPECT_EQ(Page(registry_), "plain_seconds sum 1.5 count 4\n");
}

TEST_F(CallbackValuesTest, ASummaryThatCannotBeIsLeftOutAndCounted) {
  CallbackSummary given;
  const auto token = waits_.Add([&] { return given; });
  EXPECT_EQ(Page(registry_), "") << "no values for two quantiles";
  given = {.quantile_values = {2, 1}, .sum = 3, .count = 2};
  EXPECT_EQ(Page(registry_), "") << "values that do not ascend";
  EXPECT_EQ(Failures(), 2U);
}

TEST_F(CallbackValuesTest, QuantilesAscendBetweenZeroAndOne) {
  const auto why = [&](std::vector<double> quantiles) {
    return registry_.AddCallbackSummary({.name = "a", .help = "h"}, std::move(quantiles)).status().message();
  };
  for (const std::vector<double>& bad : {std::vector<double>{0.9, 0.5}, {0.5, 0.5}, {-0.1}, {1.1}, {kUnknown}}) {
    EXPECT_EQ(why(bad), "metric \"a\": quantiles ascend and are in [0, 1]");
  }
}

TEST_F(CallbackValuesTest, StartTimesAreThoseOfTheirCallbacks) {
  Registry registry({.creation_times = CreationTimes::kKept});
  const auto family = registry.AddCallbackSummary({.name = "a", .help = "h"}, {}).value();
  const auto token =
      family.AddSince(std::chrono::system_clock::time_point(std::chrono::seconds(7)), [] { return CallbackSummary{}; });
  EXPECT_EQ(registry.TakeSnapshot().families()[0].created_unix_milliseconds(0), 7'000);
}

}  // namespace
}  // namespace streamhouse::metrics
