#include "metrics_core/exponential_histogram.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <thread>
#include <vector>

#include "metrics_core/bucket_bounds.h"
#include "metrics_core/family.h"
#include "metrics_core/histogram.h"
#include "metrics_core/internal/cells/exponential_run.h"
#include "metrics_core/reading/exponential_scale.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"

namespace streamhouse::metrics {
namespace {

std::uint64_t SumOf(std::span<const std::uint64_t> counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

class ExponentialHistogramTest : public ::testing::Test {
 protected:
  ExponentialHistogram Histogram() { return family_.With("a"); }

  // The only series. The snapshot is kept for the spans.
  const ExponentialValue& Read() {
    snapshot_ = registry_.TakeSnapshot();
    return snapshot_.families().front().As<ExponentialHistogramValues>()[0];
  }
  HistogramValue ReadClassic() {
    snapshot_ = registry_.TakeSnapshot();
    return snapshot_.families().front().As<ExponentialHistogramValues>().classic[0];
  }

  // How many of the values are in the bucket with this index, as read.
  static std::uint64_t CountAt(const ExponentialValue& value, std::int32_t index) {
    const auto place = static_cast<std::size_t>(index - value.first_index);
    return place < value.bucket_counts.size() ? value.bucket_counts[place] : 0;
  }

  Registry registry_;
  Snapshot snapshot_;
  Family<ExponentialHistogram> family_ =
      registry_
          .AddExponentialHistogram({.name = "latency_seconds", .help = "Test", .unit = "seconds", .labels = {"k"}},
                                   BucketBounds::Exponential(0.25, 2, 4).value())
          .value();
};

TEST_F(ExponentialHistogramTest, BeginsAtTheHighestResolution) {
  Histogram().Observe(1);
  const ExponentialValue& value = Read();
  EXPECT_EQ(value.schema, kMaxExponentialSchema);
  EXPECT_EQ(CountAt(value, 0), 1U);
  EXPECT_EQ(value.count, 1U);
  EXPECT_EQ(value.sum, 1);
}

TEST_F(ExponentialHistogramTest, GivesUpResolutionUntilAllValuesHaveRoom) {
  const ExponentialHistogram histogram = Histogram();
  for (const double seconds : {1e-6, 1e-3, 1.0, 10.0}) histogram.Observe(seconds);
  const ExponentialValue& value = Read();
  // 23.3 powers of two at 4 buckets each are 94; at 8 they would be 187.
  EXPECT_EQ(value.schema, 2);
  for (const double seconds : {1e-6, 1e-3, 1.0, 10.0}) {
    EXPECT_EQ(CountAt(value, ReduceExponentialIndex(ExponentialIndex(seconds), kMaxExponentialSchema - 2)), 1U);
  }
}

TEST_F(ExponentialHistogramTest, HasRoomForEveryValueThatIsNotZero) {
  const ExponentialHistogram histogram = Histogram();
  histogram.Observe(std::nextafter(0x1p-128, 1));
  histogram.Observe(std::numeric_limits<double>::max());
  EXPECT_EQ(Read().count, 2U);
  EXPECT_GE(Read().schema, kMinExponentialSchema);
}

// The order of the values does not matter: the buckets are those of the values at the final
// resolution.
TEST_F(ExponentialHistogramTest, CountsAMillionRandomValuesWhereTheyBelong) {
  const ExponentialHistogram histogram = Histogram();
  std::mt19937_64 random(1);
  std::vector<double> values(1'000'000);
  for (std::size_t i = 0; i < values.size(); ++i) {
    // Spreads as it goes on.
    const double spread = 40.0 * static_cast<double>(i) / static_cast<double>(values.size());
    values[i] = std::exp2(std::uniform_real_distribution<double>(-spread, spread)(random));
    histogram.Observe(values[i]);
  }
  const ExponentialValue& value = Read();
  std::map<std::int32_t, std::uint64_t> expected;
  for (const double x : values)
    ++expected[ReduceExponentialIndex(ExponentialIndex(x), kMaxExponentialSchema - value.schema)];
  for (const auto& [index, count] : expected) ASSERT_EQ(CountAt(value, index), count) << index;
  EXPECT_EQ(SumOf(value.bucket_counts), values.size());
  EXPECT_LE(value.bucket_counts.size(), internal::kExponentialBuckets);
}

TEST_F(ExponentialHistogramTest, CountsSmallValuesAsZeros) {
  const ExponentialHistogram histogram = Histogram();
  for (const double seconds : {0.0, -0.0, 0x1p-128, std::numeric_limits<double>::denorm_min()})
    histogram.Observe(seconds);
  const ExponentialValue& value = Read();
  EXPECT_EQ(value.zero_count, 4U);
  EXPECT_EQ(value.count, 4U);
  EXPECT_TRUE(value.bucket_counts.empty());
  EXPECT_EQ(value.zero_threshold, 0x1p-128);
}

TEST_F(ExponentialHistogramTest, DropsAndCountsWhatIsNoMeasure) {
  const std::uint64_t nans = DroppedNotANumber();
  const std::uint64_t others = DroppedOutOfRange();
  const ExponentialHistogram histogram = Histogram();
  histogram.Observe(std::numeric_limits<double>::quiet_NaN());
  for (const double value : {-1.0, -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()}) {
    histogram.Observe(value);
  }
  EXPECT_EQ(Read().count, 0U);
  EXPECT_EQ(DroppedNotANumber() - nans, 1U);
  EXPECT_EQ(DroppedOutOfRange() - others, 3U);
}

TEST_F(ExponentialHistogramTest, IsAClassicHistogramAsWell) {
  const ExponentialHistogram histogram = Histogram();
  for (const double seconds : {0.0, 0.2, 0.25, 0.3, 2.0, 2.1}) histogram.Observe(seconds);
  const HistogramValue value = ReadClassic();
  EXPECT_EQ(std::vector<std::uint64_t>(value.bucket_counts.begin(), value.bucket_counts.end()),
            (std::vector<std::uint64_t>{3, 1, 0, 1, 1}));
  EXPECT_EQ(value.count, 6U);
}

TEST_F(ExponentialHistogramTest, MergesThreadsAtTheResolutionOfTheCoarsest) {
  const ExponentialHistogram histogram = Histogram();
  histogram.Observe(1);
  std::thread([&] {
    histogram.Observe(1e-6);
    histogram.Observe(10);
  }).join();
  const ExponentialValue& value = Read();
  EXPECT_LT(value.schema, kMaxExponentialSchema);
  EXPECT_EQ(value.count, 3U);
  EXPECT_EQ(SumOf(value.bucket_counts), 3U);
}

TEST_F(ExponentialHistogramTest, BoundsItsBucketsOverThreadsWithDifferentRanges) {
  const ExponentialHistogram histogram = Histogram();
  for (const double seconds : {1e-9, 1e-3, 1e3, 1e9}) std::thread([&] { histogram.Observe(seconds); }).join();
  std::thread first([&] { histogram.Observe(1e30); });
  histogram.Observe(1e-30);
  first.join();
  EXPECT_LE(Read().bucket_counts.size(), internal::kExponentialBuckets);
  EXPECT_EQ(Read().count, 6U);
}

TEST_F(ExponentialHistogramTest, ARunThatIsUsedAgainStartsAtNothing) {
  for (int round = 0; round < 5; ++round) {
    family_.With("a").Observe(0.5);
    std::thread([&] { family_.With("a").Observe(1e-5 * (1 << round)); }).join();
    EXPECT_EQ(Read().count, 2U) << round;
    ASSERT_TRUE(family_.Remove("a"));
    // Gives the run back: nothing can see the series any more.
    static_cast<void>(registry_.TakeSnapshot());
  }
}

TEST_F(ExponentialHistogramTest, ADefaultConstructedOneIsASink) {
  const ExponentialHistogram sink;
  for (const double value : {0.0, 1.0, 1e300}) sink.Observe(value);
}

// Goal: in every snapshot, count == zeros and the sum of the buckets, while threads record, change
// their layouts, and come and go; and nothing is lost. Method: threads that spread their values
// ever wider, and a reader that checks each reading.
// Invariant 1 of metrics_core/internal/cells/exponential_run.h.
TEST_F(ExponentialHistogramTest, IsConsistentWhileThreadsRecordAndGiveUpResolution) {
  constexpr int kThreads = 4;
  constexpr int kValues = 50'000;
  const ExponentialHistogram histogram = Histogram();
  std::atomic<int> running{kThreads};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kValues; ++i) histogram.Observe(std::exp2((i % 2 == 0 ? 1 : -1) * thread * i / 10'000.0));
      running.fetch_sub(1, std::memory_order_release);
    });
  }
  std::uint64_t last = 0;
  while (running.load(std::memory_order_acquire) > 0) {
    const ExponentialValue& value = Read();
    ASSERT_EQ(value.count, value.zero_count + SumOf(value.bucket_counts));
    ASSERT_GE(value.count, last);
    last = value.count;
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Read().count, std::uint64_t{kThreads} * kValues);
}

// Goal: sum and count belong together, however fast a thread records. Method: a thread that
// observes ones, so that the sum is the count, against a reader that allows one observation between
// them.
// Invariant 2 of metrics_core/internal/cells/exponential_run.h.
TEST_F(ExponentialHistogramTest, KeepsItsSumWithItsCount) {
  const ExponentialHistogram histogram = Histogram();
  std::atomic<bool> is_done{false};
  std::thread recorder([&] {
    while (!is_done.load(std::memory_order_relaxed)) histogram.Observe(1);
  });
  for (int i = 0; i < 20'000; ++i) {
    const ExponentialValue& value = Read();
    ASSERT_EQ(value.count, value.zero_count + SumOf(value.bucket_counts));
    ASSERT_NEAR(value.sum, static_cast<double>(value.count), 1);
  }
  is_done.store(true, std::memory_order_relaxed);
  recorder.join();
}

TEST_F(ExponentialHistogramTest, ASeriesThatIsUsedAfterAnotherDoesNotExpire) {
  const auto family =
      registry_
          .AddExponentialHistogram(
              {.name = "size_bytes", .help = "Test", .labels = {"k"}, .expire_after = std::chrono::nanoseconds(100)},
              BucketBounds::From({}).value())
          .value();
  family.Lookup("old")->Observe(1);
  ASSERT_TRUE(family.Remove("old"));
  static_cast<void>(registry_.TakeSnapshot(900));
  static_cast<void>(family.With("new"));
  static_cast<void>(registry_.TakeSnapshot(1000));
  // The old series' count goes, and the new one's comes.
  family.Lookup("new")->Observe(1);
  static_cast<void>(registry_.TakeSnapshot(1050));
  const Snapshot snapshot = registry_.TakeSnapshot(1120);
  EXPECT_EQ(snapshot.families().back().size(), 1U);
}

}  // namespace
}  // namespace streamhouse::metrics
