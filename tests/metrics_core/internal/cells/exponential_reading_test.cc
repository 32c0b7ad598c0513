#include "metrics_core/internal/cells/exponential_reading.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>

#include "metrics_core/internal/cells/cell.h"
#include "metrics_core/internal/cells/exponential_run.h"
#include "tests/metrics_core/internal/cells/exponential_run_fixture.h"

namespace streamhouse::metrics::internal {

namespace {

TEST(ExponentialReadingTest, ThreadsOfDifferentResolutionAddUpAtTheCoarsest) {
  const auto fine = std::make_unique<RunCells>();
  const auto coarse = std::make_unique<RunCells>();
  Observe(*fine, 1.01);
  Observe(*fine, 1.02);
  Observe(*coarse, 1e-20);
  Observe(*coarse, 1e20);
  const ExponentialReading one_way = Read({fine.get(), coarse.get()});
  const ExponentialReading other_way = Read({coarse.get(), fine.get()});
  EXPECT_EQ(BucketsOf(one_way), Expected({1.01, 1.02, 1e-20, 1e20}, one_way.schema));
  EXPECT_EQ(BucketsOf(one_way), BucketsOf(other_way));
  EXPECT_EQ(one_way.count, 4U);
}

TEST(ExponentialReadingTest, ShrinkGivesUpResolutionUntilTheBucketsFit) {
  const auto low = std::make_unique<RunCells>();
  const auto high = std::make_unique<RunCells>();
  Observe(*low, 1e-9);
  Observe(*high, 1e9);
  ExponentialReading reading = Read({low.get(), high.get()});
  reading.Shrink();
  EXPECT_LE(reading.buckets.size(), kExponentialBuckets);
  EXPECT_EQ(BucketsOf(reading), Expected({1e-9, 1e9}, reading.schema));
}

TEST(ExponentialReadingTest, ZerosAreCountedBesideTheBuckets) {
  const auto run = std::make_unique<RunCells>();
  OpenWindow(run->data());
  AddOwned((*run)[kZeroCell], std::uint64_t{2}, std::memory_order_release);
  AddOwned((*run)[kCountCell], std::uint64_t{2}, std::memory_order_release);
  Observe(*run, 1.0);
  const ExponentialReading reading = Read({run.get()});
  EXPECT_EQ(reading.zero_count, 2U);
  EXPECT_EQ(reading.count, 3U);
}

}  // namespace
}  // namespace streamhouse::metrics::internal
