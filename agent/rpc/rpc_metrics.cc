#include "agent/rpc/rpc_metrics.h"

#include "metrics_core/clock.h"
#include "metrics_core/family_registration.h"
#include "metrics_core/latency_bounds.h"
#include "metrics_core/metric_options.h"

namespace streamhouse::agent {
namespace {

constexpr std::array<std::string_view, kGrpcMethodCount> kMethodNames = {
    "Produce",     "Fetch",       "Watermarks",    "Commit",     "Committed",    "Heartbeat",
    "LeaveGroup",  "CreateTopic", "DescribeTopic", "ListTopics", "SetRetention", "AddPartitions",
    "DeleteTopic", "ListGroups",  "DescribeGroup", "SeekGroup",  "DeleteGroup"};
static_assert(!kMethodNames.back().empty(), "each method has a name");
constexpr std::array<std::string_view, kGrpcCodeCount> kCodeNames = {
    "OK",        "CANCELLED",       "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS",  "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",    "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED",
};

}  // namespace

std::string_view GrpcMethodName(GrpcMethod method) {
  return kMethodNames[static_cast<std::size_t>(method)];
}

std::string_view GrpcCodeName(std::size_t code) {
  return kCodeNames[code];
}

metrics::Result<RpcMetrics> RpcMetrics::Register(metrics::Registry& registry) {
  metrics::FamilyRegistration families(registry);
  RpcMetrics result;
  result.active_connections =
      families.AddGauge({.name = "streamhouse_agent_active_connections", .help = "Active gRPC connections"}).With();
  const auto requests = families.AddCounter(
      {.name = "streamhouse_agent_grpc_requests_total", .help = "Total gRPC requests", .labels = {"method", "code"}});
  const auto durations = families.AddTickHistogram({.name = "streamhouse_agent_grpc_request_duration_seconds",
                                                    .help = "gRPC request duration in seconds",
                                                    .unit = "seconds",
                                                    .labels = {"method"},
                                                    .exemplars = metrics::Exemplars::kSampled},
                                                   metrics::LatencyBounds(), metrics::kNanosecondsPerSecond);
  for (std::size_t method = 0; method < kGrpcMethodCount; ++method) {
    result.request_duration[method] = durations.With(kMethodNames[method]);
    for (std::size_t code = 0; code < kGrpcCodeCount; ++code) {
      result.requests[method][code] = requests.With(kMethodNames[method], kCodeNames[code]);
    }
  }
  const auto tls_reloads = families.AddCounter({.name = "streamhouse_agent_tls_reloads_total",
                                                .help = "Changes of TLS files while serving",
                                                .labels = {"outcome"}});
  result.tls_files_taken = tls_reloads.With("taken");
  result.tls_files_refused = tls_reloads.With("refused");
  if (!families.status().ok()) return families.status();
  return result;
}

}  // namespace streamhouse::agent
