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
  index.Add({.base_offset = 100, .position = 0});
  index.Add({.base_offset = 200, .position = kIndexIntervalBytes});
  index.Add({.base_offset = 300, .position = 2 * kIndexIntervalBytes});
  EXPECT_EQ(index.Find(99), std::nullopt);
  EXPECT_EQ(index.Find(100)->position, 0U);
  EXPECT_EQ(index.Find(199)->position, 0U);
  EXPECT_EQ(index.Find(200), (BatchPosition{.base_offset = 200, .position = kIndexIntervalBytes}));
  EXPECT_EQ(index.Find(1000)->position, 2 * kIndexIntervalBytes);
}

TEST(SparseIndexTest, FindsTheFirstEntryBehindAPosition) {
  SparseIndex index;
  index.Add({.base_offset = 100, .position = 0});
  index.Add({.base_offset = 200, .position = kIndexIntervalBytes});
  EXPECT_EQ(index.FindBehind(0), (BatchPosition{.base_offset = 200, .position = kIndexIntervalBytes}));
  EXPECT_EQ(index.FindBehind(kIndexIntervalBytes - 1)->base_offset, 200U);
  EXPECT_EQ(index.FindBehind(kIndexIntervalBytes), std::nullopt);
}

TEST(SparseIndexTest, FindsTheFirstEntryThatStartsAfterAnOffset) {
  SparseIndex index;
  index.Add({.base_offset = 100, .position = 0});
  index.Add({.base_offset = 200, .position = kIndexIntervalBytes, .message_bytes = 7});
  EXPECT_EQ(index.FindAfter(99)->base_offset, 100U);
  EXPECT_EQ(index.FindAfter(100)->base_offset, 200U);
  EXPECT_EQ(index.FindAfter(100)->message_bytes, 7U);
  EXPECT_EQ(index.FindAfter(200), std::nullopt);
}

TEST(SparseIndexTest, SkipsBatchesThatAreCloserThanItsInterval) {
  SparseIndex index;
  index.Add({.base_offset = 0, .position = 0});
  index.Add({.base_offset = 1, .position = kIndexIntervalBytes - 1});
  EXPECT_EQ(index.Find(1)->position, 0U);
}

}  // namespace
}  // namespace streamhouse::agent
