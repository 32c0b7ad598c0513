#include "agent/lag/group_series.h"

#include <gtest/gtest.h>

#include "agent/groups/group_activity.h"
#include "agent/lag/group_lag.h"
#include "tests/agent/lag/lag_metrics_fixture.h"
#include "tests/agent/lag/shown_states.h"

namespace streamhouse::agent {
namespace {

using GroupSeriesTest = LagMetricsFixture;

TEST_F(GroupSeriesTest, EndsWithItsObject) {
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

}  // namespace
}  // namespace streamhouse::agent
