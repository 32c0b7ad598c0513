// Agent: a broker of one machine: takes batches over gRPC, keeps them in logs, and hands them out
// again.
//
// When to use something else: PartitionLog for a log without a network.
// Invariants:
// 1. The first running_exporters_ exporters run, the others do not.
// 2. While rpc_ is there, all parts are that its calls use. Only these may be missing: lag_ and
//    lag_refresher_ together, where lag_interval is 0, and log_syncer_, under another policy than
//    SyncPolicy::kInterval.
// Guarantees:
// 1. Start returns OK when the agent serves. After an error no part of the agent is left running:
//    no port, no lock, no exporter.
// 2. Stop returns when no thread of the agent runs. All acknowledged records are then on the disk,
//    or Stop says which log could not be synced. The leases are free for other agents.
// 3. An agent is started at most once.
// 4. The health check "lease" fails before the first lease and after the last one. It does not fail
//    during a renewal.
// 5. The health check "log" fails, and names topic, partition and reason, while:
//    - a partition cannot be served,
//    - a log takes no more batches, until it is opened again,
//    - readers have found records that cannot be read, until retention removes them or the agent
//      starts again.
// Thread safety: Start and Stop from one thread (a signal handler should wake that thread); the
// rest from any.
// Cost: these threads:
// - gRPC's own,
// - one each for leases, connections, retention, the reserve and the lag,
// - three for the health service,
// - one for syncs under SyncPolicy::kInterval,
// - with TLS, one for the files and one of gRPC's.
// Errors: one line that names the path, or address and port; Unavailable where the system has no
// threads left.
//
//   auto agent = Agent::Make({.data_folder = "/var/lib/streamhouse"}, {.metrics = metrics, .health = &health});
//   if (!agent.ok()) return agent.status();
//   if (Status started = (*agent)->Start(); !started.ok()) return started;
//   …
//   return (*agent)->Stop();
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/agent_config.h"
#include "agent/agent_metrics.h"
#include "agent/base/periodic_task.h"
#include "agent/data_folder.h"
#include "agent/groups/committed_offsets.h"
#include "agent/groups/consumer_groups.h"
#include "agent/groups/group_coordinator.h"
#include "agent/groups/group_times.h"
#include "agent/lag/lag_refresh.h"
#include "agent/lease/lease_keeper.h"
#include "agent/log/file_system.h"
#include "agent/metadata/metadata_store.h"
#include "agent/rpc/rpc_server.h"
#include "agent/topics/disk_reserve.h"
#include "agent/topics/topic_catalog.h"
#include "metrics_core/exporter.h"
#include "metrics_core/health.h"
#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/status.h"

namespace streamhouse::agent {

// The objects that an agent works with, beside its configuration.
struct AgentParts {
  AgentMetrics metrics = {};                                       // sinks by default
  metrics::Health* health = nullptr;                               // gets the agent's checks; outlives the agent
  std::vector<std::unique_ptr<metrics::Exporter>> exporters = {};  // started in this order
  // File system of the logs. Must outlive the agent. The metadata store does not use it.
  FileSystem* files = &PosixFileSystem();
  // Instead of the store that AgentConfig::metadata names. No other agent uses its data while this
  // one runs.
  std::unique_ptr<MetadataStore> store = {};
};

class Agent {
 public:
  // How long calls that run may take to finish when the agent stops.
  static constexpr std::chrono::milliseconds kDrainTime{5'000};

  // InvalidArgument when the configuration makes no sense.
  static Result<std::unique_ptr<Agent>> Make(AgentConfig config, AgentParts parts = {});
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  // FailedPrecondition when it was called before.
  Status Start();

  // May be called twice, and without Start. Fails when a log cannot be synced; all parts have
  // stopped then too.
  Status Stop();

  // The port that gRPC listens on; 0 unless it runs, and on a Unix socket.
  int grpc_port() const { return rpc_ == nullptr ? 0 : rpc_->port(); }

 private:
  Agent(AgentConfig config, AgentParts parts);

  Status StartParts();
  // Whether all parts are there that the configuration asks for.
  bool IsWhole() const;
  bool HasStoreInFolder() const;
  Result<std::unique_ptr<MetadataStore>> OpenStore() const;
  Status OpenStorage();
  Status StartTopics();
  Status StartLag();
  void WarnIfOpen() const;
  void WarnIfOpen(const metrics::UnixSocket& socket) const;
  Status StartExporters();
  void StopExporters();

  // Immutable after construction.
  const AgentConfig config_;
  const AgentMetrics metrics_;
  metrics::Health* const health_;  // may be null
  const std::vector<std::unique_ptr<metrics::Exporter>> exporters_;
  FileSystem& files_;

  // All below: changed by the thread that calls Start() and Stop() alone.
  bool was_started_ = false;
  std::size_t running_exporters_ = 0;  // the first so many of exporters_

  // In the order in which they are made; each uses only those before it.
  std::unique_ptr<DataFolder> folder_;
  std::unique_ptr<DiskReserve> reserve_;
  std::unique_ptr<MetadataStore> store_;
  std::unique_ptr<LeaseKeeper> leases_;
  std::unique_ptr<TopicCatalog> topics_;
  std::unique_ptr<CommittedOffsets> offsets_;
  std::unique_ptr<GroupCoordinator> members_;
  std::unique_ptr<ConsumerGroups> groups_;
  GroupTimes group_times_;
  std::unique_ptr<PeriodicTask> log_syncer_;
  std::unique_ptr<PeriodicTask> retention_;
  metrics::Health::Token lease_check_;
  std::unique_ptr<PeriodicTask> reserve_refill_;
  metrics::Health::Token disk_check_;
  metrics::Health::Token log_check_;
  std::unique_ptr<LagRefresh> lag_;  // null where it is off
  std::unique_ptr<PeriodicTask> lag_refresher_;
  std::unique_ptr<RpcServer> rpc_;
};

}  // namespace streamhouse::agent
