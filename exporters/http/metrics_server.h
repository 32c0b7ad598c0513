// MetricsServer: serves a registry and a program's health over HTTP: the paths of routes.h.
//
// When to use something else: a program that has an HTTP server already calls Routes from it (routes.h).
// Guarantees: Start() returns with the port bound and answering. A page is streamed: what a scrape costs in memory
// beside the snapshot (24 bytes a counter), which concurrent scrapes share, is below a megabyte, however large the page
// and however slowly it is read. A hostile or slow client costs what Limits allow, and delays no recording. The server
// counts itself (server_metrics.h). Stop() ends open connections, and returns when nothing runs any more.
// Thread safety: as Exporter says; port() from any thread after Start.
// Cost: one thread of its own, unless it is given an io_context; with passwords (web_config_file), one thread more.
// That thread takes the snapshots, sums labels away and encodes: of a million series, for a moment each time
// (bench/exposition). With a context: it answers while one thread, not more, runs the context, and shares that thread.
// Start() may be called before, from any thread. Stop() may be called
//   - from a handler in the context: then nothing is answered and neither registry nor health is used any more, while
//     handlers that find this out are left in the context, which may be destroyed before or after them and the server;
//   - from another thread, while one runs the context: then it returns when no handler is left;
//   - after the context has stopped or run out of work: as from a handler.
// From another thread while nobody runs a context that has not stopped, it waits for somebody to do so.
// Errors: Start() is Unavailable, naming host and port, when it cannot listen there; InvalidArgument for a host that
// is no address of this machine and no name, and for a web configuration or certificate that is bad.
//
//   MetricsServer server(registry, health, {.port = 8080});
//   if (Status started = server.Start(); !started.ok()) return started;
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/encoding/text_page.h"
#include "exporters/http/limits.h"
#include "metrics_core/exporter.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace boost::asio {
class io_context;
}

namespace streamhouse::exporters {

class Listener;

inline constexpr std::uint16_t kMetricsPortDefault = 8080;

struct MetricsServerOptions {
  std::string host = "127.0.0.1";            // an address to listen on, or a name of one
  std::uint16_t port = kMetricsPortDefault;  // 0: one that is free
  Limits limits = {};
  std::vector<std::string> aggregate = {};  // labels that /metrics sums away and /metrics/detailed shows
  // Whether OpenMetrics pages show when series were made, where the registry keeps it, in samples ending with _created.
  // Most servers store these as series of their own. Protobuf pages have it in any case.
  CreatedUse created = CreatedUse::kLeftOut;
  std::string web_config_file = {};            // web_config.h; empty for none: no TLS, and anybody may read
  boost::asio::io_context* context = nullptr;  // the program's, to run in; null: a thread of its own
};

class MetricsServer : public metrics::Exporter {
 public:
  // `registry` and `health` must outlive the server.
  MetricsServer(metrics::Registry& registry, const metrics::Health& health, MetricsServerOptions options);
  ~MetricsServer() override;  // stops
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

  // "prometheus://HOST:PORT", with the port that was asked for until Start() has bound one.
  std::string_view Name() const override;

  metrics::Status Start() override;
  void Stop() override;

  // The port that was bound; 0 before Start().
  std::uint16_t port() const { return port_; }

 private:
  class Thread;

  metrics::Registry& registry_;
  const metrics::Health& health_;
  const MetricsServerOptions options_;
  std::string name_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Thread> thread_;      // null with a context of the program's
  std::shared_ptr<Listener> listener_;  // null unless started and not stopped
};

}  // namespace streamhouse::exporters
