#include "agent/agent_metrics.h"

#include <utility>

#include "metrics_core/clock.h"
#include "metrics_core/family_registration.h"
#include "metrics_core/latency_bounds.h"
#include "metrics_core/metric_options.h"

namespace streamhouse::agent {

metrics::Result<AgentMetrics> AgentMetrics::Register(metrics::Registry& registry) {
  metrics::FamilyRegistration families(registry);
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
  result.write_latency = families
                             .AddTickHistogram({.name = "streamhouse_agent_write_latency_seconds",
                                                .help = "Write operation latency in seconds",
                                                .unit = "seconds",
                                                .exemplars = metrics::Exemplars::kSampled},
                                               metrics::LatencyBounds(), metrics::kNanosecondsPerSecond)
                             .With();
  auto rpc = RpcMetrics::Register(registry);
  if (!rpc.ok()) return rpc.status();
  result.rpc = *std::move(rpc);
  if (!families.status().ok()) return families.status();
  return result;
}

}  // namespace streamhouse::agent
