#include "agent/log/sparse_index.h"

#include <gtest/gtest.h>

namespace streamhouse::agent {
namespace {

TEST(SparseIndexTest, StartsAtZeroWhenEmpty) {
  EXPECT_EQ(SparseIndex().Find(7), 0U);
}

TEST(SparseIndexTest, FindsTheLastEntryAtOrBeforeTheOffset) {
  SparseIndex index;
  index.Add(100, 0);
  index.Add(200, kIndexIntervalBytes);
  index.Add(300, 2 * kIndexIntervalBytes);
  EXPECT_EQ(index.Find(100), 0U);
  EXPECT_EQ(index.Find(199), 0U);
  EXPECT_EQ(index.Find(200), kIndexIntervalBytes);
  EXPECT_EQ(index.Find(1000), 2 * kIndexIntervalBytes);
}

TEST(SparseIndexTest, SkipsBatchesThatAreCloserThanItsInterval) {
  SparseIndex index;
  index.Add(0, 0);
  index.Add(1, kIndexIntervalBytes - 1);
  EXPECT_EQ(index.Find(1), 0U);
}

}  // namespace
}  // namespace streamhouse::agent
