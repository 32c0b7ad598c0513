#include "metrics_core/internal/shared_cell.h"

#include <utility>

#include <gtest/gtest.h>

#include "metrics_core/internal/cells/cell_arena.h"

namespace streamhouse::metrics::internal {
namespace {

SharedCell MakeCell() {
  return SharedCell(SeriesRef::Adopt(AllocateRun({.length = 1, .storage = CellStorage::kShared})));
}

TEST(SharedCellTest, ADefaultConstructedOneHasNoCell) {
  EXPECT_EQ(SharedCell().get(), nullptr);
  EXPECT_EQ(SharedCell(SeriesRef()).get(), nullptr);
}

TEST(SharedCellTest, CopiesShareTheCell) {
  const SharedCell cell = MakeCell();
  ASSERT_NE(cell.get(), nullptr);
  const SharedCell copy = cell;
  EXPECT_EQ(copy.get(), cell.get());
}

TEST(SharedCellTest, AMovedFromHandleHasNoCell) {
  SharedCell cell = MakeCell();
  SharedCell moved = std::move(cell);
  EXPECT_EQ(cell.get(), nullptr);  // NOLINT(bugprone-use-after-move): what is asked
  SharedCell assigned;
  assigned = std::move(moved);
  EXPECT_EQ(moved.get(), nullptr);  // NOLINT(bugprone-use-after-move): what is asked
  EXPECT_NE(assigned.get(), nullptr);
}

}  // namespace
}  // namespace streamhouse::metrics::internal
