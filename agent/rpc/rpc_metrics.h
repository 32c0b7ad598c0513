// RpcMetrics: the metric families of the agent's gRPC server.
//
// When to use something else: AgentMetrics, which has these and all others of the agent.
// Guarantees:
// 1. Every series is on the page from the start, at 0.
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

#include "metrics_core/counter.h"
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

struct RpcMetrics {
  static metrics::Result<RpcMetrics> Register(metrics::Registry& registry);

  metrics::Gauge active_connections;  // see connection_monitor.h
  metrics::Counter tls_files_taken;   // changes of TLS files while serving
  metrics::Counter tls_files_refused;

  // By method, and by method and code.
  std::array<metrics::TickHistogram, kGrpcMethodCount> request_duration;  // nanoseconds
  std::array<std::array<metrics::Counter, kGrpcCodeCount>, kGrpcMethodCount> requests;
};

}  // namespace streamhouse::agent
