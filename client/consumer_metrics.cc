#include "client/consumer_metrics.h"

#include <algorithm>
#include <utility>

#include "metrics_core/clock.h"
#include "metrics_core/family_registration.h"
#include "metrics_core/latency_bounds.h"

namespace streamhouse::client {

using metrics::FamilyRegistration;
using metrics::kNanosecondsPerSecond;
using metrics::LatencyBounds;
using metrics::MetricOptions;
using metrics::Registry;
using metrics::Result;
using metrics::TickHistogram;

namespace {

MetricOptions ByTopic(std::string name, std::string help, std::string unit = "") {
  return {.name = std::move(name), .help = std::move(help), .unit = std::move(unit), .labels = {"topic"}};
}

MetricOptions ByPartition(std::string name, std::string help, std::string unit = "") {
  return {.name = std::move(name),
          .help = std::move(help),
          .unit = std::move(unit),
          .labels = {"topic", "partition", "group"}};
}

}  // namespace

void ConsumerPartitionMetrics::SetLag(Offset records, double seconds) const {
  lag_records_.With(topic_, partition_, group_).Set(static_cast<std::int64_t>(records));
  lag_seconds_.With(topic_, partition_, group_).Set(seconds);
}

void ConsumerPartitionMetrics::RemoveLag() const {
  // A series that never had a value is not there to be removed.
  static_cast<void>(lag_records_.Remove(topic_, partition_, group_));
  static_cast<void>(lag_seconds_.Remove(topic_, partition_, group_));
}

void ConsumerPartitionMetrics::SetLastCommitted(Offset next) const {
  last_committed_offset_.With(topic_, partition_, group_).Set(static_cast<std::int64_t>(next));
}

void ConsumerPartitionMetrics::SetCurrent(Offset next) const {
  current_offset_.With(topic_, partition_, group_).Set(static_cast<std::int64_t>(next));
}

void ConsumerPartitionMetrics::Remove() const {
  RemoveLag();
  // As in RemoveLag().
  static_cast<void>(last_committed_offset_.Remove(topic_, partition_, group_));
  static_cast<void>(current_offset_.Remove(topic_, partition_, group_));
}

Result<ConsumerMetrics> ConsumerMetrics::Register(Registry& registry) {
  ConsumerMetrics made;
  FamilyRegistration families(registry);
  made.records_consumed_ =
      families.AddCounter(ByTopic("streamhouse_consumer_records_consumed_total", "Records returned by Poll()"));
  made.bytes_consumed_ = families.AddCounter(
      ByTopic("streamhouse_consumer_bytes_consumed_total", "Bytes of keys, values and headers returned by Poll()"));
  made.damaged_records_skipped_ = families.AddCounter(
      ByTopic("streamhouse_consumer_damaged_records_skipped_total", "Offsets of damaged records that were skipped"));
  made.poll_duration_ = families.AddTickHistogram(
      ByTopic("streamhouse_consumer_poll_duration_seconds", "Duration of calls of Poll(), waiting included", "seconds"),
      LatencyBounds(), kNanosecondsPerSecond);
  made.lag_records_ = families.AddGauge(
      ByPartition("streamhouse_consumer_lag_records", "Readable records not yet read at the last refresh"));
  MetricOptions lag_seconds =
      ByPartition("streamhouse_consumer_lag_seconds", "Age of the next unread record at the last refresh", "seconds");
  lag_seconds.aggregation = metrics::Aggregation::kMax;
  made.lag_seconds_ = families.AddDoubleGauge(std::move(lag_seconds));
  made.last_committed_offset_ = families.AddGauge(
      ByPartition("streamhouse_consumer_last_committed_offset", "Offset of the next record as last committed"));
  made.current_offset_ = families.AddGauge(
      ByPartition("streamhouse_consumer_current_offset", "Offset of the next record that Poll() returns"));
  if (!families.status().ok()) return families.status();
  return made;
}

ConsumerTopicMetrics ConsumerMetrics::ForTopic(std::string_view topic) const {
  return {.records_consumed = records_consumed_.With(topic),
          .bytes_consumed = bytes_consumed_.With(topic),
          .damaged_records_skipped = damaged_records_skipped_.With(topic)};
}

ConsumerPartitionMetrics ConsumerMetrics::ForPartition(const TopicPartition& partition, std::string_view group) const {
  ConsumerPartitionMetrics made;
  made.topic_ = partition.topic;
  made.partition_ = std::to_string(partition.partition);
  made.group_ = group;
  made.lag_records_ = lag_records_;
  made.lag_seconds_ = lag_seconds_;
  made.last_committed_offset_ = last_committed_offset_;
  made.current_offset_ = current_offset_;
  return made;
}

TickHistogram ConsumerMetrics::PollDuration(std::vector<std::string> topics) const {
  std::sort(topics.begin(), topics.end());
  std::string joined;
  for (const std::string& topic : topics) joined += (joined.empty() ? "" : ",") + topic;
  return poll_duration_.With(joined);
}

}  // namespace streamhouse::client
