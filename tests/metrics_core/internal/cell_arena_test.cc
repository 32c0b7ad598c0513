#include "metrics_core/internal/cell_arena.h"

#include <bit>
#include <cstdint>
#include <limits>
#include <thread>

#include <gtest/gtest.h>

#include "metrics_core/internal/cell_reader.h"
#include "metrics_core/internal/shard.h"

namespace streamhouse::metrics::internal {
namespace {

constexpr RunShape kCounterShape = {};
constexpr RunShape kDoubleShape = {.numbers = CellNumbers::kDoubles};
constexpr RunShape kSharedShape = {.storage = CellStorage::kShared};

template <typename Number>
void Record(Slot slot, Number n) {
  // Relaxed: the tests read on the same thread, or after joining.
  SlowCells(slot).Add(0, n, std::memory_order_relaxed);
}

// What a series that was given the run would show.
std::uint64_t Value(Slot slot) {
  return CellReader().Sum(slot) - Baseline(slot);
}

double DoubleValue(Slot slot) {
  return CellReader().SumOfDoubles(slot) - std::bit_cast<double>(Baseline(slot));
}

TEST(CellArenaTest, RunsDoNotOverlapAndStayInOneChunk) {
  constexpr Slot kLength = 100;  // does not divide a chunk
  Slot last = AllocateRun({.length = kLength});
  for (int i = 0; i < 50; ++i) {
    const Slot run = AllocateRun({.length = kLength});
    EXPECT_GE(run, last + kLength);
    EXPECT_EQ(run / kCellsPerChunk, (run + kLength - 1) / kCellsPerChunk);
    last = run;
  }
}

TEST(CellArenaTest, TheLongestRunFitsAChunkAndTheSinkIsNoneOfThem) {
  const Slot run = AllocateRun({.length = kMaxRunCells});
  EXPECT_GE(run, kCellsPerChunk);
  EXPECT_EQ(run / kCellsPerChunk, (run + kMaxRunCells - 1) / kCellsPerChunk);
}

TEST(CellArenaTest, ARunIsReusedForTheSameShapeOnly) {
  const Slot slot = AllocateRun({.length = 3});
  DereferenceRun(slot);
  EXPECT_NE(AllocateRun({.length = 3, .numbers = CellNumbers::kDoubleSum}), slot);
  EXPECT_NE(AllocateRun({.length = 2}), slot);
  EXPECT_EQ(AllocateRun({.length = 3}), slot);
}

TEST(CellArenaTest, AHandleKeepsARunFromBeingReused) {
  const Slot slot = AllocateRun(kCounterShape);
  ReferenceRun(slot);
  DereferenceRun(slot);
  EXPECT_EQ(RunReferences(slot), 1U);
  EXPECT_NE(AllocateRun(kCounterShape), slot);
  DereferenceRun(slot);
  EXPECT_EQ(AllocateRun(kCounterShape), slot);
}

TEST(CellArenaTest, AReusedRunStartsAtZeroThoughItsCellsDoNot) {
  const Slot slot = AllocateRun(kCounterShape);
  Record(slot, std::uint64_t{41});
  std::thread([&] { Record(slot, std::uint64_t{1}); }).join();
  DereferenceRun(slot);
  ASSERT_EQ(AllocateRun(kCounterShape), slot);
  EXPECT_EQ(CellReader().Sum(slot), 42U);
  EXPECT_EQ(Value(slot), 0U);
  Record(slot, std::uint64_t{5});
  EXPECT_EQ(Value(slot), 5U);
}

TEST(CellArenaTest, TheBaselineIsModular) {
  const Slot slot = AllocateRun(kCounterShape);
  Record(slot, std::numeric_limits<std::uint64_t>::max());
  DereferenceRun(slot);
  ASSERT_EQ(AllocateRun(kCounterShape), slot);
  Record(slot, std::uint64_t{3});
  EXPECT_EQ(Value(slot), 3U);
}

TEST(CellArenaTest, EveryCellOfARunHasItsOwnBaseline) {
  const Slot run = AllocateRun({.length = 4});
  for (Slot i = 0; i < 4; ++i) Record(run + i, std::uint64_t{i + 1});
  DereferenceRun(run);
  ASSERT_EQ(AllocateRun({.length = 4}), run);
  for (Slot i = 0; i < 4; ++i) EXPECT_EQ(Baseline(run + i), i + 1);
}

TEST(CellArenaTest, ADoubleSumIsReusedWithinTheStatedError) {
  constexpr double kStatedError = kMaxReusableSum * 0x1p-53;
  const Slot slot = AllocateRun(kDoubleShape);
  Record(slot, kMaxReusableSum - 0.1);
  DereferenceRun(slot);
  ASSERT_EQ(AllocateRun(kDoubleShape), slot);
  EXPECT_EQ(DoubleValue(slot), 0.0);
  Record(slot, 0.1);
  EXPECT_NEAR(DoubleValue(slot), 0.1, kStatedError);
}

TEST(CellArenaTest, ADoubleSumBeyondTheLimitIsRetired) {
  const std::uint64_t retired_before = GetCellStatistics().retired_runs;
  for (const double sum : {kMaxReusableSum * 2, -kMaxReusableSum * 2, std::numeric_limits<double>::infinity(),
                           std::numeric_limits<double>::quiet_NaN()}) {
    const Slot slot = AllocateRun(kDoubleShape);
    Record(slot, sum);
    DereferenceRun(slot);
    EXPECT_NE(AllocateRun(kDoubleShape), slot) << sum;
  }
  EXPECT_EQ(GetCellStatistics().retired_runs, retired_before + 4);
}

TEST(CellArenaTest, ADoubleSumThatCancelsOutBetweenThreadsIsRetired) {
  const Slot slot = AllocateRun(kDoubleShape);
  std::thread([&] {
    Record(slot, 1e300);
    // Beside it, so that it has another shard.
    std::thread([&] { Record(slot, -1e300); }).join();
  }).join();
  ASSERT_EQ(CellReader().SumOfDoubles(slot), 0.0);
  DereferenceRun(slot);
  EXPECT_NE(AllocateRun(kDoubleShape), slot);
}

TEST(CellArenaTest, OnlyTheDoubleCellOfAHistogramCanRetireIt) {
  constexpr RunShape kShape = {.length = 4, .numbers = CellNumbers::kDoubleSum};
  const Slot run = AllocateRun(kShape);
  // As a double, this integer is large.
  Record(run + kCountCell, std::bit_cast<std::uint64_t>(1e300));
  DereferenceRun(run);
  EXPECT_EQ(AllocateRun(kShape), run);
}

TEST(CellArenaTest, ASharedRunIsZeroedForReuse) {
  const Slot slot = AllocateRun(kSharedShape);
  Record(slot, std::uint64_t{7});
  DereferenceRun(slot);
  ASSERT_EQ(AllocateRun(kSharedShape), slot);
  EXPECT_EQ(CellReader().Sum(slot), 0U);
  EXPECT_EQ(Baseline(slot), 0U);
}

TEST(CellArenaTest, TheSinkIsNeitherCountedNorFreed) {
  const std::uint64_t free_before = GetCellStatistics().free_runs;
  ReferenceRun(kSinkSlot);
  DereferenceRun(kSinkSlot);
  DereferenceRun(kSinkSlot);
  EXPECT_EQ(RunReferences(kSinkSlot), 0U);
  EXPECT_EQ(GetCellStatistics().free_runs, free_before);
}

TEST(CellArenaTest, AThousandLivesOfASeriesUseTheCellsOfOne) {
  DereferenceRun(AllocateRun({.length = 7}));
  const std::uint64_t cells_before = GetCellStatistics().cells;
  for (int i = 0; i < 1'000; ++i) DereferenceRun(AllocateRun({.length = 7}));
  EXPECT_EQ(GetCellStatistics().cells, cells_before);
}

}  // namespace
}  // namespace streamhouse::metrics::internal
