// GroupPartitionSeries: the series of one partition of one group (LagMetrics), until the object is
// destroyed. The families must outlive it.
//
// When to use something else: partition_series.h, for the log of the partition; group_series.h, for
// the group.
// Guarantees: a value that is not known has no series: not 0, not the last value.
// Thread safety: one thread at a time.
// Cost: a look-up for a series that appears or ends; a store for a value that stays on the page.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "agent/lag/group_lag.h"
#include "agent/lag/lag_metrics.h"
#include "agent/lag/optional_series.h"

namespace streamhouse::agent {

class GroupPartitionSeries {
 public:
  GroupPartitionSeries(const LagMetrics& families, std::string topic, std::uint32_t partition, std::string group);

  void Show(std::uint64_t committed, const PartitionLag& lag);

 private:
  const std::array<std::string, 3> labels_;
  OptionalGauge<3> committed_offset_;
  OptionalGauge<3> records_;
  OptionalGauge<3> bytes_;
  OptionalDoubleGauge<3> seconds_;
  OptionalDoubleGauge<3> margin_;
};

}  // namespace streamhouse::agent
