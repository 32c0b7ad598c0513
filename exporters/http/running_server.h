// RunningServer: a listener with what runs it: a thread of its own, or a context of the program's.
//
// When to use something else: MetricsServer, which owns one from Start() on.
// Invariants, in the process that has made it:
// 1. With a listener there is one of thread_ and servers_: its own thread, or the program's
//    context.
// 2. Without a listener there is neither: no thread and no context refers to the server.
// Guarantees:
// 1. Server and context may end in any order. A context that is destroyed ends its servers first.
// 2. End() waits for the handler, the health checks and the password check that run. It does so
//    whether or not a thread runs the context.
// 3. In a child of fork, which has neither the threads nor a state that can be relied on, End()
//    gives back the copies of the parent's sockets. It leaves all else unchanged, also the file of
//    a Unix socket.
// 4. A child is known by its process id, which is right for every way of forking. pthread_atfork is
//    not told of vfork, clone and _Fork, and would have to wait for each handler that runs.
// Thread safety: all methods from any thread.
// Cost: with a thread of its own, one.
// Errors: those of MetricsServer::Start.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "exporters/http/listener.h"
#include "exporters/http/server_executor.h"
#include "metrics_core/mutex.h"
#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

class RunningServer : public std::enable_shared_from_this<RunningServer> {
 public:
  using MakeListener = std::function<std::shared_ptr<Listener>(ServerExecutor executor)>;

  RunningServer();
  ~RunningServer();  // ends
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  // Once. The port, or 0 on a Unix socket. Without an executor it makes a thread.
  metrics::Result<std::uint16_t> Start(const MakeListener& make_listener, const metrics::SocketAddress& address,
                                       std::optional<boost::asio::any_io_executor> executor);
  // May be called without Start(), and twice.
  void End();

  bool has_ended() const { return getpid() == process_ ? HasEnded() : HasEndedInChild(); }

 private:
  class Thread;
  class ServersOfContext;

  metrics::Result<std::uint16_t> StartOrThrow(const MakeListener& make_listener, const metrics::SocketAddress& address,
                                              std::optional<boost::asio::any_io_executor> executor);
  bool HasEnded() const;
  // Whether what would run the listener is there exactly where the listener is.
  bool IsSound() const STREAMHOUSE_REQUIRES(mutex_);
  // Without the lock: a thread that is missing in a child may hold it, and there is no other
  // thread.
  void EndInChild() STREAMHOUSE_UNCHECKED;
  bool HasEndedInChild() const STREAMHOUSE_UNCHECKED;

  // Immutable after construction.
  const pid_t process_;

  mutable metrics::Mutex mutex_;
  // Null unless it runs.
  std::shared_ptr<Listener> listener_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::unique_ptr<Thread> thread_ STREAMHOUSE_GUARDED_BY(mutex_);       // null with an executor of the program's
  ServersOfContext* servers_ STREAMHOUSE_GUARDED_BY(mutex_) = nullptr;  // null without one
};

}  // namespace streamhouse::exporters
