// PartitionSeries: the series of one partition (LagMetrics), until the object is destroyed. The
// families must outlive it.
//
// When to use something else: group_partition_series.h, for how far one group has read in it.
// Guarantees: a value that is not known has no series: not 0, not the last value.
// Thread safety: one thread at a time.
// Cost: a look-up for a series that appears or ends; a store for a value that stays on the page.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "agent/lag/lag_metrics.h"
#include "agent/lag/optional_series.h"
#include "agent/log/log_measures.h"

namespace streamhouse::agent {

class PartitionSeries {
 public:
  PartitionSeries(const LagMetrics& families, std::string topic, std::uint32_t partition);

  void Show(const LogExtent& extent, std::optional<std::uint64_t> epoch);

 private:
  const std::array<std::string, 2> labels_;
  OptionalGauge<2> log_start_offset_;
  OptionalGauge<2> log_end_offset_;
  OptionalGauge<2> log_bytes_;
  OptionalGauge<2> log_segments_;
  OptionalGauge<2> leader_epoch_;
};

}  // namespace streamhouse::agent
