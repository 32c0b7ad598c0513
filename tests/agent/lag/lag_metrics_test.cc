#include "agent/lag/lag_metrics.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/agent/lag/shown_states.h"

namespace streamhouse::agent {
namespace {

using metrics::testing::MetricReader;

class LagMetricsTest : public testing::Test {
 protected:
  std::optional<double> Value(const std::string& name, metrics::testing::LabelPairs labels = {}) {
    return MetricReader(registry_).Value("streamhouse_agent_" + name, labels);
  }
  std::size_t Count(const std::string& name) {
    return MetricReader(registry_).SeriesCount("streamhouse_agent_" + name);
  }

  // The series of all families that have labels of a topic or group.
  std::size_t CountOfTopicsAndGroups() {
    std::size_t count = 0;
    const metrics::Snapshot page = registry_.TakeSnapshot();
    for (const metrics::FamilySnapshot& family : page.families()) {
      const auto& labels = family.info().label_names;
      if (!labels.empty() && labels.front() != "outcome") count += family.size();
    }
    return count;
  }

  metrics::Registry registry_;
  const LagMetrics families_ = LagMetrics::Register(registry_).value();
};

TEST_F(LagMetricsTest, HaveNoSeriesOfTopicsAndGroupsAtFirst) {
  EXPECT_EQ(CountOfTopicsAndGroups(), 0U);
  EXPECT_EQ(Value("lag_series_left_out"), 0);
  EXPECT_EQ(Value("lag_refreshes_total", {{"outcome", "failed"}}), 0);
}

TEST_F(LagMetricsTest, APartitionOfAGroupShowsWhatIsKnown) {
  GroupPartitionSeries series(families_, "orders", 1, "billing");
  series.Show(7, {.records = 3, .seconds = 1.5});
  EXPECT_EQ(Value("group_lag_records", {{"topic", "orders"}, {"partition", "1"}, {"group", "billing"}}), 3);
  EXPECT_EQ(Value("group_committed_offset"), 7);
  EXPECT_EQ(Value("group_lag_seconds"), 1.5);
  EXPECT_EQ(Value("group_lag_bytes"), std::nullopt);
  EXPECT_EQ(Value("group_retention_margin_seconds"), std::nullopt);
}

TEST_F(LagMetricsTest, AValueThatIsNoLongerKnownLeavesThePage) {
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

TEST_F(LagMetricsTest, TheSeriesOfAGroupEndWithIt) {
  {
    GroupSeries series(families_, "billing");
    GroupLag lag;
    lag.Add({.records = 3, .bytes = 9, .seconds = 1.5, .margin_seconds = 4});
    series.Show(lag, {.members = 2, .state = GroupState::kActive}, {.request_ms = 2, .commit_ms = 1});
    EXPECT_EQ(ShownStates(registry_), "active");
    EXPECT_EQ(Value("group_members"), 2);
  }
  EXPECT_EQ(CountOfTopicsAndGroups(), 0U);
}

TEST_F(LagMetricsTest, TheSeriesOfPartitionsEndWithThem) {
  {
    GroupPartitionSeries of_group(families_, "orders", 1, "billing");
    of_group.Show(7, {.records = 3, .bytes = 9, .seconds = 1.5, .margin_seconds = 4});
    PartitionSeries of_log(families_, "orders", 1);
    of_log.Show({.start_offset = 2, .end_offset = 10, .bytes = 100, .segments = 1}, 4);
    EXPECT_EQ(Value("partition_log_end_offset", {{"topic", "orders"}, {"partition", "1"}}), 10);
    EXPECT_EQ(CountOfTopicsAndGroups(), 10U);
  }
  EXPECT_EQ(CountOfTopicsAndGroups(), 0U);
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
