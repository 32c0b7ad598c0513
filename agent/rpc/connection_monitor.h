// ConnectionMonitor: keeps a gauge at the number of connections that clients have open to this
// agent.
//
// A connection is an open HTTP/2 transport of the gRPC server, as gRPC counts it for channelz. An
// idle client that stays connected is one connection. A client that has opened two channels with
// different settings is two.
// Guarantees: at most kConnectionCountInterval behind the truth; 0 once stopped.
// Thread safety: Start and Stop from one thread.
// Cost: a thread that asks gRPC once an interval; the response takes time in proportion to the
// connections.
#pragma once

#include <chrono>
#include <cstddef>

#include "agent/base/periodic_task.h"
#include "metrics_core/gauge.h"
#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/status.h"

namespace streamhouse::agent {

inline constexpr std::chrono::milliseconds kConnectionCountInterval{1'000};

// The open connections of the gRPC servers of this process that listen there. Of a host and a port,
// only the port counts.
std::size_t CountConnections(const metrics::SocketAddress& address);

class ConnectionMonitor {
 public:
  ConnectionMonitor(metrics::SocketAddress address, metrics::Gauge connections);
  ~ConnectionMonitor() { Stop(); }
  ConnectionMonitor(const ConnectionMonitor&) = delete;
  ConnectionMonitor& operator=(const ConnectionMonitor&) = delete;

  // Once. Unavailable where the system has no thread left.
  metrics::Status Start() { return task_.Start(); }
  void Stop();

 private:
  const metrics::Gauge connections_;
  PeriodicTask task_;
};

}  // namespace streamhouse::agent
