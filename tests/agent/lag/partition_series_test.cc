#include "agent/lag/partition_series.h"

#include <gtest/gtest.h>

#include <optional>

#include "tests/agent/lag/lag_metrics_fixture.h"

namespace streamhouse::agent {
namespace {

using PartitionSeriesTest = LagMetricsFixture;

TEST_F(PartitionSeriesTest, HasNoEpochWhileNoLeaseIsHeld) {
  PartitionSeries series(families_, "orders", 1);
  series.Show({.end_offset = 10}, 4);
  EXPECT_EQ(Value("partition_leader_epoch"), 4);
  series.Show({.end_offset = 10}, std::nullopt);
  EXPECT_EQ(Count("partition_leader_epoch"), 0U);
}

TEST_F(PartitionSeriesTest, EndsWithItsObject) {
  {
    PartitionSeries series(families_, "orders", 1);
    series.Show({.start_offset = 2, .end_offset = 10, .bytes = 100, .segments = 1}, 4);
    EXPECT_EQ(Value("partition_log_end_offset", {{"topic", "orders"}, {"partition", "1"}}), 10);
    EXPECT_EQ(CountOfTopicsAndGroups(), 5U);
  }
  EXPECT_EQ(CountOfTopicsAndGroups(), 0U);
}

}  // namespace
}  // namespace streamhouse::agent
