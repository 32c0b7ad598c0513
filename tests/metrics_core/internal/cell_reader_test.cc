#include "metrics_core/internal/cell_reader.h"

#include <bit>
#include <cstdint>
#include <span>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "metrics_core/internal/cell_arena.h"
#include "metrics_core/internal/shard.h"

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

TEST(CellReaderTest, ReadsZeroWhereNobodyHasRecorded) {
  EXPECT_EQ(CellReader().Sum(AllocateRun({})), 0U);
  EXPECT_EQ(CellReader().SumOfDoubles(AllocateRun({.numbers = CellNumbers::kDoubles})), 0.0);
}

TEST(CellReaderTest, SumsAreModular) {
  const Slot slot = AllocateRun({});
  Record(slot, kMaxCount);
  OnAnotherThread([&] { Record(slot, std::uint64_t{3}); });
  EXPECT_EQ(CellReader().Sum(slot), 2U);
}

TEST(CellReaderTest, AddsUpDoubles) {
  const Slot slot = AllocateRun({.numbers = CellNumbers::kDoubles});
  Record(slot, 0.5);
  std::thread recorder([&] { Record(slot, 0.25); });
  recorder.join();
  EXPECT_EQ(CellReader().SumOfDoubles(slot), 0.75);
}

TEST(CellReaderTest, FindsShardsMadeSinceTheLastPass) {
  const Slot slot = AllocateRun({});
  CellReader reader;
  EXPECT_EQ(reader.Sum(slot), 0U);
  // Both at once, so that at least one of them has a shard and a chunk that the first pass cannot know.
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

}  // namespace
}  // namespace streamhouse::metrics::internal
