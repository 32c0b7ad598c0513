// RpcServer: the agent's services on a port or a Unix socket.
//
// Beside them are gRPC's health service, answered by the checks of /ready (health_rpc.h), and
// server reflection.
// When to use something else: Agent, which starts and stops one of these.
// Invariants:
// 1. A server that has started renews its certificate if it has one, and waits for a drain if it is
//    on a Unix socket.
// 2. drain_ runs only while server_ does: without server_, Shutdown has no thread to join.
// 3. connections_ and renewal_, which use the acceptor and tls_, end before server_ does.
// Guarantees:
// 1. Listens when Start returns.
// 2. Shutdown lets running calls finish within the grace, cancels the rest, and returns when no
//    handler runs any more. Calls that wait in Fetch must be woken before (TopicCatalog::Drain).
// 3. A client that reads nothing delays Shutdown for at most kClientTimeout, or kUnixDrainTime on a
//    Unix socket.
// 4. Only connections of this server are ended, none of a successor at the same path.
// Thread safety: Start and Shutdown from one thread.
// Cost: gRPC's own threads, two to sixteen by the number of cores, and one that accepts
// connections; with TLS two more, on a Unix socket one more.
// Errors: those of ConnectionAcceptor, naming the address, when it cannot listen; Unavailable where
// the system has no threads left; those of proto/renewed_tls.h, naming the files. The field is that
// of RpcServerOptions.
#pragma once

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include "agent/base/periodic_task.h"
#include "agent/groups/committed_offsets.h"
#include "agent/groups/consumer_groups.h"
#include "agent/groups/group_coordinator.h"
#include "agent/groups/group_times.h"
#include "agent/rpc/connection_acceptor.h"
#include "agent/rpc/connection_monitor.h"
#include "agent/rpc/consumer_rpc.h"
#include "agent/rpc/group_rpc.h"
#include "agent/rpc/health_rpc.h"
#include "agent/rpc/producer_rpc.h"
#include "agent/rpc/rpc_metrics.h"
#include "agent/rpc/server_tls_files.h"
#include "agent/rpc/topic_rpc.h"
#include "agent/topics/topic_catalog.h"
#include "metrics_core/health.h"
#include "metrics_core/sockets/socket_address.h"
#include "proto/renewed_tls.h"

namespace streamhouse::agent {

// gRPC itself refuses, uncounted, a message that is larger than the largest request by this factor.
inline constexpr std::size_t kMessageBytesFactor = 2;
// gRPC itself refuses, uncounted, a call with more metadata, and closes its connection.
inline constexpr std::size_t kMetadataBytesMax = std::size_t{1} << 20;
// How long clients of a Unix socket have, once their calls are cancelled, to take what was sent.
// They are on this machine.
inline constexpr std::chrono::milliseconds kUnixDrainTime{1'000};

struct RpcServerOptions {
  metrics::SocketAddress address;     // port 0: one that is free
  std::size_t request_bytes_max = 0;  // keys and values of one Produce
  ServerTlsFiles tls = {};
};

// The parts of the agent that the services use.
struct ServedParts {
  TopicCatalog& topics;
  CommittedOffsets& offsets;
  GroupCoordinator& members;
  ConsumerGroups& groups;
  GroupTimes& times;
  const RpcMetrics& metrics;
  const metrics::Health* health = nullptr;  // null: no checks
  // Called when topics or groups were made, moved or deleted.
  std::function<void()> refresh_lag = [] {};
};

class RpcServer {
 public:
  // How often it looks whether TLS files have changed.
  static constexpr std::chrono::seconds kTlsLookInterval{1};

  // All parts must outlive the server.
  static Result<std::unique_ptr<RpcServer>> Start(const RpcServerOptions& options, const ServedParts& parts);
  ~RpcServer();
  RpcServer(const RpcServer&) = delete;
  RpcServer& operator=(const RpcServer&) = delete;

  // 0 on a Unix socket.
  int port() const { return acceptor_->port(); }

  // May be called twice.
  void Shutdown(std::chrono::milliseconds grace);

 private:
  RpcServer(const RpcServerOptions& options, const ServedParts& parts);

  Status StartRenewal(const RpcMetrics& metrics);
  Status StartDrain();
  void ShutDownGrpc(std::chrono::milliseconds grace);

  std::unique_ptr<RenewedTls> tls_;  // null without TLS; outlives the server
  ProducerRpc producer_;
  ConsumerRpc consumer_;
  TopicRpc topic_;
  GroupRpc group_;
  HealthRpc health_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> grpc_acceptor_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<ConnectionAcceptor> acceptor_;
  std::unique_ptr<ConnectionMonitor> connections_;
  std::unique_ptr<PeriodicTask> renewal_;

  // On a Unix socket: waits for Shutdown, and ends the connections that outlive it.
  std::thread drain_;
  std::promise<std::chrono::milliseconds> drain_began_;  // with the grace
  std::promise<void> drain_ended_;
};

}  // namespace streamhouse::agent
