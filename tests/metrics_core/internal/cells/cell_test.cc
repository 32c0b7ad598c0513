#include "metrics_core/internal/cells/cell.h"

#include <bit>
#include <cstdint>
#include <memory>
#include <thread>

#include <gtest/gtest.h>

namespace streamhouse::metrics::internal {
namespace {

// Tests of both ways to add.
using AddInteger = void (*)(Cell&, std::uint64_t, std::memory_order);
using AddDouble = void (*)(Cell&, double, std::memory_order);
constexpr AddInteger kAddInteger[] = {AddOwned, AddShared};
constexpr AddDouble kAddDouble[] = {AddOwned, AddShared};

TEST(CellTest, StartsAtZeroWhichIsZeroOfEveryNumber) {
  const auto chunk = std::make_unique<Chunk>();
  for (const Cell& cell : chunk->cells) {
    EXPECT_EQ(cell.load(std::memory_order_relaxed), 0U);
    EXPECT_EQ(std::bit_cast<double>(cell.load(std::memory_order_relaxed)), 0.0);
  }
}

TEST(CellTest, IntegersAddUpModulo2To64) {
  for (const AddInteger add : kAddInteger) {
    Cell cell{0};
    add(cell, UINT64_MAX, std::memory_order_relaxed);
    add(cell, 3, std::memory_order_release);
    EXPECT_EQ(cell.load(std::memory_order_relaxed), 2U);
  }
}

TEST(CellTest, DoublesAddUpAsDoubles) {
  for (const AddDouble add : kAddDouble) {
    Cell cell{0};
    add(cell, 0.5, std::memory_order_relaxed);
    add(cell, -0.125, std::memory_order_release);
    EXPECT_EQ(std::bit_cast<double>(cell.load(std::memory_order_relaxed)), 0.375);
  }
}

TEST(CellTest, SharedAdditionsOfTwoThreadsLoseNothing) {
  constexpr int kAdditions = 50'000;
  Cell integer{0};
  Cell number{0};
  const auto add = [&] {
    for (int i = 0; i < kAdditions; ++i) {
      AddShared(integer, std::uint64_t{1}, std::memory_order_relaxed);
      AddShared(number, 0.5, std::memory_order_relaxed);
    }
  };
  std::thread other(add);
  add();
  other.join();
  EXPECT_EQ(integer.load(std::memory_order_relaxed), 2U * kAdditions);
  EXPECT_EQ(std::bit_cast<double>(number.load(std::memory_order_relaxed)), 1.0 * kAdditions);
}

// Sinks of every kind record into one run of the first chunk, and a histogram's cells follow its
// sum and its count.
TEST(CellTest, TheSinksRunIsLongEnoughForEachKind) {
  EXPECT_GT(kSinkCells, kFirstBucketCell);
  EXPECT_GT(kSinkCells, kDownCell);
  EXPECT_LT(kSinkSlot + kSinkCells, kCellsPerChunk);
}

}  // namespace
}  // namespace streamhouse::metrics::internal
