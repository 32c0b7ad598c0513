#include "metrics_core/internal/cells/whole_reading.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace streamhouse::metrics::internal {
namespace {

using Buckets = std::vector<std::uint64_t>;

TEST(WholeReadingTest, ReadsTheCountAndTheSumOfARun) {
  std::array<Cell, kFirstBucketCell> run{};
  run[kCountCell].store(7, std::memory_order_relaxed);
  run[kSumCell].store(70, std::memory_order_relaxed);
  const CountAndSum read = ReadCountAndSum(run.data());
  EXPECT_EQ(read.count, 7U);
  EXPECT_EQ(read.sum, 70U);
}

// Observations of the value 1: the sum is as large as the count, or one observation ahead.
TEST(WholeReadingTest, TheSumIsAtMostOneObservationAheadWhileItsOwnerRecords) {
  std::array<Cell, kFirstBucketCell> run{};
  std::atomic<bool> stop = false;
  std::thread owner([&] {
    while (!stop.load(std::memory_order_relaxed)) {
      AddOwned(run[kSumCell], std::uint64_t{1}, std::memory_order_release);
      AddOwned(run[kCountCell], std::uint64_t{1}, std::memory_order_release);
    }
  });
  for (int i = 0; i < 100'000; ++i) {
    const CountAndSum read = ReadCountAndSum(run.data());
    ASSERT_LE(read.sum - read.count, 1U);
  }
  stop = true;
  owner.join();
}

TEST(WholeReadingTest, AdvancesBucketsTowardsLaterOnesUpToACount) {
  Buckets buckets = {1, 2, 3};
  EXPECT_EQ(Advance(buckets, Buckets{2, 2, 7}, 3), 3U);
  EXPECT_EQ(buckets, (Buckets{2, 2, 5}));
}

TEST(WholeReadingTest, NeverAdvancesABucketBeyondItsLaterValue) {
  Buckets buckets = {1, 2, 3};
  EXPECT_EQ(Advance(buckets, Buckets{2, 2, 4}, 99), 2U);
  EXPECT_EQ(buckets, (Buckets{2, 2, 4}));
}

TEST(WholeReadingTest, AdvancesByNothingWhereNothingIsMissing) {
  Buckets buckets = {1, 2};
  EXPECT_EQ(Advance(buckets, Buckets{5, 5}, 0), 0U);
  EXPECT_EQ(buckets, (Buckets{1, 2}));
}

}  // namespace
}  // namespace streamhouse::metrics::internal
