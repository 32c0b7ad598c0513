#include "agent/agent_metrics.h"

#include <utility>

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

metrics::Result<AgentMetrics> AgentMetrics::Register(metrics::Registry& registry) {
  metrics::FamilyRegistration families(registry);
  const auto add_latency = [&](metrics::MetricOptions options) {
    options.unit = "seconds";
    options.exemplars = metrics::Exemplars::kSampled;
    return families.AddTickHistogram(std::move(options), metrics::LatencyBounds(), metrics::kNanosecondsPerSecond);
  };
  AgentMetrics result;
  result.active_partitions =
      families.AddGauge({.name = "streamhouse_agent_active_partitions", .help = "Number of active partitions"}).With();
  result.lease_renewals =
      families.AddCounter({.name = "streamhouse_agent_lease_renewals_total", .help = "Total lease renewal attempts"})
          .With();
  auto record_metrics = RecordMetrics::Register(registry);
  if (!record_metrics.ok()) return record_metrics.status();
  result.record_metrics = *std::move(record_metrics);
  auto lag = LagMetrics::Register(registry);
  if (!lag.ok()) return lag.status();
  result.lag = *std::move(lag);
  result.offsets_lowered =
      families
          .AddCounter({.name = "streamhouse_agent_committed_offsets_lowered_total",
                       .help = "Total committed offsets lowered because their log ended before them"})
          .With();
  result.write_latency =
      add_latency({.name = "streamhouse_agent_write_latency_seconds", .help = "Write operation latency in seconds"})
          .With();
  result.active_connections =
      families.AddGauge({.name = "streamhouse_agent_active_connections", .help = "Active gRPC connections"}).With();
  const auto requests = families.AddCounter(
      {.name = "streamhouse_agent_grpc_requests_total", .help = "Total gRPC requests", .labels = {"method", "code"}});
  const auto durations = add_latency({.name = "streamhouse_agent_grpc_request_duration_seconds",
                                      .help = "gRPC request duration in seconds",
                                      .labels = {"method"}});
  for (std::size_t method = 0; method < kGrpcMethodCount; ++method) {
    result.grpc_request_duration[method] = durations.With(kMethodNames[method]);
    for (std::size_t code = 0; code < kGrpcCodeCount; ++code) {
      result.grpc_requests[method][code] = requests.With(kMethodNames[method], kCodeNames[code]);
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
