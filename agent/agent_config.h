// AgentConfig: everything about an agent that can be chosen, with its defaults.
//
// When to use something else: metrics, health and exporters are AgentParts; they are objects, not
// settings.
// Guarantees:
// 1. The defaults are valid; only data_folder has to be given.
// 2. Validate() opens no file and no port: the start of the agent finds what the machine refuses.
// Thread safety: a value.
// Cost: copied once an agent.
// Errors: Validate() gives InvalidArgument, whose field is that of this struct (Status::field()).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/lease/lease.h"
#include "agent/log/partition_log.h"
#include "agent/metadata/topic_description.h"
#include "agent/rpc/server_tls_files.h"
#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/status.h"

namespace streamhouse::agent {

inline constexpr std::uint16_t kGrpcPortDefault = 9090;
inline constexpr std::size_t kAgentIdBytesMax = 64;

struct AgentConfig {
  // Holds the logs, the lock that keeps other agents out and, unless `metadata` says otherwise, the
  // metadata. Created when it is not there.
  std::string data_folder;
  // Names this agent in leases: 1 to kAgentIdBytesMax of [A-Za-z0-9._-]. An agent that comes back
  // under its id does not wait for its leases to expire.
  std::string agent_id = "agent";

  // The metadata store (metadata/make_metadata_store.h); empty: metadata.db in the data folder. One
  // agent at a time uses a store.
  std::string metadata = {};

  // Loopback by default: any client that can connect can read and write everything.
  std::string grpc_host = "127.0.0.1";
  std::uint16_t grpc_port = kGrpcPortDefault;  // 0: one that is free
  // In place of host and port. Its mode says who can connect.
  std::optional<metrics::UnixSocket> grpc_unix_socket = {};

  // Without files, gRPC is not encrypted.
  ServerTlsFiles tls = {};

  // Created at start when they are not there, so that the agent has leases, and is ready, before
  // the first client.
  std::vector<TopicDescription> topics = {};

  // Of the disk of the data folder, kept for metadata (disk_reserve.h). 0: none.
  std::uint64_t reserve_bytes = std::uint64_t{16} << 20;

  std::uint64_t segment_bytes = kSegmentBytesDefault;
  // A loss of power takes at most an interval and the time of one sweep over all partitions, and
  // damages nothing before that: docs/decisions/sync_policy.md.
  SyncPolicy sync_policy = SyncPolicy::kInterval;
  std::chrono::milliseconds sync_interval{1'000};

  std::chrono::milliseconds retention_interval{60'000};  // how often old segments are removed

  // How often the metrics of lag and of logs are refreshed (lag/lag_refresh.h). 0: never, and they
  // have no series.
  std::chrono::milliseconds lag_interval{10'000};

  LeaseTiming lease = {};

  std::size_t record_bytes_max = std::size_t{1} << 20;    // key and value of one record
  std::size_t request_bytes_max = std::size_t{16} << 20;  // keys and values of one Produce

  metrics::Status Validate() const;

  // Where gRPC is served, as asked for.
  metrics::SocketAddress grpc_address() const;
};

}  // namespace streamhouse::agent
