#include "agent/groups/group_activity.h"

#include <gtest/gtest.h>

#include <string>

#include "agent/groups/group_times.h"
#include "agent/lag/group_lag.h"
#include "agent/lag/group_series.h"
#include "agent/lag/lag_metrics.h"
#include "metrics_core/registry.h"
#include "tests/agent/lag/shown_states.h"

namespace streamhouse::agent {
namespace {

struct NamedState {
  GroupState state;
  std::string name;
};

class GroupActivityTest : public testing::TestWithParam<NamedState> {};

TEST_P(GroupActivityTest, EachStateIsShownByItsName) {
  metrics::Registry registry;
  const LagMetrics families = LagMetrics::Register(registry).value();
  GroupSeries series(families, "billing");
  series.Show(GroupLag(), {.state = GetParam().state}, GroupTime());
  EXPECT_EQ(ShownStates(registry), GetParam().name);
}

INSTANTIATE_TEST_SUITE_P(All, GroupActivityTest,
                         testing::Values(NamedState{GroupState::kEmpty, "empty"},
                                         NamedState{GroupState::kActive, "active"},
                                         NamedState{GroupState::kAwaited, "awaited"},
                                         NamedState{GroupState::kChanging, "changing"}));

}  // namespace
}  // namespace streamhouse::agent
