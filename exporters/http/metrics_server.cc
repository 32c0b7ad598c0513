#include "exporters/http/metrics_server.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <thread>
#include <utility>

#include "exporters/http/limits.h"
#include "exporters/http/routes.h"
#include "exporters/http/server_metrics.h"
#include "exporters/http/session.h"
#include "exporters/http/tcp_connection.h"

namespace streamhouse::exporters {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using metrics::Status;
using metrics::StatusCode;
using tcp = boost::asio::ip::tcp;

// How long to wait before accepting again when the system has no descriptors or memory left.
constexpr std::chrono::milliseconds kAcceptPause{100};

std::string HostAndPort(const std::string& host, std::uint16_t port) {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

// Signals are for the program's own threads.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

// Accepts connections, and keeps their sessions until they are over. Everything but construction, Bind, Run and Stop
// happens on its thread.
class MetricsServer::Listener {
 public:
  Listener(metrics::Registry& registry, const metrics::Health& health, const Limits& limits)
      : limits_(limits), metrics_(registry), routes_(registry, health, {.limits = limits, .metrics = metrics_}) {}

  Status Bind(const MetricsServerOptions& options) {
    error_code error;
    const auto refuse = [&](StatusCode code) {
      return Status(code, "cannot listen on " + HostAndPort(options.host, options.port) + ": " + error.message());
    };
    const auto endpoints =
        tcp::resolver(context_).resolve(options.host, std::to_string(options.port), tcp::resolver::passive, error);
    if (error) return refuse(StatusCode::kInvalidArgument);
    const tcp::endpoint endpoint = endpoints.begin()->endpoint();
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) return refuse(StatusCode::kUnavailable);
    port_ = acceptor_.local_endpoint().port();
    return Status::Ok();
  }

  void Run() {
    Accept();
    const BlockedSignals blocked;
    thread_ = std::thread([this] { context_.run(); });
  }

  void Stop() {
    if (!thread_.joinable()) return;
    asio::post(context_, [this] {
      stopping_ = true;
      acceptor_.close();
      pause_.cancel();
      // Each ends, and leaves the map, by its handlers.
      for (const auto& [id, session] : sessions_) session->Abort();
    });
    thread_.join();
  }

  std::uint16_t port() const { return port_; }

 private:
  void Accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
      if (stopping_) return;
      if (error) return AcceptAfterPause();
      Serve(std::move(socket));
      Accept();
    });
  }

  void AcceptAfterPause() {
    pause_.expires_after(kAcceptPause);
    pause_.async_wait([this](error_code) {
      if (!stopping_) Accept();
    });
  }

  void Serve(tcp::socket socket) {
    auto connection = std::make_unique<TcpConnection>(std::move(socket));
    if (sessions_.size() >= limits_.connections && !MakeRoom()) return connection->Abort();
    const std::uint64_t id = next_id_++;
    const auto session = std::make_shared<Session>(
        std::move(connection), [this](const Request& request) { return routes_.Handle(request); }, limits_, metrics_,
        [this, id](Session&) { sessions_.erase(id); });
    sessions_.emplace(id, session);
    session->Start();
  }

  // Gives up the oldest session that waits for its client. So a crowd of slow clients makes room for a quick one, which is
  // answered long before it is the oldest. False when all are being answered.
  bool MakeRoom() {
    metrics_.CountLimit(Limit::kConnections);
    const auto oldest =
        std::find_if(sessions_.begin(), sessions_.end(), [](const auto& entry) { return entry.second->is_waiting(); });
    if (oldest == sessions_.end()) return false;
    const std::shared_ptr<Session> session = oldest->second;
    sessions_.erase(oldest);
    session->Abort();
    return true;
  }

  const Limits limits_;
  const ServerMetrics metrics_;
  Routes routes_;
  asio::io_context context_{1};
  tcp::acceptor acceptor_{context_};
  asio::steady_timer pause_{context_};
  std::map<std::uint64_t, std::shared_ptr<Session>> sessions_;  // in the order of their coming
  std::uint64_t next_id_ = 0;
  bool stopping_ = false;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

MetricsServer::MetricsServer(metrics::Registry& registry, const metrics::Health& health, MetricsServerOptions options)
    : options_(std::move(options)),
      name_("prometheus://" + HostAndPort(options_.host, options_.port)),
      listener_(std::make_unique<Listener>(registry, health, options_.limits)) {}

MetricsServer::~MetricsServer() {
  Stop();
}

std::string_view MetricsServer::Name() const {
  return name_;
}

Status MetricsServer::Start() {
  if (Status bound = listener_->Bind(options_); !bound.ok()) return bound;
  name_ = "prometheus://" + HostAndPort(options_.host, port());
  listener_->Run();
  return Status::Ok();
}

void MetricsServer::Stop() {
  listener_->Stop();
}

std::uint16_t MetricsServer::port() const {
  return listener_->port();
}

}  // namespace streamhouse::exporters
