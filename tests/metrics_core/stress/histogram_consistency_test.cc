// Goal: a scrape of a histogram tells the truth however fast its threads record.
// Method: every observation is of the value 1, in the last and the first bucket by turns, so a sum
// is a number of observations. A scrape may then see:
// - a count that is the sum of the buckets,
// - a sum that differs from the count by at most one a thread,
// - a count, a sum and buckets that never run backwards,
// - at the end, all observations.
// The checker runs first without other threads: what it reports then is a fault of the test or of
// plain code.
#include <array>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "metrics_core/registry.h"

namespace streamhouse::metrics {
namespace {

constexpr std::size_t kMostBounds = BucketBounds::kMaxBounds;

class HistogramConsistencyTest : public testing::TestWithParam<SeriesStorage> {
 protected:
  // One histogram at a time, so that it is recorded as fast as can be.
  void Observe(int times) {
    const double in_first_bucket = -1e-300;
    for (int i = 0; i < times; ++i) doubles_.Observe(1);
    for (int i = 0; i < times; ++i) ticks_.Observe(1);
    for (int i = 0; i < times; ++i) {
      in_two_buckets_.Observe(1);
      in_two_buckets_.Observe(in_first_bucket);
    }
  }

  // Checks one scrape against the one before. `threads` have recorded.
  void CheckScrape(int threads) {
    const Snapshot snapshot = registry_.TakeSnapshot();
    for (std::size_t family = 0; family < last_.size(); ++family) {
      const HistogramValue now = snapshot.families()[family].As<HistogramValues>()[0];
      Last& last = last_[family];
      ASSERT_EQ(now.count, std::accumulate(now.bucket_counts.begin(), now.bucket_counts.end(), std::uint64_t{0}));
      ASSERT_GE(now.count, last.count);
      ASSERT_GE(now.sum, last.sum);
      const double each = family == kInTwoBuckets ? 0.5 : 1;
      ASSERT_LE(std::abs(now.sum - static_cast<double>(now.count) * each), threads) << family;
      for (std::size_t i = 0; i < last.buckets.size(); ++i) ASSERT_GE(now.bucket_counts[i], last.buckets[i]);
      last = {.count = now.count, .sum = now.sum, .buckets = {now.bucket_counts.begin(), now.bucket_counts.end()}};
    }
  }

  struct Last {
    std::uint64_t count = 0;
    double sum = 0;
    std::vector<std::uint64_t> buckets;
  };
  static constexpr std::size_t kInTwoBuckets = 2;

  Histogram Add(std::string name) {
    return registry_
        .AddHistogram({.name = std::move(name), .help = "h", .storage = GetParam()},
                      BucketBounds::Linear(0, 1.0 / kMostBounds, kMostBounds).value())
        .value()
        .With();
  }

  Registry registry_;
  const Histogram doubles_ = Add("doubles");
  const TickHistogram ticks_ =
      registry_
          .AddTickHistogram({.name = "ticks", .help = "h", .storage = GetParam()}, BucketBounds::From({0}).value(), 1)
          .value()
          .With();
  const Histogram in_two_buckets_ = Add("in_two_buckets");
  std::array<Last, 3> last_;
};

INSTANTIATE_TEST_SUITE_P(Storage, HistogramConsistencyTest,
                         testing::Values(SeriesStorage::kPerThread, SeriesStorage::kShared), [](const auto& storage) {
                           return storage.param == SeriesStorage::kShared ? "Shared" : "PerThread";
                         });

TEST_P(HistogramConsistencyTest, TheCheckerIsContentWithoutOtherThreads) {
  for (int round = 0; round < 100; ++round) {
    Observe(round);
    CheckScrape(0);
  }
  EXPECT_EQ(last_[0].count, 4'950U);
  EXPECT_EQ(last_[kInTwoBuckets].count, 9'900U);
}

TEST_P(HistogramConsistencyTest, EveryScrapeIsConsistentWhileThreadsRecordFlatOut) {
  constexpr int kThreads = 2;
  constexpr int kObservations = 10'000;
  constexpr int kScrapes = 3'000;
  std::atomic<bool> stop = false;
  std::atomic<int> rounds = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      while (!stop) {
        Observe(kObservations);
        ++rounds;
      }
    });
  }
  for (int scrape = 0; scrape < kScrapes && !HasFatalFailure(); ++scrape) CheckScrape(kThreads);
  stop = true;
  for (std::thread& thread : threads) thread.join();
  CheckScrape(0);
  EXPECT_EQ(last_[0].count, std::uint64_t{kObservations} * rounds);
  EXPECT_EQ(last_[1].count, std::uint64_t{kObservations} * rounds);
  EXPECT_EQ(last_[kInTwoBuckets].count, std::uint64_t{2 * kObservations} * rounds);
}

}  // namespace
}  // namespace streamhouse::metrics
