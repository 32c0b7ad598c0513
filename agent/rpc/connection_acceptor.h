// ConnectionAcceptor: listens, and hands each connection that comes over as a descriptor.
//
// When to use something else: a port of gRPC itself, where a process never runs out of descriptors.
// gRPC 1.51 accepts no connection any more after one that found none
// (docs/decisions/own_listener.md).
// Guarantees:
// 1. A connection that finds no descriptor or memory waits, and is accepted within
//    kAcceptRetryInterval once there is one.
// 2. No connection is handed over after Stop() has returned. Clients that connect afterwards are
//    refused.
// 3. A connection over TCP ends when its client takes no byte for kClientTimeout while bytes wait
//    for it. A Unix socket, for which the system has no such limit, goes on until
//    EndUnixConnections().
// 4. EndUnixConnections() ends the connections of this acceptor alone, and none of another one that
//    listens at the same path, such as a successor.
// 5. Stop() waits for at most kAcceptsPerTurnMax connections of each address.
// 6. The file of a Unix socket is that of listening_unix_socket.h; Stop() removes it.
// Thread safety: Start and Stop from one thread. `take` runs on a thread of its own.
// Cost: one thread that waits for connections, a descriptor for each address, and one more. On a
// Unix socket also some bytes for each connection that was open at once.
// Errors: Listen, Unavailable, naming the address and the reason of the system, where it cannot
// listen on any address of the host; the field is "port". For a Unix socket, those of
// listening_unix_socket.h within the field "unix_socket". A lack of descriptors is told in the same
// way. Start, Unavailable where the system has no thread left.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "metrics_core/host_port.h"
#include "metrics_core/mutex.h"
#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/sockets/socket_file.h"
#include "metrics_core/status.h"

namespace streamhouse::agent {

inline constexpr std::chrono::milliseconds kAcceptRetryInterval{100};
// A client is gone when it leaves a ping unanswered, or takes no byte, for this long.
inline constexpr std::chrono::milliseconds kClientTimeout{10'000};
// After so many connections from one address, the other addresses and a stop have their turn.
inline constexpr int kAcceptsPerTurnMax = 64;

class ConnectionAcceptor {
 public:
  // Owns the descriptor from then on: non-blocking, closed on exec, without delay of small packets,
  // with kClientTimeout.
  using Take = std::function<void(int descriptor)>;

  // On every address that the host has and this machine knows; on all of the machine for a
  // wildcard, be it one of IPv4 or IPv6. Port 0: one that is free.
  static metrics::Result<std::unique_ptr<ConnectionAcceptor>> Listen(const metrics::SocketAddress& address);

  ~ConnectionAcceptor();
  ConnectionAcceptor(const ConnectionAcceptor&) = delete;
  ConnectionAcceptor& operator=(const ConnectionAcceptor&) = delete;

  // As it is bound, with the port that was free.
  const metrics::SocketAddress& address() const { return address_; }
  bool is_unix() const { return std::holds_alternative<metrics::UnixSocket>(address_); }
  // 0 on a Unix socket.
  std::uint16_t port() const { return is_unix() ? std::uint16_t{0} : std::get<metrics::HostPort>(address_).port; }

  // Once.
  metrics::Status Start(Take take);
  // May be called twice.
  void Stop();

  // Ends every connection of the Unix socket that is still open. The descriptors stay their
  // owner's. It takes neither a descriptor nor /proc. Any thread.
  void EndUnixConnections();

 private:
  enum class Accepted : std::uint8_t { kWhatCame, kNoRoom };

  ConnectionAcceptor(int wake, metrics::SocketAddress address) : wake_(wake), address_(std::move(address)) {}

  static metrics::Result<std::unique_ptr<ConnectionAcceptor>> New(const metrics::SocketAddress& address);
  metrics::Status ListenOnHost();
  metrics::Status ListenOnUnixSocket();

  void Run();
  Accepted AcceptWaiting(int listener);
  void Remember(int connection);

  const int wake_;                  // an eventfd; readable once it stops
  metrics::SocketAddress address_;  // changed before Start
  std::vector<int> listeners_;      // changed before Start and after the thread
  metrics::SocketFile file_;        // goes before the listener
  Take take_;
  std::thread thread_;

  metrics::Mutex mutex_;
  // Of a Unix socket: what was handed over, by descriptor, with the cookie by which the system
  // tells sockets apart. One that was closed stays until its number is used again.
  std::map<int, std::uint64_t> handed_over_ STREAMHOUSE_GUARDED_BY(mutex_);
};

}  // namespace streamhouse::agent
