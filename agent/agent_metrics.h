// AgentMetrics: the metric families of the agent.
//
// When to use something else: producers and consumers have their own, in client/.
// Guarantees:
// 1. Every series without a topic is on the page from the start, at 0; those of a topic, once it is
//    opened.
// 2. Default-constructed, all of them are sinks.
// Thread safety: Register from any thread, once a registry; the handles as in metrics_core.
// Cost: everything is resolved here; recording looks nothing up.
// Errors: Register passes on those of the registry, such as AlreadyExists.
#pragma once

#include "agent/lag/lag_metrics.h"
#include "agent/rpc/rpc_metrics.h"
#include "agent/topics/record_metrics.h"
#include "metrics_core/counter.h"
#include "metrics_core/gauge.h"
#include "metrics_core/histogram.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::agent {

struct AgentMetrics {
  static metrics::Result<AgentMetrics> Register(metrics::Registry& registry);

  metrics::Gauge active_partitions;      // leases held
  metrics::Counter lease_renewals;       // attempts, one a partition and round
  RecordMetrics record_metrics;          // records, by topic
  metrics::Counter offsets_lowered;      // see topics/lowered_offsets.h
  metrics::TickHistogram write_latency;  // nanoseconds; of the append to the log alone
  LagMetrics lag;                        // of partitions and groups; see lag/lag_refresh.h
  RpcMetrics rpc;                        // of requests and connections
};

}  // namespace streamhouse::agent
