// Listener: the thread of a MetricsServer: accepts connections and keeps their sessions until they are over.
//
// When to use something else: MetricsServer, which is this behind the Exporter interface.
// Guarantees: an accept that fails (no descriptors left) is tried again. At the limit of connections the oldest that waits for
// its client is given up. Passwords are checked on a thread of their own; more requests than wait there get 503.
// Thread safety: Bind, Run and Stop from one thread, in this order. Errors: those of MetricsServer::Start.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "exporters/http/basic_auth.h"
#include "exporters/http/connection.h"
#include "exporters/http/limits.h"
#include "exporters/http/request.h"
#include "exporters/http/routes.h"
#include "exporters/http/server_metrics.h"
#include "exporters/http/session.h"
#include "exporters/http/tls_context.h"
#include "exporters/http/web_config.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

// Requests whose password is waiting to be checked.
inline constexpr std::size_t kPasswordChecksMax = 16;

class Listener {
 public:
  // `registry` and `health` must outlive it. Makes the routes' metrics itself.
  Listener(metrics::Registry& registry, const metrics::Health& health, RoutesOptions routes, WebConfig web_config);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  metrics::Status Bind(const std::string& host, std::uint16_t port);
  void Run();
  void Stop();

  std::uint16_t port() const { return port_; }

 private:
  void Accept();
  void AcceptAfterPause();
  void Serve(boost::asio::ip::tcp::socket socket);
  bool MakeRoom();
  std::unique_ptr<Connection> MakeConnection(boost::asio::ip::tcp::socket socket);
  void Handle(const Request& request, const Session::Respond& respond);
  void CheckPassword(const Request& request, const Session::Respond& respond);
  void AnswerWithVerdict(bool is_allowed, const Request& request, const Session::Respond& respond);

  // Immutable after construction.
  const Limits limits_;
  const WebConfig web_config_;
  const ServerMetrics metrics_;

  // Used by the listener's thread only, once it runs.
  Routes routes_;
  std::unique_ptr<TlsContext> tls_;  // null without TLS
  boost::asio::io_context context_{1};
  boost::asio::ip::tcp::acceptor acceptor_{context_};
  boost::asio::steady_timer pause_{context_};
  std::map<std::uint64_t, std::shared_ptr<Session>> sessions_;  // in the order of their coming
  std::uint64_t next_id_ = 0;
  std::size_t password_checks_ = 0;
  bool stopping_ = false;

  // Any thread.
  BasicAuth auth_;
  boost::asio::thread_pool password_thread_{1};

  std::uint16_t port_ = 0;
  std::thread thread_;
};

// "host:port", with brackets around an IPv6 address.
std::string HostAndPort(const std::string& host, std::uint16_t port);

}  // namespace streamhouse::exporters
