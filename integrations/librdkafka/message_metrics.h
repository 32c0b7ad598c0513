// MessageMetrics: what became of records that a producer sent, and the records that a consumer got.
//
//   streamhouse_producer_records_sent_total     {topic}  records that the broker has acknowledged
//   streamhouse_producer_bytes_sent_total       {topic}  their keys, values and headers
//   rdkafka_producer_records_unconfirmed_total  {topic}  sent with acks=0: no broker said that it has them
//   rdkafka_producer_records_failed_total       {topic, error, persisted}
//   streamhouse_consumer_records_consumed_total {topic}  records that a poll has returned
//   streamhouse_consumer_bytes_consumed_total   {topic}  their keys, values and headers
//
// When to use something else: RdkafkaMetrics (rdkafka_metrics.h) is what programs use.
// Guarantees:
// 1. Each delivery report moves exactly one of sent, unconfirmed and failed. `persisted` is "no",
//    "possibly" or "yes": a record that timed out may be in the log all the same.
// 2. The four families of streamhouse_* are those of the client module: both may use one registry.
// Thread safety: all methods from any thread.
// Cost: a thread keeps the handles of kTopicsOfThread topics. Sent and consumed records share these
// places, as do all objects of the process: a topic that a thread both sends and consumes has two.
// Another topic costs a look-up, and takes a place from one of them. A failed record costs a
// look-up.
// Errors: OnDelivery() and OnConsumed() throw std::bad_alloc, and have not counted the record then.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "metrics_core/counter.h"
#include "metrics_core/family.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::librdkafka {

// For sent and consumed records together.
inline constexpr std::size_t kTopicsOfThread = 16;

class MessageMetrics {
 public:
  static metrics::Result<MessageMetrics> Register(metrics::Registry& registry);

  // A delivery report.
  void OnDelivery(const rd_kafka_message_t& message) const;

  // What a poll has returned: errors and ends of partitions are not counted.
  void OnConsumed(const rd_kafka_message_t& message) const;

 private:
  struct Counts {
    metrics::Family<metrics::Counter> records = {};
    metrics::Family<metrics::Counter> bytes = {};
    std::uint64_t id = 0;  // no two of a process have the same
  };

  static void Count(const Counts& counts, const rd_kafka_message_t& message);

  Counts sent_;
  Counts consumed_;
  metrics::Family<metrics::Counter> unconfirmed_;
  metrics::Family<metrics::Counter> failed_;
};

// The name of an error, such as "_MSG_TIMED_OUT", for labels. "other" for one that the librdkafka
// of this process does not know.
std::string_view ErrorName(rd_kafka_resp_err_t error);

}  // namespace streamhouse::librdkafka
