#include "agent/lag/lag_metrics.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/lag/group_partition_series.h"
#include "tests/agent/lag/lag_metrics_fixture.h"

namespace streamhouse::agent {
namespace {

using LagMetricsTest = LagMetricsFixture;

TEST_F(LagMetricsTest, HaveNoSeriesOfTopicsAndGroupsAtFirst) {
  EXPECT_EQ(CountOfTopicsAndGroups(), 0U);
  EXPECT_EQ(Value("lag_series_left_out"), 0);
  EXPECT_EQ(Value("lag_refreshes_total", {{"outcome", "failed"}}), 0);
}

TEST_F(LagMetricsTest, WithTheLongestNamesHaveRoomWithoutAnOverflowSeries) {
  const std::string topic(249, 't');
  std::vector<std::unique_ptr<GroupPartitionSeries>> all;
  for (std::uint32_t i = 0; i < kGroupPartitionsShownMax; ++i) {
    const std::string group = std::string(244, '"') + std::to_string(10'000 + i);
    all.push_back(std::make_unique<GroupPartitionSeries>(families_, topic, 999, group));
    all.back()->Show(1, {.records = 1});
  }
  EXPECT_EQ(Count("group_lag_records"), kGroupPartitionsShownMax);
  EXPECT_EQ(families_.lag_records.OverflowedLookups(), 0U);
}

}  // namespace
}  // namespace streamhouse::agent
