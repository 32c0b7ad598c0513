// Listener: what a MetricsServer has running in an io_context: accepts connections and keeps their sessions until they
// are over.
//
// When to use something else: MetricsServer, which is this behind the Exporter interface.
// Guarantees: an accept that fails is tried again. At the limit of connections, and when the process has no descriptors
// left, the oldest that waits for its client is given up; at the limit of scrapes a page that its client does not read.
// Passwords are checked on a thread of their own; more requests
// than wait there get 503, but not those whose password was found right before. After Close() nothing is answered;
// handlers that are left in the context keep the listener, and touch nothing but it.
// Thread safety: one thread at a time runs the context. Bind() and Open() from any; Close() from the thread that runs
// the context, or while none does. Errors: those of MetricsServer::Start. Owned by shared_ptr.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <cstdint>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

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

class Listener : public std::enable_shared_from_this<Listener> {
 public:
  // `registry` and `health` are used until Close(); the routes' metrics are made here. `context` must outlive it, but
  // for handlers that it still holds when it is destroyed itself.
  Listener(boost::asio::io_context& context, metrics::Registry& registry, const metrics::Health& health,
           RoutesOptions routes, WebConfig web_config);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  metrics::Status Bind(const std::string& host, std::uint16_t port);
  void Open();
  void Close();

  // Ready when the listener is destroyed, with all that it had in the context. Once.
  std::future<void> gone();

  std::uint16_t port() const { return port_; }

 private:
  void Accept();
  void AcceptAfter(boost::system::error_code error);
  void Serve(boost::asio::ip::tcp::socket socket);
  bool MakeRoom();
  bool GiveUpAStalledPage();
  std::unique_ptr<Connection> MakeConnection(boost::asio::ip::tcp::socket socket);
  void Handle(const Request& request, const Session::Respond& respond);
  void CheckPassword(const Request& request, const Session::Respond& respond);
  void AnswerWithVerdict(bool is_allowed, const Request& request, const Session::Respond& respond);
  void AnswerWith(Response refusal, const Session::Respond& respond);

  struct Gone {
    ~Gone() { promise.set_value(); }
    std::promise<void> promise;
  };

  // Destroyed last.
  Gone gone_;

  // Immutable after construction.
  const Limits limits_;
  const WebConfig web_config_;
  const ServerMetrics metrics_;

  // Any thread.
  BasicAuth auth_;

  // Used by the thread that runs the context only, once it is open.
  boost::asio::io_context& context_;
  Routes routes_;
  std::unique_ptr<TlsContext> tls_;  // null without TLS
  boost::asio::ip::tcp::acceptor acceptor_{context_};
  boost::asio::steady_timer pause_{context_};
  std::map<std::uint64_t, std::shared_ptr<Session>> sessions_;  // in the order of their coming
  std::uint64_t next_id_ = 0;
  std::size_t password_checks_ = 0;
  bool closed_ = false;
  std::unique_ptr<boost::asio::thread_pool> password_thread_;  // null where there are no passwords, and once closed

  std::uint16_t port_ = 0;
};

// The first that works: a name may have an address of a family that this machine does not speak. Or the last error.
boost::system::error_code ListenOnOneOf(const std::vector<boost::asio::ip::tcp::endpoint>& endpoints,
                                        boost::asio::ip::tcp::acceptor& acceptor);

// "host:port", with brackets around an IPv6 address.
std::string HostAndPort(const std::string& host, std::uint16_t port);

}  // namespace streamhouse::exporters
