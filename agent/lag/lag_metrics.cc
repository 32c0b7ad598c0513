#include "agent/lag/lag_metrics.h"

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

std::optional<std::int64_t> Signed(const std::optional<std::uint64_t>& value) {
  return value ? std::optional(static_cast<std::int64_t>(*value)) : std::nullopt;
}

std::optional<double> Seconds(const std::optional<std::int64_t>& milliseconds) {
  return milliseconds ? std::optional(static_cast<double>(*milliseconds) / 1e3) : std::nullopt;
}

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

PartitionSeries::PartitionSeries(const LagMetrics& families, std::string topic, std::uint32_t partition)
    : families_(families), topic_(std::move(topic)), partition_(std::to_string(partition)) {}

PartitionSeries::~PartitionSeries() {
  log_start_offset_.Remove(families_.log_start_offset, topic_, partition_);
  log_end_offset_.Remove(families_.log_end_offset, topic_, partition_);
  log_bytes_.Remove(families_.log_bytes, topic_, partition_);
  log_segments_.Remove(families_.log_segments, topic_, partition_);
  leader_epoch_.Remove(families_.leader_epoch, topic_, partition_);
}

void PartitionSeries::Show(const LogExtent& extent, std::optional<std::uint64_t> epoch) {
  log_start_offset_.Show(families_.log_start_offset, Signed(extent.start_offset), topic_, partition_);
  log_end_offset_.Show(families_.log_end_offset, Signed(extent.end_offset), topic_, partition_);
  log_bytes_.Show(families_.log_bytes, Signed(extent.bytes), topic_, partition_);
  log_segments_.Show(families_.log_segments, Signed(extent.segments), topic_, partition_);
  leader_epoch_.Show(families_.leader_epoch, Signed(epoch), topic_, partition_);
}

GroupPartitionSeries::GroupPartitionSeries(const LagMetrics& families, std::string topic, std::uint32_t partition,
                                           std::string group)
    : families_(families), topic_(std::move(topic)), partition_(std::to_string(partition)), group_(std::move(group)) {}

GroupPartitionSeries::~GroupPartitionSeries() {
  committed_offset_.Remove(families_.committed_offset, topic_, partition_, group_);
  records_.Remove(families_.lag_records, topic_, partition_, group_);
  bytes_.Remove(families_.lag_bytes, topic_, partition_, group_);
  seconds_.Remove(families_.lag_seconds, topic_, partition_, group_);
  margin_.Remove(families_.retention_margin_seconds, topic_, partition_, group_);
}

void GroupPartitionSeries::Show(std::uint64_t committed, const PartitionLag& lag) {
  committed_offset_.Show(families_.committed_offset, Signed(committed), topic_, partition_, group_);
  records_.Show(families_.lag_records, Signed(lag.records), topic_, partition_, group_);
  bytes_.Show(families_.lag_bytes, Signed(lag.bytes), topic_, partition_, group_);
  seconds_.Show(families_.lag_seconds, lag.seconds, topic_, partition_, group_);
  margin_.Show(families_.retention_margin_seconds, lag.margin_seconds, topic_, partition_, group_);
}

GroupSeries::GroupSeries(const LagMetrics& families, std::string group)
    : families_(families), group_(std::move(group)), state_(families.state.With(group_)) {}

GroupSeries::~GroupSeries() {
  sum_records_.Remove(families_.sum_records, group_);
  max_records_.Remove(families_.max_records, group_);
  sum_bytes_.Remove(families_.sum_bytes, group_);
  max_bytes_.Remove(families_.max_bytes, group_);
  max_seconds_.Remove(families_.max_seconds, group_);
  margin_min_.Remove(families_.margin_min_seconds, group_);
  partitions_.Remove(families_.partitions, group_);
  partitions_unknown_.Remove(families_.partitions_unknown, group_);
  members_.Remove(families_.members, group_);
  last_request_.Remove(families_.last_request_seconds, group_);
  last_commit_.Remove(families_.last_commit_seconds, group_);
  // True: the constructor has made it.
  static_cast<void>(families_.state.Remove(group_));
}

void GroupSeries::Show(const GroupLag& lag, const GroupActivity& activity, const GroupTime& time) {
  sum_records_.Show(families_.sum_records, Signed(lag.sum_records()), group_);
  max_records_.Show(families_.max_records, Signed(lag.max_records()), group_);
  sum_bytes_.Show(families_.sum_bytes, Signed(lag.sum_bytes()), group_);
  max_bytes_.Show(families_.max_bytes, Signed(lag.max_bytes()), group_);
  max_seconds_.Show(families_.max_seconds, lag.max_seconds(), group_);
  margin_min_.Show(families_.margin_min_seconds, lag.margin_min_seconds(), group_);
  partitions_.Show(families_.partitions, Signed(lag.partitions()), group_);
  partitions_unknown_.Show(families_.partitions_unknown, Signed(lag.unknown_partitions()), group_);
  members_.Show(families_.members, Signed(activity.members), group_);
  last_request_.Show(families_.last_request_seconds, Seconds(time.request_ms), group_);
  last_commit_.Show(families_.last_commit_seconds, Seconds(time.commit_ms), group_);
  state_.SetOnly(static_cast<std::size_t>(activity.state));
}

}  // namespace streamhouse::agent
