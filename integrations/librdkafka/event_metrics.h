// EventMetrics: errors that librdkafka tells of, and rebalances of groups.
//
//   rdkafka_errors_total                         {client, error, fatal}
//   rdkafka_consumer_rebalances_total            {group, event}  assigned, revoked, lost, failed
//   rdkafka_consumer_rebalanced_partitions_total {group, event}  partitions of these
//
// When to use something else: RdkafkaMetrics (rdkafka_metrics.h) is what programs use.
// Guarantees:
// 1. Each call counts once.
// 2. "lost" is a revocation of partitions that another member may have already.
// Thread safety: all methods from any thread.
// Cost: a look-up a call. In an outage librdkafka tells of errors several times a second.
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

enum class Severity : std::uint8_t { kPassing, kFatal };

enum class Rebalance : std::uint8_t { kAssigned, kRevoked, kLost, kFailed };

class EventMetrics {
 public:
  static metrics::Result<EventMetrics> Register(metrics::Registry& registry);

  void OnError(std::string_view client, rd_kafka_resp_err_t error, Severity severity) const;
  void OnRebalance(std::string_view group, Rebalance event, std::size_t partitions) const;

 private:
  metrics::Family<metrics::Counter> errors_;
  metrics::Family<metrics::Counter> rebalances_;
  metrics::Family<metrics::Counter> rebalanced_partitions_;
};

}  // namespace streamhouse::librdkafka
