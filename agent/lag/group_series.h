// GroupSeries: the series of one group (LagMetrics), until the object is destroyed. The families
// must outlive it.
//
// When to use something else: group_partition_series.h, for one partition of the group.
// Guarantees: a value that is not known has no series: not 0, not the last value.
// Thread safety: one thread at a time.
// Cost: a look-up for a series that appears or ends; a store for a value that stays on the page.
#pragma once

#include <array>
#include <string>

#include "agent/groups/group_activity.h"
#include "agent/groups/group_times.h"
#include "agent/lag/group_lag.h"
#include "agent/lag/lag_metrics.h"
#include "agent/lag/optional_series.h"
#include "metrics_core/family.h"
#include "metrics_core/state_set.h"

namespace streamhouse::agent {

class GroupSeries {
 public:
  GroupSeries(const LagMetrics& families, std::string group);
  ~GroupSeries();
  GroupSeries(const GroupSeries&) = delete;
  GroupSeries& operator=(const GroupSeries&) = delete;

  void Show(const GroupLag& lag, const GroupActivity& activity, const GroupTime& time);

 private:
  const std::array<std::string, 1> labels_;
  OptionalGauge<1> sum_records_;
  OptionalGauge<1> max_records_;
  OptionalGauge<1> sum_bytes_;
  OptionalGauge<1> max_bytes_;
  OptionalDoubleGauge<1> max_seconds_;
  OptionalDoubleGauge<1> margin_min_;
  OptionalGauge<1> partitions_;
  OptionalGauge<1> partitions_unknown_;
  OptionalGauge<1> members_;
  OptionalDoubleGauge<1> last_request_;
  OptionalDoubleGauge<1> last_commit_;
  const metrics::Family<metrics::StateSet, 1>& states_;
  const metrics::StateSet state_;
};

}  // namespace streamhouse::agent
