#include "metrics_core/internal/cells/cell_arena.h"

#include <cstdint>
#include <thread>

#include <gtest/gtest.h>

#include "metrics_core/internal/cells/cell_reader.h"
#include "metrics_core/internal/cells/shard.h"

namespace streamhouse::metrics::internal {
namespace {

constexpr RunShape kCounterShape = {};
constexpr RunShape kSharedShape = {.storage = CellStorage::kShared};

template <typename Number>
void Record(Slot slot, Number n) {
  // Relaxed: the tests read on the same thread, or after joining.
  SlowCells(slot).Add(0, n, std::memory_order_relaxed);
}

// Invariant 3 of metrics_core/internal/cells/cell.h.
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
  EXPECT_NE(AllocateRun({.length = 3, .storage = CellStorage::kShared}), slot);
  EXPECT_NE(AllocateRun({.length = 2}), slot);
  EXPECT_EQ(AllocateRun({.length = 3}), slot);
}

// Invariant 1 of metrics_core/internal/series/series_ref.h.
TEST(CellArenaTest, AHandleKeepsARunFromBeingReused) {
  const Slot slot = AllocateRun(kCounterShape);
  ReferenceRun(slot);
  DereferenceRun(slot);
  EXPECT_EQ(RunReferences(slot), 1U);
  EXPECT_NE(AllocateRun(kCounterShape), slot);
  DereferenceRun(slot);
  EXPECT_EQ(AllocateRun(kCounterShape), slot);
}

// Invariant 1 of metrics_core/internal/cells/cell.h.
TEST(CellArenaTest, AReusedRunIsZeroInTheCellsOfEveryThread) {
  const Slot run = AllocateRun({.length = 4});
  for (Slot i = 0; i < 4; ++i) Record(run + i, std::uint64_t{41});
  std::thread([&] { Record(run + 3, 1e300); }).join();
  DereferenceRun(run);
  ASSERT_EQ(AllocateRun({.length = 4}), run);
  for (Slot i = 0; i < 4; ++i) EXPECT_EQ(CellReader().Sum(run + i), 0U);
  Record(run, std::uint64_t{5});
  EXPECT_EQ(CellReader().Sum(run), 5U);
}

TEST(CellArenaTest, TheNeighboursOfAReusedRunKeepTheirValues) {
  const Slot runs[] = {AllocateRun({.length = 9}), AllocateRun({.length = 9}), AllocateRun({.length = 9})};
  for (const Slot run : runs) {
    for (Slot i = 0; i < 9; ++i) Record(run + i, std::uint64_t{1});
  }
  DereferenceRun(runs[1]);
  ASSERT_EQ(AllocateRun({.length = 9}), runs[1]);
  for (Slot i = 0; i < 9; ++i) EXPECT_EQ(CellReader().Sum(runs[0] + i) + CellReader().Sum(runs[2] + i), 2U);
}

TEST(CellArenaTest, ASharedRunIsZeroedForReuse) {
  const Slot slot = AllocateRun(kSharedShape);
  Record(slot, std::uint64_t{7});
  DereferenceRun(slot);
  ASSERT_EQ(AllocateRun(kSharedShape), slot);
  EXPECT_EQ(CellReader().Sum(slot), 0U);
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
