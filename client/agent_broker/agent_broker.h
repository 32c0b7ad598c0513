// MakeAgentBroker(): the Broker that talks gRPC to an agent.
//
// When to use something else: client/testing/in_memory_broker.h, in tests.
// Guarantees, beyond those of Broker:
// 1. Every call carries its deadline to the agent. While there is no connection, a call waits for
//    one for up to connect_timeout. Then it fails with kUnavailable: the agent has not seen it.
// 2. A Produce whose connection is lost after it was sent, and before the response, fails with
//    kDeadlineExceeded and not with kUnavailable: the agent may have written the batch.
// 3. The connection goes directly to the agent. The proxy variables of the environment count only
//    with ProxyUse::kFromEnvironment, and never for a Unix socket.
// 4. With TLS over a Unix socket, the agent's certificate must be for the name localhost.
// 5. TLS files that change are used by connections that are made afterwards. Where the new ones
//    cannot be used, those from before stay in use, and a call that finds no connection says why.
// 6. A dead connection is noticed by keepalive pings while calls are waiting.
// Thread safety: every method, from any thread; calls share one connection and do not wait for each
// other.
// Cost: one copy of a batch into a message and one into gRPC's buffer, and back; messages are used
// again, so that none allocates once it has grown.
// Memory: the largest message of each concurrent call is kept.
// Errors: of a call, those of Broker (status_translation.h). Of MakeAgentBroker():
// - kInvalidArgument without an address or its host, for a bad Unix socket, for a certificate
//   without a key or the reverse, and for `tls` beside `tls_files`.
// - kInvalidArgument, naming the files, for TLS files that cannot be used (proto/renewed_tls.h).
// - kUnavailable where the system lacks what it takes to read them.
//
//   auto broker = MakeAgentBroker({.address = "127.0.0.1:9090"});
//   if (!broker.ok()) return broker.status();
//   auto producer = Producer::Builder().broker(*broker).Build();
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "client/broker.h"
#include "client/compression.h"
#include "client/group_operations.h"
#include "metrics_core/status.h"

namespace streamhouse::client {

// PEM text; all empty: no TLS.
struct TlsIdentity {
  std::string agent_ca;     // who signs the agent's certificate; empty with a certificate: the system's authorities
  std::string certificate;  // of this client, where the agent asks for one
  std::string key;

  bool empty() const { return agent_ca.empty() && certificate.empty() && key.empty(); }
};

// Paths of PEM files with the same. They are read again when they change, for new connections.
struct ClientTlsFiles {
  std::string agent_ca;
  std::string certificate;
  std::string key;

  bool empty() const { return agent_ca.empty() && certificate.empty() && key.empty(); }
};

// What the variables http_proxy, https_proxy, grpc_proxy and no_proxy of the environment mean for
// the connection.
enum class ProxyUse {
  kNone,             // nothing: the agent is reached directly
  kFromEnvironment,  // what gRPC reads in them
};

struct AgentBrokerOptions {
  std::string address;  // "host:port", "unix:///PATH" or "unix:@NAME" (metrics_core/sockets/socket_address.h)
  TlsIdentity tls = {};
  ClientTlsFiles tls_files = {};  // empty where `tls` is not
  ProxyUse proxy = ProxyUse::kNone;
  std::chrono::milliseconds connect_timeout{10'000};
  // Of a whole message of gRPC, which has at most 2 GiB; more means 2 GiB.
  std::size_t request_message_bytes_max = std::size_t{4} << 20;    // what a gRPC server takes unless told otherwise
  std::size_t response_message_bytes_max = std::size_t{64} << 20;  // a fetch with large records, decompressed
  Compression fetch_compression = Compression::kNone;              // of the records that the agent sends
};

// Neither waits for the agent.
metrics::Result<std::shared_ptr<Broker>> MakeAgentBroker(const AgentBrokerOptions& options);
metrics::Result<std::shared_ptr<GroupOperations>> MakeAgentGroupOperations(const AgentBrokerOptions& options);

}  // namespace streamhouse::client
