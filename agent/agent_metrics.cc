#include "agent/agent_metrics.h"

#include <utility>

#include "metrics_core/clock.h"
#include "metrics_core/family.h"
#include "metrics_core/family_registration.h"
#include "metrics_core/latency_bounds.h"
#include "metrics_core/metric_options.h"

namespace streamhouse::agent {
namespace {

constexpr std::array<std::string_view, kGrpcMethodCount> kMethodNames = {
    "Produce",     "Fetch",       "Watermarks",    "Commit",     "Committed",    "Heartbeat",
    "LeaveGroup",  "CreateTopic", "DescribeTopic", "ListTopics", "SetRetention", "AddPartitions",
    "DeleteTopic", "ListGroups",  "DescribeGroup", "SeekGroup",  "DeleteGroup"};
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
  metrics::Family<metrics::Gauge> active_partitions;
  metrics::Family<metrics::Counter> lease_renewals;
  metrics::Family<metrics::Counter> offsets_lowered;
  metrics::Family<metrics::TickHistogram> write_latency;
  metrics::Family<metrics::Gauge> active_connections;
  metrics::Family<metrics::Counter> requests;
  metrics::Family<metrics::Counter> tls_reloads;
  metrics::Family<metrics::TickHistogram> durations;
  metrics::Status status;
  const auto add_latency = [&](metrics::MetricOptions options) {
    options.unit = "seconds";
    options.exemplars = metrics::Exemplars::kSampled;
    return registry.AddTickHistogram(std::move(options), metrics::LatencyBounds(), metrics::kNanosecondsPerSecond);
  };
  KeepFamily(registry.AddGauge({.name = "streamhouse_agent_active_partitions", .help = "Number of active partitions"}),
             active_partitions, status);
  KeepFamily(
      registry.AddCounter({.name = "streamhouse_agent_lease_renewals_total", .help = "Total lease renewal attempts"}),
      lease_renewals, status);
  auto books = RecordBooks::Register(registry);
  if (!books.ok()) return books.status();
  KeepFamily(registry.AddCounter({.name = "streamhouse_agent_committed_offsets_lowered_total",
                                  .help = "Total committed offsets lowered because their log ended before them"}),
             offsets_lowered, status);
  KeepFamily(
      add_latency({.name = "streamhouse_agent_write_latency_seconds", .help = "Write operation latency in seconds"}),
      write_latency, status);
  KeepFamily(registry.AddGauge({.name = "streamhouse_agent_active_connections", .help = "Active gRPC connections"}),
             active_connections, status);
  KeepFamily(registry.AddCounter({.name = "streamhouse_agent_grpc_requests_total",
                                  .help = "Total gRPC requests",
                                  .labels = {"method", "code"}}),
             requests, status);
  KeepFamily(add_latency({.name = "streamhouse_agent_grpc_request_duration_seconds",
                          .help = "gRPC request duration in seconds",
                          .labels = {"method"}}),
             durations, status);
  KeepFamily(registry.AddCounter({.name = "streamhouse_agent_tls_reloads_total",
                                  .help = "Changes of TLS files while serving",
                                  .labels = {"outcome"}}),
             tls_reloads, status);
  if (!status.ok()) return status;

  AgentMetrics result;
  result.active_partitions = active_partitions.With();
  result.lease_renewals = lease_renewals.With();
  result.books = *std::move(books);
  result.offsets_lowered = offsets_lowered.With();
  result.write_latency = write_latency.With();
  result.active_connections = active_connections.With();
  result.tls_files_taken = tls_reloads.With("taken");
  result.tls_files_refused = tls_reloads.With("refused");
  for (std::size_t method = 0; method < kGrpcMethodCount; ++method) {
    result.grpc_request_duration[method] = durations.With(kMethodNames[method]);
    for (std::size_t code = 0; code < kGrpcCodeCount; ++code) {
      result.grpc_requests[method][code] = requests.With(kMethodNames[method], kCodeNames[code]);
    }
  }
  return result;
}

}  // namespace streamhouse::agent
