#include "agent/agent_metrics.h"

#include <utility>

#include "metrics_core/bucket_bounds.h"
#include "metrics_core/clock.h"

namespace streamhouse::agent {
namespace {

using metrics::Result;
using metrics::Status;

constexpr std::array<std::string_view, kGrpcMethodCount> kMethodNames = {
    "Produce", "Fetch", "Watermarks", "Commit", "Committed", "CreateTopic", "DescribeTopic"};
constexpr std::array<std::string_view, kGrpcCodeCount> kCodeNames = {
    "OK",        "CANCELLED",       "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS",  "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",    "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED",
};

// 1 us to 16.8 s.
constexpr double kFirstBoundSeconds = 1e-6;
constexpr double kBoundFactor = 2;
constexpr int kBoundCount = 25;

// Registers one family after the other, and nothing more after the first refusal.
class Registrar {
 public:
  explicit Registrar(metrics::Registry& registry) : registry_(registry) {}

  metrics::Family<metrics::Counter> Counter(metrics::MetricOptions options) {
    return Take(status_.ok() ? registry_.AddCounter(std::move(options)) : status_);
  }
  metrics::Family<metrics::Gauge> Gauge(metrics::MetricOptions options) {
    return Take(status_.ok() ? registry_.AddGauge(std::move(options)) : status_);
  }
  metrics::Family<metrics::TickHistogram> Latency(metrics::MetricOptions options) {
    auto bounds = metrics::BucketBounds::Exponential(kFirstBoundSeconds, kBoundFactor, kBoundCount);
    options.unit = "seconds";
    return Take(status_.ok()
                    ? registry_.AddTickHistogram(std::move(options), *std::move(bounds), metrics::kNanosecondsPerSecond)
                    : status_);
  }
  const Status& status() const { return status_; }

 private:
  template <typename Family>
  Family Take(Result<Family> family) {
    if (family.ok()) return *std::move(family);
    status_ = family.status();
    return {};
  }

  metrics::Registry& registry_;
  Status status_;
};

}  // namespace

std::string_view GrpcMethodName(GrpcMethod method) {
  return kMethodNames[static_cast<std::size_t>(method)];
}

std::string_view GrpcCodeName(std::size_t code) {
  return kCodeNames[code];
}

metrics::Result<AgentMetrics> AgentMetrics::Register(metrics::Registry& registry) {
  Registrar add(registry);
  const auto active_partitions =
      add.Gauge({.name = "streamhouse_agent_active_partitions", .help = "Number of active partitions"});
  const auto lease_renewals =
      add.Counter({.name = "streamhouse_agent_lease_renewals_total", .help = "Total lease renewal attempts"});
  const auto records_written =
      add.Counter({.name = "streamhouse_agent_records_written_total", .help = "Total records written"});
  const auto write_latency =
      add.Latency({.name = "streamhouse_agent_write_latency_seconds", .help = "Write operation latency in seconds"});
  const auto active_connections =
      add.Gauge({.name = "streamhouse_agent_active_connections", .help = "Active gRPC connections"});
  const auto requests = add.Counter(
      {.name = "streamhouse_agent_grpc_requests_total", .help = "Total gRPC requests", .labels = {"method", "code"}});
  const auto durations = add.Latency({.name = "streamhouse_agent_grpc_request_duration_seconds",
                                      .help = "gRPC request duration in seconds",
                                      .labels = {"method"}});
  if (!add.status().ok()) return add.status();

  AgentMetrics result;
  result.active_partitions = active_partitions.With();
  result.lease_renewals = lease_renewals.With();
  result.records_written = records_written.With();
  result.write_latency = write_latency.With();
  result.active_connections = active_connections.With();
  for (std::size_t method = 0; method < kGrpcMethodCount; ++method) {
    result.grpc_request_duration[method] = durations.With(kMethodNames[method]);
    for (std::size_t code = 0; code < kGrpcCodeCount; ++code) {
      result.grpc_requests[method][code] = requests.With(kMethodNames[method], kCodeNames[code]);
    }
  }
  return result;
}

}  // namespace streamhouse::agent
