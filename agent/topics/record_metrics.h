// RecordMetrics: counts what becomes of each record that producers send, by topic.
//
//   streamhouse_agent_records_received_total     {topic}          records of Produce requests
//     = streamhouse_agent_records_written_total    {topic}          appended to a log
//     + streamhouse_agent_records_duplicate_total  {topic}          retried, and already in the log
//     + streamhouse_agent_records_refused_total    {topic, reason}  all others
//
//   streamhouse_agent_records_found              {topic}          in the logs when they were opened; a gauge
//     + streamhouse_agent_records_written_total    {topic}
//     - streamhouse_agent_records_removed_total    {topic, reason}
//     = what the logs hold
//
//   streamhouse_agent_records_damaged_total      {topic}          readers could not read them
//
// All topics that do not exist share the label value kUnknownTopic. A batch that cannot be unpacked
// counts as the number of records that it claims; the bound is the number that its bytes can hold.
// Example: 10 records arrive, and 4 of them again after a lost response: received 14, written 10,
// duplicate 4.
// When to use something else: streamhouse_agent_grpc_requests_total counts requests, not records.
// Guarantees:
// 1. The sums above hold whenever no request is under way.
// 2. The series of a topic begin at 0 when the topic is opened, and end when it is deleted. A later
//    topic of the same name begins at 0 again.
// 3. Topics beyond the series_max of the families share one series (metric_options.h), which no
//    deletion ends.
// Thread safety: every method, from any thread.
// Cost: Open() and Close() look up each series by its labels. Recording costs as much as the
// handles; the first refusal for a reason looks up its series.
// Errors: Register passes on those of the registry.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "metrics_core/counter.h"
#include "metrics_core/family.h"
#include "metrics_core/gauge.h"
#include "metrics_core/mutex.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::agent {

// No name of a topic has parentheses.
inline constexpr std::string_view kUnknownTopic = "(unknown)";

enum class RefusalReason : std::uint8_t {
  kUnknownTopic,
  kUnknownPartition,
  kTooLarge,       // a record or a request is over the limit
  kInvalid,        // the batch is empty or cannot be unpacked
  kNotHolder,      // this agent does not hold the lease
  kFenced,         // another agent has taken over
  kOutOfSequence,  // the producer has sent a later batch before
  kFull,           // the disk has no room
  kDamaged,        // the log of the partition could not be opened because of damage
  kUnavailable,    // the disk fails, or the agent is stopping
  kFailed,         // any other error; after a failed sync, the next opening of the log may find the records
  kEnd,            // no reason: it stands behind the last
};
inline constexpr auto kRefusalReasonCount = static_cast<std::size_t>(RefusalReason::kEnd);
// As in the label "reason", for example "unknown_topic".
std::string_view RefusalReasonName(RefusalReason reason);

// Of one topic.
class TopicRecordMetrics {
 public:
  TopicRecordMetrics() = default;  // sinks
  TopicRecordMetrics(const TopicRecordMetrics&) = delete;
  TopicRecordMetrics& operator=(const TopicRecordMetrics&) = delete;

  // Received, and refused.
  void Refuse(RefusalReason reason, std::uint64_t records);
  void NoteDamaged(std::uint64_t records);

  // Set by RecordMetrics before any other thread has the object.
  metrics::Counter received;
  metrics::Counter written;
  metrics::Counter duplicate;
  metrics::Counter removed_by_retention;
  metrics::Gauge found;

 private:
  friend class RecordMetrics;

  // Set by RecordMetrics before any other thread has the object.
  std::string topic_;
  metrics::Family<metrics::Counter> refused_;
  metrics::Family<metrics::Counter> damaged_;

  metrics::Mutex mutex_;
  bool is_closed_ STREAMHOUSE_GUARDED_BY(mutex_) = false;
  std::array<std::optional<metrics::Counter>, kRefusalReasonCount> refused_by_reason_ STREAMHOUSE_GUARDED_BY(mutex_);
};

class RecordMetrics {
 public:
  RecordMetrics() : unknown_(std::make_shared<TopicRecordMetrics>()) {}  // sinks

  static metrics::Result<RecordMetrics> Register(metrics::Registry& registry);

  // The series of a topic, from 0.
  std::shared_ptr<TopicRecordMetrics> Open(const std::string& topic) const;
  // The series leave the page. Later recordings are dropped.
  void Close(TopicRecordMetrics& record_metrics) const;

  // For all topics that do not exist.
  TopicRecordMetrics& unknown() const { return *unknown_; }

 private:
  void RemoveSeries(const std::string& topic) const;

  metrics::Family<metrics::Counter> received_;
  metrics::Family<metrics::Counter> written_;
  metrics::Family<metrics::Counter> duplicate_;
  metrics::Family<metrics::Counter> refused_;
  metrics::Family<metrics::Counter> removed_;
  metrics::Family<metrics::Counter> damaged_;
  metrics::Family<metrics::Gauge> found_;
  std::shared_ptr<TopicRecordMetrics> unknown_;
};

}  // namespace streamhouse::agent
