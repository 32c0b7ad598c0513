#include "agent/log/sparse_index.h"

#include <gtest/gtest.h>

#include <optional>

namespace streamhouse::agent {
namespace {

TEST(SparseIndexTest, FindsNothingWhenEmpty) {
  EXPECT_EQ(SparseIndex().Find(7), std::nullopt);
  EXPECT_EQ(SparseIndex().FindBehind(0), std::nullopt);
}

TEST(SparseIndexTest, FindsTheLastEntryAtOrBeforeTheOffset) {
  SparseIndex index;
  index.Add(100, 0);
  index.Add(200, kIndexIntervalBytes);
  index.Add(300, 2 * kIndexIntervalBytes);
  EXPECT_EQ(index.Find(99), std::nullopt);
  EXPECT_EQ(index.Find(100)->position, 0U);
  EXPECT_EQ(index.Find(199)->position, 0U);
  EXPECT_EQ(index.Find(200), (BatchPlace{.base_offset = 200, .position = kIndexIntervalBytes}));
  EXPECT_EQ(index.Find(1000)->position, 2 * kIndexIntervalBytes);
}

TEST(SparseIndexTest, FindsTheFirstEntryBehindAPosition) {
  SparseIndex index;
  index.Add(100, 0);
  index.Add(200, kIndexIntervalBytes);
  EXPECT_EQ(index.FindBehind(0), (BatchPlace{.base_offset = 200, .position = kIndexIntervalBytes}));
  EXPECT_EQ(index.FindBehind(kIndexIntervalBytes - 1)->base_offset, 200U);
  EXPECT_EQ(index.FindBehind(kIndexIntervalBytes), std::nullopt);
}

TEST(SparseIndexTest, SkipsBatchesThatAreCloserThanItsInterval) {
  SparseIndex index;
  index.Add(0, 0);
  index.Add(1, kIndexIntervalBytes - 1);
  EXPECT_EQ(index.Find(1)->position, 0U);
}

}  // namespace
}  // namespace streamhouse::agent
