#include "metrics_core/internal/cells/cell_reader.h"

#include <atomic>
#include <cstdint>
#include <numeric>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "metrics_core/internal/cells/cell_arena.h"
#include "metrics_core/internal/cells/shard.h"

namespace streamhouse::metrics::internal {
namespace {

constexpr std::uint64_t kMaxCount = UINT64_MAX;

// Records by the slow way, which is right for every thread and every storage.
template <typename Number>
void Record(Slot slot, Number n) {
  // Relaxed: the tests read after joining.
  SlowCells(slot).Add(0, n, std::memory_order_relaxed);
}

template <typename Action>
void OnAnotherThread(const Action& action) {
  std::thread(action).join();
}

TEST(CellReaderTest, AddsUpWhatThreadsHaveRecorded) {
  const Slot slot = AllocateRun({});
  Record(slot, std::uint64_t{1});
  OnAnotherThread([&] { Record(slot, std::uint64_t{20}); });
  EXPECT_EQ(CellReader().Sum(slot), 21U);
}

TEST(CellReaderTest, ReadsZeroWhereNoThreadHasRecorded) {
  EXPECT_EQ(CellReader().Sum(AllocateRun({})), 0U);
  EXPECT_EQ(CellReader().SumOfDoubles(AllocateRun({})), 0.0);
}

TEST(CellReaderTest, SumsAreModular) {
  const Slot slot = AllocateRun({});
  Record(slot, kMaxCount);
  OnAnotherThread([&] { Record(slot, std::uint64_t{3}); });
  EXPECT_EQ(CellReader().Sum(slot), 2U);
}

TEST(CellReaderTest, AddsUpDoubles) {
  const Slot slot = AllocateRun({});
  Record(slot, 0.5);
  OnAnotherThread([&] { Record(slot, 0.25); });
  EXPECT_EQ(CellReader().SumOfDoubles(slot), 0.75);
}

TEST(CellReaderTest, FindsShardsMadeSinceTheLastPass) {
  const Slot slot = AllocateRun({});
  CellReader reader;
  EXPECT_EQ(reader.Sum(slot), 0U);
  // Both at once, so that at least one of them has a shard and a chunk that the first pass cannot
  // know.
  std::thread first([&] { Record(slot, std::uint64_t{1}); });
  Record(slot, std::uint64_t{1});
  first.join();
  reader.StartPass();
  EXPECT_EQ(reader.Sum(slot), 2U);
}

TEST(CellReaderTest, ReadsSharedCellsOnce) {
  const Slot slot = AllocateRun({.storage = CellStorage::kShared});
  Record(slot, std::uint64_t{2});
  OnAnotherThread([&] { Record(slot, std::uint64_t{3}); });
  EXPECT_EQ(CellReader().Sum(slot), 5U);
}

TEST(CellReaderTest, DifferenceIsUpsMinusDownsAndMayBeNegative) {
  const Slot run = AllocateRun({.length = 2});
  Record(run + kUpCell, std::uint64_t{3});
  OnAnotherThread([&] { Record(run + kDownCell, std::uint64_t{10}); });
  EXPECT_EQ(CellReader().Difference(run), -7);
}

TEST(CellReaderTest, DifferenceSurvivesCellsThatHaveWrapped) {
  const Slot run = AllocateRun({.length = 2});
  Record(run + kUpCell, kMaxCount);
  Record(run + kUpCell, std::uint64_t{6});
  Record(run + kDownCell, kMaxCount);
  EXPECT_EQ(CellReader().Difference(run), 6);
}

// Threads that were stopped in the middle of an observation, and never go on. Every observation is
// of the value 1 in the last bucket, so a sum is a number of observations.
class HistogramReadingTest : public testing::Test {
 protected:
  // How far an observation has come: its stores are made in this order.
  enum Progress { kNotBegun, kInBucket, kInSum, kCounted };
  static constexpr Slot kBuckets = 5;

  void Observe(Slot run, Progress until) {
    // Relaxed, all: the test reads after joining.
    if (until >= kInBucket) SlowCells(run).Add(kFirstBucketCell + kBuckets - 1, std::uint64_t{1}, kRelaxed);
    if (until >= kInSum) SlowCells(run).Add(kSumCell, 1.0, kRelaxed);
    if (until >= kCounted) SlowCells(run).Add(kCountCell, std::uint64_t{1}, kRelaxed);
  }

  // A run on which this thread and another one, each in its own shard, have observed and then
  // stopped.
  Slot RunStoppedAt(Progress here, Progress there) {
    const Slot run = AllocateRun({.length = kFirstBucketCell + kBuckets});
    Observe(run, kCounted);
    Observe(run, here);
    OnAnotherThread([&] { Observe(run, there); });
    return run;
  }

  HistogramReading Read(Slot run) {
    buckets_.assign(kBuckets, 0);
    return CellReader().ReadHistogram(run, buckets_);
  }

  std::uint64_t InBuckets() const { return std::accumulate(buckets_.begin(), buckets_.end(), std::uint64_t{0}); }

  static constexpr std::memory_order kRelaxed = std::memory_order_relaxed;
  std::vector<std::uint64_t> buckets_;
};

TEST_F(HistogramReadingTest, CountIsTheSumOfTheBucketsAtEveryStepOfAWriter) {
  for (const Progress here : {kNotBegun, kInBucket, kInSum, kCounted}) {
    for (const Progress there : {kNotBegun, kInBucket, kInSum, kCounted}) {
      const HistogramReading reading = Read(RunStoppedAt(here, there));
      EXPECT_EQ(reading.count, InBuckets()) << here << ' ' << there;
      EXPECT_EQ(reading.count, 1U + (here != kNotBegun) + (there != kNotBegun)) << here << ' ' << there;
    }
  }
}

TEST_F(HistogramReadingTest, TheSumLacksAtMostOneObservationOfEachWriterThatStopped) {
  for (const Progress here : {kNotBegun, kInBucket, kInSum, kCounted}) {
    for (const Progress there : {kNotBegun, kInBucket, kInSum, kCounted}) {
      const HistogramReading reading = Read(RunStoppedAt(here, there));
      const double lacking = (here == kInBucket) + (there == kInBucket);
      EXPECT_EQ(reading.double_sum, static_cast<double>(reading.count) - lacking) << here << ' ' << there;
    }
  }
}

TEST_F(HistogramReadingTest, AWriterThatGoesOnIsReadWhole) {
  const Slot run = RunStoppedAt(kCounted, kCounted);
  for (int i = 0; i < 5; ++i) {
    Observe(run, kCounted);
    const HistogramReading reading = Read(run);
    EXPECT_EQ(reading.double_sum, static_cast<double>(reading.count));
  }
}

TEST_F(HistogramReadingTest, IntegersAreReadAsIntegers) {
  constexpr std::uint64_t kLarge = (std::uint64_t{1} << 60) + 1;
  const Slot run = AllocateRun({.length = kFirstBucketCell + kBuckets});
  SlowCells(run).Add(kSumCell, kLarge, kRelaxed);
  OnAnotherThread([&] { SlowCells(run).Add(kSumCell, std::uint64_t{1}, kRelaxed); });
  EXPECT_EQ(Read(run).integer_sum, kLarge + 1);
}

}  // namespace
}  // namespace streamhouse::metrics::internal
