// ProducerMetrics: the eight producer families, each labelled by topic.
//
//   streamhouse_producer_records_sent_total            records delivered: the broker has acknowledged them
//   streamhouse_producer_bytes_sent_total              their keys, values and headers
//   streamhouse_producer_send_duration_seconds         per delivered record, from the entry of Send() to the
//                                                      acknowledgement: blocked time, linger, retries and
//                                                      round trip
//   streamhouse_producer_batch_flush_duration_seconds  per delivered batch, from its first attempt to the
//                                                      acknowledgement, retries and back-off included
//   streamhouse_producer_batch_size_records            per delivered batch
//   streamhouse_producer_batch_size_bytes              per delivered batch, the same, before compression
//   streamhouse_producer_send_errors_total             records, not batches, that were refused or failed for
//                                                      good; label reason, one of send_error.h
//   streamhouse_producer_pending_records               accepted by Send(), neither delivered nor failed yet
//
// When to use something else: default-constructed, all of it is a sink; a producer without metrics
// costs no branch.
// Guarantees:
// 1. Every Send() ends in exactly one of records_sent_total and send_errors_total.
// 2. records_sent_total == send_duration_seconds_count == batch_size_records_sum once nothing is
//    pending.
// 3. send_duration is the time to delivery: the time of the call alone says nothing about the
//    record.
// 4. No family needs a clock reading of its own. Send() reads the clock once, for the record's
//    timestamp and the linger; an acknowledgement reads it once a batch.
// Thread safety: any thread; several producers may share one, and their numbers add up.
// Cost: ForTopic() resolves 17 series under the registry's lock, once per topic and producer.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "client/send_error.h"
#include "metrics_core/counter.h"
#include "metrics_core/family.h"
#include "metrics_core/histogram.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/up_down_counter.h"

namespace streamhouse::client {

// The series of one topic.
struct ProducerTopicMetrics {
  metrics::Counter records_sent;
  metrics::Counter bytes_sent;
  metrics::TickHistogram send_duration;         // nanoseconds
  metrics::TickHistogram batch_flush_duration;  // nanoseconds
  metrics::TickHistogram batch_size_records;
  metrics::TickHistogram batch_size_bytes;
  metrics::UpDownCounter pending_records;
  std::array<metrics::Counter, kAllSendErrors.size()> send_errors;

  const metrics::Counter& send_error(SendError error) const { return send_errors[static_cast<std::size_t>(error)]; }
};

class ProducerMetrics {
 public:
  ProducerMetrics() = default;

  // Once per registry; another time is refused as the names are taken.
  static metrics::Result<ProducerMetrics> Register(metrics::Registry& registry);

  ProducerTopicMetrics ForTopic(std::string_view topic) const;

  // Counts one record for a topic that may not exist, without creating its other series.
  void CountRefusal(std::string_view topic, SendError error) const;

 private:
  metrics::Family<metrics::Counter> records_sent_;
  metrics::Family<metrics::Counter> bytes_sent_;
  metrics::Family<metrics::TickHistogram> send_duration_;
  metrics::Family<metrics::TickHistogram> batch_flush_duration_;
  metrics::Family<metrics::TickHistogram> batch_size_records_;
  metrics::Family<metrics::TickHistogram> batch_size_bytes_;
  metrics::Family<metrics::Counter> send_errors_;
  metrics::Family<metrics::UpDownCounter> pending_records_;
};

}  // namespace streamhouse::client
