// MetricsServer: serves a registry and a program's health over HTTP: the paths of routes.h.
//
// When to use something else: a program that has an HTTP server already calls Routes from it
// (routes.h).
// Guarantees:
// 1. Start() returns with the port bound and answering.
// 2. A page is streamed: a scrape costs less than a megabyte beside the snapshot, however large the
//    page is and however slowly it is read.
// 3. Concurrent scrapes share a snapshot. It takes 24 bytes a gauge and 32 a counter.
// 4. A hostile or slow client costs what Limits allow, and delays no recording.
// 5. Health checks run on a thread of the server, also where the server runs on a context of the
//    program's: a slow check delays /ready alone. A request of /ready waits for kReadinessTime
//    (readiness_checks.h), then it gets 503.
// 6. When Stop() or the destructor returns, no request is answered and neither registry nor health
//    is used any more.
// 7. The server counts itself (server_metrics.h).
// 8. A server belongs to the process that started it: a child of fork leaves the parent's sockets
//    alone.
// Thread safety: all methods from any thread, but Name() and port() not during Start().
// Cost: one thread of its own, unless it is given an executor; from the first request of /ready on,
// one more; with passwords (web_config_file), one more.
// That thread takes the snapshots, sums labels away and encodes: of a million series, for a moment
// each time (bench/exposition). On a context of the program's any number of threads may run it; the
// server's handlers run one at a time, so that scrapes share one of them.
// Errors: where Start() fails, no request was answered and nothing runs. The server's own families
// may be registered by then, at zero. It returns:
// - Unavailable, naming host and port or the Unix socket, when it cannot listen there.
// - InvalidArgument for a host that is no address of this machine and no name, for a bad Unix
//   socket (field "unix_socket"), and for a bad web configuration, certificate or label.
// - AlreadyExists for a label that a family has, and where two registries have a family of one
//   name.
// - AlreadyExists where the registry has another family with the name of one of the server's own
//   (server_metrics.h).
// - FailedPrecondition for a second Start() without Stop().
// Stop: Stop() and the destructor end open connections. They may be called
// - from any thread, except from a health check or a callback that the server itself calls: this
//   ends the program;
// - whether or not a thread runs the context, and also from its handlers;
// - before or after the context is destroyed, which stops the server.
// They wait for the health checks, the page chunk and the password check that run: where a check of
// the host never returns, neither do they. Handlers that are left in the context are destroyed
// without being called.
// Unix socket: listening_unix_socket.h says what becomes of a file that is there, and of two starts
// at once. Moreover:
// - Stop() and the destructor remove the file.
// - TLS and passwords are those of the web configuration, as over TCP. To guesses of passwords, the
//   id of the client's user takes the place of an IP address.
// - A Unix socket knows no reset: a client of HTTP/1.0 may take a truncated page for a whole one;
//   HTTP/1.1 notices the missing end.
// Fork: in a child, Stop() and the destructor give back the child's copies of the server's sockets.
// - What else belongs to the server leaks in the child, with the sockets of connections where a
//   handler ran at the fork.
// - A child that runs the context must stop the server first.
// - A fork must not fall into Start() of another thread.
//
//   MetricsServer server(registry, health, {.port = 8080});
//   if (Status started = server.Start(); !started.ok()) return started;
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/encoding/text_page.h"
#include "exporters/http/limits.h"
#include "exporters/live_page/live_page.h"
#include "exporters/view/labelled_view.h"
#include "exporters/view/left_out_metrics.h"
#include "metrics_core/exporter.h"
#include "metrics_core/health.h"
#include "metrics_core/mutex.h"
#include "metrics_core/registry.h"
#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/status.h"

namespace boost::asio {
class any_io_executor;
}  // namespace boost::asio

namespace streamhouse::exporters {

class RunningServer;

inline constexpr std::uint16_t kMetricsPortDefault = 8080;

// Whether each page that was sent, or failed, has a line in the log.
enum class ScrapeLog : std::uint8_t { kOff, kOn };

struct MetricsServerOptions {
  std::string host = "127.0.0.1";            // an address to listen on, or a name of one
  std::uint16_t port = kMetricsPortDefault;  // 0: one that is free
  // In place of host and port.
  std::optional<metrics::UnixSocket> unix_socket = {};
  Limits limits = {};
  std::vector<std::string> aggregate = {};  // labels that /metrics sums away and /metrics/detailed shows
  ExtraLabels labels = {};                  // that every series has as well; no family may have one of them
  // Whether OpenMetrics 1.0 pages show when series were made, where the registry keeps it, in
  // samples ending with _created. Most servers store these as series of their own. OpenMetrics 2.0
  // and protobuf pages have it in any case.
  CreatedUse created = CreatedUse::kLeftOut;
  LivePageUse live_page = LivePageUse::kShown;  // to browsers that ask for `/` (live_page.h)
  // Whose families stand behind those of the server's own registry, as those of a plug-in; they
  // outlive the server.
  std::vector<metrics::Registry*> more_registries = {};
  std::string web_config_file = {};  // web_config.h; empty for none: no TLS, and every client may read
  // Takes a line for operators, from the thread that calls Start() or that runs the server. Empty:
  // there is no log.
  std::function<void(std::string_view line)> log = {};
  ScrapeLog scrape_log = ScrapeLog::kOff;
  // What to run on, such as that of an io_context of the program's; null: a thread of its own. It
  // may go when Start() returns. It may be a strand, whose handlers then do not run beside those of
  // the server.
  const boost::asio::any_io_executor* executor = nullptr;
};

class MetricsServer : public metrics::Exporter {
 public:
  // `registry` and `health` must outlive the server.
  MetricsServer(metrics::Registry& registry, const metrics::Health& health, MetricsServerOptions options);
  ~MetricsServer() override;  // stops
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

  // "prometheus://HOST:PORT", with the port that was asked for until Start() has bound one, or
  // "prometheus+unix:///PATH".
  std::string_view Name() const override;

  metrics::Status Start() override;
  void Stop() override;

  // The port that was bound; 0 before Start(), and on a Unix socket.
  std::uint16_t port() const { return port_; }

 private:
  metrics::Status RefuseSecondStart() const STREAMHOUSE_REQUIRES(mutex_);
  metrics::Status CheckPage(const LeftOutMetrics& left_out) const;

  // Immutable after construction.
  metrics::Registry& registry_;
  const metrics::Health& health_;
  const MetricsServerOptions options_;

  // Written by Start().
  std::string name_;
  std::uint16_t port_ = 0;

  metrics::Mutex mutex_;
  // Null before Start(), and keeps nothing once it has ended.
  std::shared_ptr<RunningServer> running_ STREAMHOUSE_GUARDED_BY(mutex_);
};

}  // namespace streamhouse::exporters
