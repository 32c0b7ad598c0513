// ConsumerMetrics: the eight consumer families.
//
//   streamhouse_consumer_records_consumed_total   {topic}  records that Poll() has returned
//   streamhouse_consumer_bytes_consumed_total     {topic}  their keys, values and headers
//   streamhouse_consumer_poll_duration_seconds    {topic}  per call of Poll(), waiting and empty polls included
//       A poll spans all topics of its consumer and is observed once: under their names, sorted and joined by commas.
//       A consumer of one topic has that topic as its label.
//   streamhouse_consumer_damaged_records_skipped_total  {topic}  offsets of damaged records that were skipped
//   streamhouse_consumer_lag_records              {topic, partition, group}  records that can be read and were not
//   streamhouse_consumer_lag_seconds              {topic, partition, group}  age of the next unread record, or 0
//   streamhouse_consumer_last_committed_offset    {topic, partition, group}  the next offset that the group has kept
//   streamhouse_consumer_current_offset           {topic, partition, group}  the position: the next offset to return
//
// When to use something else: default-constructed, all of it is a sink.
// Guarantees:
// 1. The lag is as old as its last refresh (lag_monitor.h).
// 2. A series of lag or commit appears with its first measured value. All four series of a
//    partition go when its consumer closes.
// 3. Two consumers with the same group and partition in one process share these series: the last
//    writer wins, the first to close removes them.
// 4. A consumer without a group has the empty group label.
// Thread safety: any thread; several consumers may share one.
// Cost: a look-up under the registry's lock for each gauge that is set: once a poll, commit or
// refresh per partition, never per record.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "client/record.h"
#include "metrics_core/counter.h"
#include "metrics_core/family.h"
#include "metrics_core/gauge.h"
#include "metrics_core/histogram.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::client {

// The gauges of one partition of one group; any of them may be set by any thread.
class ConsumerPartitionMetrics {
 public:
  ConsumerPartitionMetrics() = default;

  void SetLag(Offset records, double seconds) const;
  void RemoveLag() const;
  void SetLastCommitted(Offset next) const;
  void SetCurrent(Offset next) const;

  // The series leave the page. A Set afterwards would bring one back: the thread that sets has
  // stopped.
  void Remove() const;

 private:
  friend class ConsumerMetrics;

  std::string topic_;
  std::string partition_;
  std::string group_;
  metrics::Family<metrics::Gauge> lag_records_;
  metrics::Family<metrics::DoubleGauge> lag_seconds_;
  metrics::Family<metrics::Gauge> last_committed_offset_;
  metrics::Family<metrics::Gauge> current_offset_;
};

// The counters of one topic.
struct ConsumerTopicMetrics {
  metrics::Counter records_consumed;
  metrics::Counter bytes_consumed;
  metrics::Counter damaged_records_skipped;
};

class ConsumerMetrics {
 public:
  ConsumerMetrics() = default;

  // Once per registry; another time is refused as the names are taken.
  static metrics::Result<ConsumerMetrics> Register(metrics::Registry& registry);

  ConsumerTopicMetrics ForTopic(std::string_view topic) const;
  ConsumerPartitionMetrics ForPartition(const TopicPartition& partition, std::string_view group) const;

  // In nanoseconds. The order of the topics does not matter.
  metrics::TickHistogram PollDuration(std::vector<std::string> topics) const;

 private:
  metrics::Family<metrics::Counter> records_consumed_;
  metrics::Family<metrics::Counter> bytes_consumed_;
  metrics::Family<metrics::Counter> damaged_records_skipped_;
  metrics::Family<metrics::TickHistogram> poll_duration_;
  metrics::Family<metrics::Gauge> lag_records_;
  metrics::Family<metrics::DoubleGauge> lag_seconds_;
  metrics::Family<metrics::Gauge> last_committed_offset_;
  metrics::Family<metrics::Gauge> current_offset_;
};

}  // namespace streamhouse::client
