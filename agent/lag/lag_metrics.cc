#include "agent/lag/lag_metrics.h"

#include <cstdint>
#include <string>
#include <utility>

#include "metrics_core/clock.h"
#include "metrics_core/family_registration.h"
#include "metrics_core/latency_bounds.h"
#include "metrics_core/metric_options.h"

namespace streamhouse::agent {
namespace {

using metrics::Aggregation;
using metrics::Labels;
using metrics::MetricOptions;

constexpr Labels kByPartition{"topic", "partition"};
constexpr Labels kByGroupPartition{"topic", "partition", "group"};
constexpr Labels kByGroup{"group"};

// The limits are kept here, not by the families: an overflow series would add lags of different
// partitions. The longest names have 800 bytes of label text. A family has room for that only if
// its series_max is a multiple of the series. Removed series that a snapshot still holds need room
// too.
constexpr std::uint32_t kRoom = 8;

MetricOptions Options(std::string name, std::string help, std::string unit = "",
                      Aggregation aggregation = Aggregation::kSum) {
  return {.name = "streamhouse_agent_" + std::move(name),
          .help = std::move(help),
          .unit = std::move(unit),
          .aggregation = aggregation,
          .series_max = kRoom * static_cast<std::uint32_t>(kGroupPartitionsShownMax)};
}
static_assert(kPartitionsShownMax <= kGroupPartitionsShownMax && kGroupsShownMax <= kGroupPartitionsShownMax);

void AddPartitionFamilies(metrics::Registry& registry, metrics::FamilyRegistration& families, LagMetrics& made) {
  const auto add = [&](MetricOptions options) {
    return families.Keep(registry.AddGauge(std::move(options), kByPartition));
  };
  made.log_start_offset =
      add(Options("partition_log_start_offset", "Offset of the first record of the log at the last refresh"));
  made.log_end_offset =
      add(Options("partition_log_end_offset", "Offset after the last record of the log at the last refresh"));
  made.log_bytes =
      add(Options("partition_log_bytes", "Bytes of the segment files of the log at the last refresh", "bytes"));
  made.log_segments = add(Options("partition_log_segments", "Segment files of the log at the last refresh"));
  made.leader_epoch = add(Options(
      "partition_leader_epoch", "Epoch of the lease that this agent holds at the last refresh", "", Aggregation::kMax));
}

void AddGroupPartitionFamilies(metrics::Registry& registry, metrics::FamilyRegistration& families, LagMetrics& made) {
  const auto add = [&](MetricOptions options) {
    return families.Keep(registry.AddGauge(std::move(options), kByGroupPartition));
  };
  made.committed_offset =
      add(Options("group_committed_offset", "Offset of the next record of the group at the last refresh"));
  made.lag_records =
      add(Options("group_lag_records", "Readable records that the group has before it at the last refresh"));
  made.lag_bytes =
      add(Options("group_lag_bytes",
                  "Keys, values and headers of the records that the group has before it at the last refresh", "bytes"));
  made.lag_seconds = families.Keep(registry.AddDoubleGauge(
      Options("group_lag_seconds", "Age of the first record that the group has before it at the last refresh, or 0",
              "seconds", Aggregation::kMax),
      kByGroupPartition));
  made.retention_margin_seconds = families.Keep(registry.AddDoubleGauge(
      Options(
          "group_retention_margin_seconds",
          "Time from the last refresh until retention by age may remove the first record that the group has before it",
          "seconds"),
      kByGroupPartition));
}

void AddGroupFamilies(metrics::Registry& registry, metrics::FamilyRegistration& families, LagMetrics& made) {
  const auto add = [&](MetricOptions options) {
    return families.Keep(registry.AddGauge(std::move(options), kByGroup));
  };
  const auto add_double = [&](MetricOptions options) {
    return families.Keep(registry.AddDoubleGauge(std::move(options), kByGroup));
  };
  made.sum_records = add(Options("group_lag_sum_records",
                                 "Sum of the lag in records over the partitions of the group at the last refresh"));
  made.max_records =
      add(Options("group_lag_max_records", "Largest lag in records of a partition of the group at the last refresh", "",
                  Aggregation::kMax));
  made.sum_bytes = add(Options(
      "group_lag_sum_bytes", "Sum of the lag in bytes over the partitions of the group at the last refresh", "bytes"));
  made.max_bytes =
      add(Options("group_lag_max_bytes", "Largest lag in bytes of a partition of the group at the last refresh",
                  "bytes", Aggregation::kMax));
  made.max_seconds = add_double(Options("group_lag_max_seconds",
                                        "Largest lag in seconds of a partition of the group at the last refresh",
                                        "seconds", Aggregation::kMax));
  made.margin_min_seconds =
      add_double(Options("group_retention_margin_min_seconds",
                         "Smallest retention margin of a partition of the group at the last refresh", "seconds"));
  made.partitions =
      add(Options("group_partitions", "Partitions with a committed offset of the group at the last refresh"));
  made.partitions_unknown =
      add(Options("group_partitions_unknown",
                  "Partitions with a committed offset of the group and unknown lag at the last refresh"));
  made.members =
      add(Options("group_members", "Members of the group heard of within their session timeout at the last refresh"));
  made.state = families.Keep(registry.AddStateSet(
      Options("group_state", "Whether the group has members, or is moved by an operator, at the last refresh"),
      kByGroup, {"empty", "active", "awaited", "changing"}));
  made.last_request_seconds =
      add_double(Options("group_last_request_timestamp_seconds",
                         "Time of the last heartbeat, commit or look-up of a commit of the group by the last refresh",
                         "seconds", Aggregation::kMax));
  made.last_commit_seconds = add_double(
      Options("group_last_commit_timestamp_seconds",
              "Time of the last commit of a consumer of the group by the last refresh", "seconds", Aggregation::kMax));
}

}  // namespace

metrics::Result<LagMetrics> LagMetrics::Register(metrics::Registry& registry) {
  metrics::FamilyRegistration families(registry);
  LagMetrics made;
  // A page reads families in the order of their registration. The age comes first, or a refresh
  // that ends meanwhile would make older values look young.
  MetricOptions age = {.name = "streamhouse_agent_lag_refresh_age_seconds",
                       .help = "Time since the last complete refresh of the lag began",
                       .unit = "seconds",
                       .aggregation = Aggregation::kMax};
  auto refresh_age = registry.AddCallbackGauge(std::move(age));
  if (!refresh_age.ok()) return refresh_age.status();
  made.refresh_age = *std::move(refresh_age);
  AddPartitionFamilies(registry, families, made);
  AddGroupPartitionFamilies(registry, families, made);
  AddGroupFamilies(registry, families, made);
  made.series_left_out = families
                             .AddGauge(Options("lag_series_left_out",
                                               "Partitions of groups without series of their own at the last refresh"))
                             .With();
  made.groups_left_out =
      families.AddGauge(Options("lag_groups_left_out", "Groups without series of their own at the last refresh"))
          .With();
  made.refresh_duration =
      families
          .AddTickHistogram(Options("lag_refresh_duration_seconds", "Duration of one refresh of the lag", "seconds"),
                            metrics::LatencyBounds(), metrics::kNanosecondsPerSecond)
          .With();
  MetricOptions refreshes = Options("lag_refreshes_total", "Refreshes of the lag by outcome");
  refreshes.labels = {"outcome"};
  refreshes.storage = metrics::SeriesStorage::kShared;
  const auto by_outcome = families.AddCounter(std::move(refreshes));
  made.refreshes_complete = by_outcome.With("complete");
  made.refreshes_failed = by_outcome.With("failed");
  if (!families.status().ok()) return families.status();
  return made;
}

}  // namespace streamhouse::agent
