// LagMetrics: the families of partitions and of the lag of consumer groups.
//
//   streamhouse_agent_partition_log_start_offset        {topic, partition}         offset of the first record
//   streamhouse_agent_partition_log_end_offset          {topic, partition}         offset after the last record
//   streamhouse_agent_partition_log_bytes               {topic, partition}         of the segment files
//   streamhouse_agent_partition_log_segments            {topic, partition}
//   streamhouse_agent_partition_leader_epoch            {topic, partition}         of the lease, while it is held
//   streamhouse_agent_group_committed_offset            {topic, partition, group}
//   streamhouse_agent_group_lag_records                 {topic, partition, group}  records before the group
//   streamhouse_agent_group_lag_bytes                   {topic, partition, group}  their keys, values and headers
//   streamhouse_agent_group_lag_seconds                 {topic, partition, group}  age of the first of them, or 0
//   streamhouse_agent_group_retention_margin_seconds    {topic, partition, group}  until retention may remove it
//   streamhouse_agent_group_lag_sum_records, …_sum_bytes  {group}                  over its partitions
//   streamhouse_agent_group_lag_max_records, …_max_bytes, …_max_seconds  {group}
//   streamhouse_agent_group_retention_margin_min_seconds  {group}
//   streamhouse_agent_group_partitions, …_partitions_unknown  {group}              with a commit; of unknown lag
//   streamhouse_agent_group_members                     {group}
//   streamhouse_agent_group_state                       {group}                    state set, by GroupState
//   streamhouse_agent_group_last_request_timestamp_seconds, …_last_commit_timestamp_seconds  {group}  Unix time
//   streamhouse_agent_lag_series_left_out, streamhouse_agent_lag_groups_left_out
//   streamhouse_agent_lag_refresh_duration_seconds, streamhouse_agent_lag_refresh_age_seconds
//   streamhouse_agent_lag_refreshes_total               {outcome}                  complete, failed
//
// When to use something else: partition_series.h, group_partition_series.h and group_series.h show
// the series of one; record_metrics.h, for counters of records; consumer_metrics.h, for a
// consumer's own lag.
// Guarantees:
// 1. A value that is not known has no series: not 0, not the last value.
// 2. No look-up gets an overflow series.
// 3. No value on a page is older than the age on the page.
// Thread safety: Register from any thread.
// Cost: Register adds each family once.
// Errors: Register passes on those of the registry.
#pragma once

#include <cstddef>

#include "metrics_core/callback_family.h"
#include "metrics_core/counter.h"
#include "metrics_core/family.h"
#include "metrics_core/gauge.h"
#include "metrics_core/histogram.h"
#include "metrics_core/registry.h"
#include "metrics_core/state_set.h"
#include "metrics_core/status.h"

namespace streamhouse::agent {

// Of each, at most so many have series.
inline constexpr std::size_t kPartitionsShownMax = 10'000;
inline constexpr std::size_t kGroupPartitionsShownMax = 10'000;
inline constexpr std::size_t kGroupsShownMax = 10'000;

struct LagMetrics {
  using ByPartition = metrics::Family<metrics::Gauge, 2>;
  using ByGroupPartition = metrics::Family<metrics::Gauge, 3>;
  using ByGroup = metrics::Family<metrics::Gauge, 1>;

  static metrics::Result<LagMetrics> Register(metrics::Registry& registry);

  ByPartition log_start_offset;
  ByPartition log_end_offset;
  ByPartition log_bytes;
  ByPartition log_segments;
  ByPartition leader_epoch;

  ByGroupPartition committed_offset;
  ByGroupPartition lag_records;
  ByGroupPartition lag_bytes;
  metrics::Family<metrics::DoubleGauge, 3> lag_seconds;
  metrics::Family<metrics::DoubleGauge, 3> retention_margin_seconds;

  ByGroup sum_records;
  ByGroup max_records;
  ByGroup sum_bytes;
  ByGroup max_bytes;
  metrics::Family<metrics::DoubleGauge, 1> max_seconds;
  metrics::Family<metrics::DoubleGauge, 1> margin_min_seconds;
  ByGroup partitions;
  ByGroup partitions_unknown;
  ByGroup members;
  metrics::Family<metrics::StateSet, 1> state;
  metrics::Family<metrics::DoubleGauge, 1> last_request_seconds;
  metrics::Family<metrics::DoubleGauge, 1> last_commit_seconds;

  metrics::Gauge series_left_out;
  metrics::Gauge groups_left_out;
  metrics::TickHistogram refresh_duration;  // nanoseconds
  metrics::CallbackFamily refresh_age;
  metrics::Counter refreshes_complete;
  metrics::Counter refreshes_failed;
};

}  // namespace streamhouse::agent
