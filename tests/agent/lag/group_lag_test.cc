#include "agent/lag/group_lag.h"

#include <gtest/gtest.h>

#include <optional>

namespace streamhouse::agent {
namespace {

TEST(GroupLagTest, WithoutPartitionsNoLagIsKnown) {
  const GroupLag lag;
  EXPECT_EQ(lag.partitions(), 0U);
  EXPECT_FALSE(lag.sum_records() || lag.max_records() || lag.sum_bytes() || lag.max_seconds());
}

TEST(GroupLagTest, AddsUpAndKeepsTheWorst) {
  GroupLag lag;
  lag.Add({.records = 3, .bytes = 30, .seconds = 1.5, .margin_seconds = 60});
  lag.Add({.records = 5, .bytes = 20, .seconds = 0.5, .margin_seconds = -2});
  EXPECT_EQ(lag.sum_records(), 8U);
  EXPECT_EQ(lag.max_records(), 5U);
  EXPECT_EQ(lag.sum_bytes(), 50U);
  EXPECT_EQ(lag.max_bytes(), 30U);
  EXPECT_EQ(lag.max_seconds(), 1.5);
  EXPECT_EQ(lag.margin_min_seconds(), -2);
}

TEST(GroupLagTest, ASumIsUnknownWhereAPartIs) {
  GroupLag lag;
  lag.Add({.records = 3, .bytes = 30});
  lag.Add({.records = 4});
  EXPECT_EQ(lag.sum_records(), 7U);
  EXPECT_EQ(lag.sum_bytes(), std::nullopt);
  EXPECT_EQ(lag.max_bytes(), 30U);
  lag.Add({});
  EXPECT_EQ(lag.sum_records(), std::nullopt);
  EXPECT_EQ(lag.max_records(), 4U);
  EXPECT_EQ(lag.partitions(), 3U);
  EXPECT_EQ(lag.unknown_partitions(), 1U);
}

TEST(GroupLagTest, ALagOfZeroIsKnown) {
  GroupLag lag;
  lag.Add({.records = 0, .bytes = 0, .seconds = 0});
  EXPECT_EQ(lag.sum_records(), 0U);
  EXPECT_EQ(lag.max_seconds(), 0.0);
  EXPECT_EQ(lag.margin_min_seconds(), std::nullopt);
}

}  // namespace
}  // namespace streamhouse::agent
