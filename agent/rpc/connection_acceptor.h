// ConnectionAcceptor: listens, and hands each connection that comes over as a descriptor.
//
// When to use something else: a port of gRPC itself, where a process never runs out of descriptors.
// gRPC 1.51 accepts no connection any more after one that found none
// (docs/decisions/own_listener.md).
// Guarantees: a connection that finds no descriptor or memory waits, and is accepted within
// kAcceptRetryInterval once there is one. No connection is handed over after Stop() has returned.
// Clients that connect afterwards are refused. A connection ends when its client takes no byte for
// kClientTimeout while bytes wait for it. Stop() waits for at most kAcceptsPerTurnMax connections
// of each address.
// Thread safety: Start and Stop from one thread. `take` runs on a thread of its own.
// Cost: one thread that waits for connections, a descriptor for each address, and one more.
// Errors: Listen, Unavailable with the reason of the system where it cannot listen on any address
// of the host; Start, Unavailable where the system has no thread left.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

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
  static metrics::Result<std::unique_ptr<ConnectionAcceptor>> Listen(const std::string& host, std::uint16_t port);

  ~ConnectionAcceptor();
  ConnectionAcceptor(const ConnectionAcceptor&) = delete;
  ConnectionAcceptor& operator=(const ConnectionAcceptor&) = delete;

  std::uint16_t port() const { return port_; }

  // Once.
  metrics::Status Start(Take take);
  // May be called twice.
  void Stop();

 private:
  enum class Accepted : std::uint8_t { kWhatCame, kNoRoom };

  explicit ConnectionAcceptor(int wake) : wake_(wake) {}

  void Run();
  Accepted AcceptWaiting(int listener);

  const int wake_;              // an eventfd; readable once it stops
  std::vector<int> listeners_;  // changed before Start and after the thread
  std::uint16_t port_ = 0;
  Take take_;
  std::thread thread_;
};

}  // namespace streamhouse::agent
