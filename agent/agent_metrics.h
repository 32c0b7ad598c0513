// AgentMetrics: the metric families of the agent.
//
// When to use something else: producers and consumers have their own, in client/.
// Guarantees:
// 1. Every series without a topic is on the page from the start, at 0; those of a topic, once it is
//    opened.
// 2. Default-constructed, all of them are sinks.
// Thread safety: Register from any thread, once a registry; the handles as in metrics_core.
// Cost: everything is resolved here; recording looks nothing up. One series for each method and
// code.
// Errors: Register passes on those of the registry, such as AlreadyExists.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "agent/lag/lag_metrics.h"
#include "agent/record_metrics.h"
#include "metrics_core/counter.h"
#include "metrics_core/family.h"
#include "metrics_core/gauge.h"
#include "metrics_core/histogram.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::agent {

enum class GrpcMethod : std::uint8_t {
  kProduce,
  kFetch,
  kWatermarks,
  kCommit,
  kCommitted,
  kHeartbeat,
  kLeaveGroup,
  kCreateTopic,
  kDescribeTopic,
  kListTopics,
  kSetRetention,
  kAddPartitions,
  kDeleteTopic,
  kListGroups,
  kDescribeGroup,
  kSeekGroup,
  kDeleteGroup,
  kEnd,  // no method: it stands behind the last
};
inline constexpr auto kGrpcMethodCount = static_cast<std::size_t>(GrpcMethod::kEnd);
inline constexpr std::size_t kGrpcCodeCount = 17;  // OK, 0, to UNAUTHENTICATED, 16

// As in the label "method": the name of the rpc, for example "Produce".
std::string_view GrpcMethodName(GrpcMethod method);
// As in the label "code": gRPC's own spelling, for example "NOT_FOUND".
std::string_view GrpcCodeName(std::size_t code);

struct AgentMetrics {
  static metrics::Result<AgentMetrics> Register(metrics::Registry& registry);

  metrics::Gauge active_partitions;      // leases held
  metrics::Counter lease_renewals;       // attempts, one a partition and round
  RecordMetrics record_metrics;          // records, by topic
  metrics::Counter offsets_lowered;      // see lowered_offsets.h
  metrics::TickHistogram write_latency;  // nanoseconds; of the append to the log alone
  metrics::Gauge active_connections;     // see rpc/connection_monitor.h
  metrics::Counter tls_files_taken;      // changes of TLS files while serving
  metrics::Counter tls_files_refused;
  LagMetrics lag;  // of partitions and groups; see lag/lag_refresh.h

  // By method, and by method and code.
  std::array<metrics::TickHistogram, kGrpcMethodCount> grpc_request_duration;  // nanoseconds
  std::array<std::array<metrics::Counter, kGrpcCodeCount>, kGrpcMethodCount> grpc_requests;
};

}  // namespace streamhouse::agent
