// Listener: what a MetricsServer has running on an executor: accepts connections and keeps their
// sessions until they are over.
//
// When to use something else: MetricsServer, which is this behind the Exporter interface.
// Invariants:
// 1. There are at most Limits::connections sessions.
// 2. At most one kRefusalsDelayedPart-th of Limits::connections refusals are delayed.
// Guarantees:
// 1. An accept that fails is retried.
// 2. At the limit of connections, and when the process has no descriptors left, the oldest
//    connection that waits for its client is given up. At the limit of scrapes, a page that its
//    client does not read is given up.
// 3. Passwords are checked on a separate thread, in the order of password_queue.h. At most
//    kPasswordChecksMax requests wait; further ones get 503, unless their password was verified
//    recently.
// 4. A refused password is answered after kRefusalDelay for each refusal that waits so, at most
//    after kRefusalDelayMax. At most one kRefusalsDelayedPart-th of the connections wait so;
//    further refusals are answered at once.
//    Example: the third refusal that waits is answered after 0.3 s.
// 5. Health checks run on a separate thread too, so that no other response waits for them
//    (readiness_checks.h).
// 6. After Close() no request is answered, all sockets are closed and the file of a Unix socket is
//    gone (listening_unix_socket.h). Handlers that are left in the context keep the listener, and
//    are destroyed without being called.
// Lifetime: owned by shared_ptr. It must go before the context of its executor.
// Thread safety: any number of threads may run the executor; all methods from any thread.
// Cost: a thread for health checks from the first request of /ready on, and one where there are
// passwords.
// Errors: those of MetricsServer::Start.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "exporters/http/access/basic_auth.h"
#include "exporters/http/access/password_queue.h"
#include "exporters/http/access/rate_limit.h"
#include "exporters/http/access/web_config.h"
#include "exporters/http/connection.h"
#include "exporters/http/limits.h"
#include "exporters/http/message/request.h"
#include "exporters/http/readiness_checks.h"
#include "exporters/http/routes.h"
#include "exporters/http/server_executor.h"
#include "exporters/http/server_metrics.h"
#include "exporters/http/session.h"
#include "exporters/http/sockets.h"
#include "exporters/http/tls/tls_context.h"
#include "metrics_core/health.h"
#include "metrics_core/host_port.h"
#include "metrics_core/registry.h"
#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/sockets/socket_file.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

class Listener : public std::enable_shared_from_this<Listener> {
 public:
  static constexpr std::chrono::milliseconds kRefusalDelay{100};
  static constexpr std::chrono::milliseconds kRefusalDelayMax{5'000};
  static constexpr std::size_t kRefusalsDelayedPart = 4;

  // `registry` and `health` are used until Close(). `routes.metrics` count all that the listener
  // does.
  Listener(ServerExecutor executor, metrics::Registry& registry, const metrics::Health& health, RoutesOptions routes,
           WebConfig web_config);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  metrics::Status Bind(const metrics::SocketAddress& address);
  void Open();
  // Waits for the handler, the health checks and the password check that run. Not from a health
  // check or a callback of the registry that this listener calls.
  void Close();
  // In the place of Close(), in a child of fork: gives back its copies of the parent's sockets, and
  // does not touch anything else. The listener must not be destroyed after it.
  void CloseInChild();

  // 0 on a Unix socket.
  std::uint16_t port() const { return port_; }

 private:
  void Accept();
  void AcceptSome();
  void AcceptAfter(boost::system::error_code error);
  metrics::Status BindTcp(const metrics::HostPort& address);
  metrics::Status BindUnix(const metrics::UnixSocket& address);
  void Serve(StreamSocket socket);
  bool MakeRoom();
  bool GiveUpAStalledPage();
  std::unique_ptr<Connection> MakeConnection(StreamSocket socket);
  // A connection, as the password queue sees it.
  struct Client {
    std::string address;         // PeerName()
    std::uint64_t refusals = 0;  // of guesses, or of requests that found no place in the queue
  };

  void Handle(const Request& request, Client& client, Session::Respond respond);
  void QueuePassword(const Request& request, Client& client, Session::Respond respond);
  void CheckNextPassword();
  void CheckPassword(Request request, Client& client, Session::Respond respond);
  void AnswerAllowed(const Request& request, const Session::Respond& respond);
  void RefuseGuess(Response refusal, Client& client, Session::Respond respond);
  void AnswerWith(Response refusal, const Session::Respond& respond);

  // Immutable after construction.
  const Limits limits_;
  const WebConfig web_config_;
  const ServerMetrics metrics_;

  // Any thread.
  BasicAuth auth_;

  const ServerExecutor executor_;

  // Used by handlers only, once it is open.
  Routes routes_;
  ReadinessChecks checks_;
  std::unique_ptr<TlsContext> tls_;  // null without TLS
  ListeningSocket listening_{executor_};
  boost::asio::steady_timer pause_{executor_};
  std::map<std::uint64_t, std::shared_ptr<Session>> sessions_;  // in the order of their coming
  std::uint64_t next_id_ = 0;
  RateLimit rate_limit_{web_config_.rate_limit};
  PasswordQueue password_queue_;
  std::map<std::uint64_t, boost::asio::steady_timer> delayed_;  // refusals
  std::unique_ptr<boost::asio::thread_pool> password_thread_;   // null where there are no passwords, and once closed

  std::uint16_t port_ = 0;
  metrics::SocketFile file_;  // goes before the socket
};

}  // namespace streamhouse::exporters
