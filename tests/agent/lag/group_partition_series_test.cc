#include "agent/lag/group_partition_series.h"

#include <gtest/gtest.h>

#include <optional>

#include "tests/agent/lag/lag_metrics_fixture.h"

namespace streamhouse::agent {
namespace {

using GroupPartitionSeriesTest = LagMetricsFixture;

TEST_F(GroupPartitionSeriesTest, ShowsWhatIsKnown) {
  GroupPartitionSeries series(families_, "orders", 1, "billing");
  series.Show(7, {.records = 3, .seconds = 1.5});
  EXPECT_EQ(Value("group_lag_records", {{"topic", "orders"}, {"partition", "1"}, {"group", "billing"}}), 3);
  EXPECT_EQ(Value("group_committed_offset"), 7);
  EXPECT_EQ(Value("group_lag_seconds"), 1.5);
  EXPECT_EQ(Value("group_lag_bytes"), std::nullopt);
  EXPECT_EQ(Value("group_retention_margin_seconds"), std::nullopt);
}

TEST_F(GroupPartitionSeriesTest, AValueThatIsNoLongerKnownLeavesThePage) {
  GroupPartitionSeries series(families_, "orders", 1, "billing");
  series.Show(7, {.records = 3, .bytes = 9, .seconds = 1.5, .margin_seconds = 4});
  series.Show(7, {});
  for (const char* name :
       {"group_lag_records", "group_lag_bytes", "group_lag_seconds", "group_retention_margin_seconds"}) {
    EXPECT_EQ(Count(name), 0U) << name;
  }
  EXPECT_EQ(Value("group_committed_offset"), 7);
  series.Show(8, {.records = 2});
  EXPECT_EQ(Value("group_lag_records"), 2);
}

TEST_F(GroupPartitionSeriesTest, EndsWithItsObject) {
  {
    GroupPartitionSeries series(families_, "orders", 1, "billing");
    series.Show(7, {.records = 3, .bytes = 9, .seconds = 1.5, .margin_seconds = 4});
    EXPECT_EQ(CountOfTopicsAndGroups(), 5U);
  }
  EXPECT_EQ(CountOfTopicsAndGroups(), 0U);
}

}  // namespace
}  // namespace streamhouse::agent
