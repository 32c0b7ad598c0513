#include "metrics_core/histogram.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "metrics_core/registry.h"
#include "tests/metrics_core/page.h"

namespace streamhouse::metrics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

std::string NameOf(SeriesStorage storage) {
  return storage == SeriesStorage::kShared ? "Shared" : "PerThread";
}

class HistogramTest : public testing::TestWithParam<SeriesStorage> {
 protected:
  Family<Histogram> AddFamily(std::string name, std::vector<double> bounds) {
    MetricOptions options = {.name = std::move(name), .help = "h", .labels = {"op"}, .storage = GetParam()};
    return registry_.AddHistogram(std::move(options), BucketBounds::From(std::move(bounds)).value()).value();
  }

  std::string Page() { return metrics::Page(registry_); }

  Registry registry_;
  const Family<Histogram> size_ = AddFamily("size", {1, 2.5, 5});
};

INSTANTIATE_TEST_SUITE_P(Storage, HistogramTest, testing::Values(SeriesStorage::kPerThread, SeriesStorage::kShared),
                         [](const auto& storage) { return NameOf(storage.param); });

TEST_P(HistogramTest, ABoundBelongsToTheBucketBelowIt) {
  const Histogram histogram = size_.With("a");
  for (const double value : {1.0, 1.0000000000000002, 2.5, 5.0, 5.000000000000001}) histogram.Observe(value);
  EXPECT_EQ(Page(), "size{op=\"a\"} [1 2 1 1] sum 14.5 count 5\n");
}

TEST_P(HistogramTest, AddsUpTheObservationsOfAllThreads) {
  const Histogram histogram = size_.With("a");
  histogram.Observe(0.5);
  std::thread([&] { histogram.Observe(2); }).join();
  histogram.Observe(-10);
  EXPECT_EQ(Page(), "size{op=\"a\"} [2 1 0 0] sum -7.5 count 3\n");
}

TEST_P(HistogramTest, WithoutBoundsHasOneBucket) {
  const Histogram histogram = AddFamily("flat", {}).With("a");
  for (const double value : {-1e300, 0.0, 1e300, 2.0}) histogram.Observe(value);
  EXPECT_EQ(Page(), "flat{op=\"a\"} [4] sum 2 count 4\n");
}

TEST_P(HistogramTest, TakesTheMostBounds) {
  std::vector<double> bounds;
  for (int i = 0; i < 256; ++i) bounds.push_back(i);
  const Family<Histogram> family = AddFamily("most", std::move(bounds));
  family.With("a").Observe(255);
  family.With("a").Observe(256);
  const Snapshot snapshot = registry_.TakeSnapshot();
  const HistogramValue value = snapshot.families()[1].As<HistogramValues>()[0];
  ASSERT_EQ(value.bucket_counts.size(), 257U);
  EXPECT_EQ(value.bucket_counts[255], 1U);
  EXPECT_EQ(value.bucket_counts[256], 1U);
}

TEST_P(HistogramTest, DropsNotANumberAndCountsIt) {
  const std::uint64_t dropped_before = DroppedNotANumber();
  const Histogram histogram = size_.With("a");
  histogram.Observe(kNotANumber);
  histogram.Observe(-kNotANumber);
  EXPECT_EQ(Page(), "size{op=\"a\"} [0 0 0 0] sum 0 count 0\n");
  EXPECT_EQ(DroppedNotANumber(), dropped_before + 2);
}

TEST_P(HistogramTest, CountsInfinitiesAndLeavesThemOutOfTheSum) {
  const Histogram histogram = size_.With("a");
  histogram.Observe(kInfinity);
  histogram.Observe(-kInfinity);
  histogram.Observe(2);
  EXPECT_EQ(Page(), "size{op=\"a\"} [1 1 0 1] sum 2 count 3\n");
}

TEST_P(HistogramTest, TheSumIsOffByAtMostOneRoundingForEachObservation) {
  constexpr int kObservations = 100'000;
  const Histogram histogram = size_.With("a");
  for (int i = 0; i < kObservations; ++i) histogram.Observe(0.1);
  const double sum = registry_.TakeSnapshot().families()[0].As<HistogramValues>()[0].sum;
  const long double true_sum = kObservations * static_cast<long double>(0.1);
  EXPECT_LE(std::abs(sum - true_sum), true_sum * kObservations * 0x1p-53L);
}

TEST_P(HistogramTest, AnObservationFarBelowTheSumAddsNothingToIt) {
  const Histogram histogram = size_.With("a");
  histogram.Observe(0x1p25);
  histogram.Observe(1e-9);
  EXPECT_EQ(Page(), "size{op=\"a\"} [1 0 0 1] sum 33554432 count 2\n");
}

TEST_P(HistogramTest, ADefaultConstructedOneIsASink) {
  const Histogram sink;
  for (const double value : {1.0, -1.0, kInfinity}) sink.Observe(value);
  size_.With("a");
  EXPECT_EQ(Page(), "size{op=\"a\"} [0 0 0 0] sum 0 count 0\n");
}

TEST_P(HistogramTest, ASeriesThatReusesCellsStartsEmpty) {
  for (int life = 0; life < 5; ++life) {
    const Histogram histogram = size_.With("a");
    EXPECT_EQ(Page(), "size{op=\"a\"} [0 0 0 0] sum 0 count 0\n");
    histogram.Observe(0.5);
    std::thread([&] { histogram.Observe(100); }).join();
    EXPECT_EQ(Page(), "size{op=\"a\"} [1 0 0 1] sum 100.5 count 2\n");
    EXPECT_TRUE(size_.Remove("a"));
  }
}

TEST_P(HistogramTest, ASumThatGrewHugeTakesNothingFromTheNextSeries) {
  size_.With("a").Observe(1e300);
  std::thread([&] { size_.With("a").Observe(-1e300); }).join();
  EXPECT_TRUE(size_.Remove("a"));
  const Histogram histogram = size_.With("b");
  histogram.Observe(0.001);
  std::thread([&] { histogram.Observe(0.002); }).join();
  EXPECT_EQ(Page(), "size{op=\"b\"} [2 0 0 0] sum 0.0030000000000000001 count 2\n");
}

TEST_P(HistogramTest, WhatAHandleRecordsAfterRemovalIsCountedNowhere) {
  const Histogram held = size_.With("a");
  size_.Remove("a");
  const Histogram successor = size_.With("a");
  held.Observe(1);
  successor.Observe(2);
  EXPECT_EQ(Page(), "size{op=\"a\"} [0 1 0 0] sum 2 count 1\n");
}

class TickHistogramTest : public testing::TestWithParam<SeriesStorage> {
 protected:
  Family<TickHistogram> AddFamily(std::string name, std::vector<double> bounds, double ticks_per_unit) {
    MetricOptions options = {.name = std::move(name), .help = "h", .labels = {"op"}, .storage = GetParam()};
    return registry_.AddTickHistogram(std::move(options), BucketBounds::From(std::move(bounds)).value(), ticks_per_unit)
        .value();
  }

  std::string Page() { return metrics::Page(registry_); }

  Registry registry_;
};

INSTANTIATE_TEST_SUITE_P(Storage, TickHistogramTest, testing::Values(SeriesStorage::kPerThread, SeriesStorage::kShared),
                         [](const auto& storage) { return NameOf(storage.param); });

TEST_P(TickHistogramTest, RecordsTicksAndShowsUnits) {
  const TickHistogram seconds = AddFamily("a_seconds", {0.000001, 0.5}, kNanosecondsPerSecond).With("a");
  for (const std::uint64_t nanoseconds : {1'000U, 1'001U, 500'000'000U, 500'000'001U}) seconds.Observe(nanoseconds);
  EXPECT_EQ(Page(), "a_seconds{op=\"a\"} [1 2 1] sum 1.000002002 count 4\n");
}

TEST_P(TickHistogramTest, ZeroBelongsToABoundOfZero) {
  const TickHistogram histogram = AddFamily("a", {0, 1}, 1).With("a");
  for (const std::uint64_t value : {0U, 0U, 1U, 2U}) histogram.Observe(value);
  EXPECT_EQ(Page(), "a{op=\"a\"} [2 1 1] sum 3 count 4\n");
}

// As doubles these would add up to another number: each term but the first is lost in its rounding.
TEST_P(TickHistogramTest, NoAdditionToTheSumRounds) {
  const TickHistogram histogram = AddFamily("a", {1}, 1).With("a");
  const std::uint64_t large = std::uint64_t{1} << 60;
  histogram.Observe(large);
  for (int i = 0; i < 256; ++i) histogram.Observe(1);
  EXPECT_EQ(registry_.TakeSnapshot().families()[0].As<HistogramValues>()[0].sum, static_cast<double>(large + 256));
}

TEST_P(TickHistogramTest, TheLargestValuesFallIntoTheLastBucket) {
  const auto below = static_cast<double>(TickHistogram::kMaxExactTicks - 1);
  const TickHistogram histogram = AddFamily("a", {below}, 1).With("a");
  for (const std::uint64_t value : {TickHistogram::kMaxExactTicks - 1, TickHistogram::kMaxExactTicks,
                                    TickHistogram::kMaxExactTicks + 1, std::numeric_limits<std::uint64_t>::max() / 2}) {
    histogram.Observe(value);
  }
  const Snapshot snapshot = registry_.TakeSnapshot();
  EXPECT_EQ(snapshot.families()[0].As<HistogramValues>()[0].bucket_counts[0], 1U);
  EXPECT_EQ(snapshot.families()[0].As<HistogramValues>()[0].bucket_counts[1], 3U);
}

TEST_P(TickHistogramTest, ASeriesThatReusesCellsStartsEmptyHoweverLargeItsSumWas) {
  const Family<TickHistogram> family = AddFamily("a", {1}, 1);
  for (int life = 0; life < 5; ++life) {
    const TickHistogram histogram = family.With("a");
    EXPECT_EQ(Page(), "a{op=\"a\"} [0 0] sum 0 count 0\n");
    histogram.Observe(std::uint64_t{1} << 62);
    histogram.Observe(1);
    EXPECT_TRUE(family.Remove("a"));
  }
}

TEST_P(TickHistogramTest, ADefaultConstructedOneIsASink) {
  TickHistogram().Observe(std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(Page(), "");
}

class NegativeTest : public testing::TestWithParam<SeriesStorage> {
 protected:
  Histogram Add(std::string name, std::string unit, std::vector<double> bounds) {
    MetricOptions options = {.name = std::move(name),
                             .help = "h",
                             .unit = std::move(unit),
                             .storage = GetParam(),
                             .exemplars = Exemplars::kSampled};
    return registry_.AddHistogram(std::move(options), BucketBounds::From(std::move(bounds)).value()).value().With();
  }

  Registry registry_;
};

INSTANTIATE_TEST_SUITE_P(Storage, NegativeTest, testing::Values(SeriesStorage::kPerThread, SeriesStorage::kShared),
                         [](const auto& storage) { return NameOf(storage.param); });

TEST_P(NegativeTest, ANegativeDurationIsDroppedAndCounted) {
  const Histogram seconds = Add("a_seconds", "seconds", {1, 2});
  const std::uint64_t dropped = DroppedOutOfRange();
  for (const double value : {-1.5, -std::numeric_limits<double>::denorm_min(), -kInfinity}) seconds.Observe(value);
  seconds.Observe(-1, TraceContext{.trace_id_high = 1, .trace_id_low = 2, .span_id = 3});
  seconds.Observe(1.5);
  seconds.Observe(-0.0);
  EXPECT_EQ(Page(registry_), "a_seconds [1 1 0] sum 1.5 count 2\n");
  EXPECT_EQ(DroppedOutOfRange(), dropped + 4);
  EXPECT_EQ(registry_.TakeSnapshot().families()[0].As<HistogramValues>().exemplars.At(0, 0), nullptr);
}

TEST_P(NegativeTest, AUnitThatIsNoTimeHasNegativeValues) {
  Add("a_celsius", "celsius", {1, 2}).Observe(-1.5);
  EXPECT_EQ(Page(registry_), "a_celsius [1 0 0] sum -1.5 count 1\n");
}

TEST_P(NegativeTest, ANegativeBoundAsksForNegativeValues) {
  Add("a_seconds", "seconds", {-1, 1}).Observe(-1.5);
  EXPECT_EQ(Page(registry_), "a_seconds [1 0 0] sum -1.5 count 1\n");
}

TEST(TickHistogramNegativeTest, ANegativeNumberOfTicksIsDroppedAndCounted) {
  Registry registry;
  const BucketBounds bounds = BucketBounds::From({1, 2}).value();
  const TickHistogram histogram =
      registry.AddTickHistogram({.name = "a_seconds", .help = "h", .unit = "seconds"}, bounds, 1e9).value().With();
  const std::uint64_t dropped = DroppedOutOfRange();
  const std::uint64_t start = 7;
  const std::uint64_t end = 5;
  histogram.Observe(1'500'000'000);
  for (int i = 0; i < 2; ++i) histogram.Observe(end - start);
  EXPECT_EQ(Page(registry), "a_seconds [0 1 0] sum 1.5 count 1\n");
  EXPECT_EQ(DroppedOutOfRange(), dropped + 2);
}

TEST(TickHistogramNegativeTest, TheLargestNumbersAreInTheLastBucket) {
  Registry registry;
  const BucketBounds bounds = BucketBounds::From({1, 9007199254740990}).value();
  const TickHistogram histogram = registry.AddTickHistogram({.name = "a", .help = "h"}, bounds, 1).value().With();
  for (const std::uint64_t ticks : {TickHistogram::kMaxExactTicks, (std::uint64_t{1} << 62) + 1})
    histogram.Observe(ticks);
  EXPECT_EQ(registry.TakeSnapshot().families()[0].As<HistogramValues>()[0].bucket_counts[2], 2U);
}

}  // namespace
}  // namespace streamhouse::metrics
