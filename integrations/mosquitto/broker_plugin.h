// BrokerPlugin: a plugin that counts the events of a Mosquitto broker and serves the counts on a
// page. Each line `plugin` of mosquitto.conf makes one.
//
//   mosquitto_…                                            of events (event_counts.h)
//   mosquitto_sys_…                                        with plugin_opt_sys_client (sys_figures.h)
//   process_…, streamhouse_metrics_…, streamhouse_exporter_…
//
// When to use something else: docs/mosquitto.md says what the broker does not tell a plugin.
// Guarantees:
// 1. The plugin changes nothing that the broker decides (event_counts.h).
// 2. Once Start() has returned a plugin, the page is served. When the destructor returns, no thread
//    of the plugin runs, and the broker calls it no more.
// 3. The broker's signals stay the broker's: threads of the plugin take none.
// Thread safety: the thread of the broker.
// Cost: three threads of the page, and one of the client of $SYS (side_thread.h). event_counts.h
// says what events cost.
// Errors: those of MetricsServer, which begin with the option that is to be changed.
// FailedPrecondition where the broker refuses to register for an event: it does so for a second
// plugin from the same file. For events without memory, see event_counts.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "exporters/http/metrics_server.h"
#include "integrations/mosquitto/event_callbacks.h"
#include "integrations/mosquitto/event_counts.h"
#include "integrations/mosquitto/plugin_options.h"
#include "integrations/mosquitto/side_thread.h"
#include "integrations/mosquitto/sys_client.h"
#include "integrations/mosquitto/sys_figures.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/self_metrics/core_metrics.h"
#include "metrics_core/self_metrics/process_metrics.h"
#include "metrics_core/status.h"

namespace streamhouse::mosquitto_plugin {

// Of the page. Many connections and scrapes would take memory and processor time from the broker.
inline constexpr std::size_t kPageConnectionsMax = 32;
inline constexpr std::size_t kPageScrapesMax = 4;

class BrokerPlugin {
 public:
  static metrics::Result<std::unique_ptr<BrokerPlugin>> Start(mosquitto_plugin_id_t* identifier,
                                                              const PluginOptions& options);
  ~BrokerPlugin();
  BrokerPlugin(const BrokerPlugin&) = delete;
  BrokerPlugin& operator=(const BrokerPlugin&) = delete;

  metrics::Registry& registry() { return registry_; }
  // As bound; 0 on a Unix socket.
  std::uint16_t port() const { return server_->port(); }

 private:
  explicit BrokerPlugin(mosquitto_plugin_id_t* identifier) : callbacks_(identifier) {}

  metrics::Status RegisterFamilies(const PluginOptions& options);
  metrics::Status StartSysClient(const PluginOptions& options);
  metrics::Status Serve(const PluginOptions& options);

  metrics::Registry registry_;
  metrics::Health health_;
  std::unique_ptr<EventCounts> events_;

  // Destroyed from the last to the first:
  // 1. callbacks_: the broker calls the plugin no more.
  // 2. side_: ends the client of $SYS and the page.
  // 3. What these have used.
  std::optional<metrics::ProcessMetrics> process_metrics_;
  std::optional<metrics::CoreMetrics> core_metrics_;
  std::unique_ptr<exporters::MetricsServer> server_;
  std::unique_ptr<SysFigures> sys_figures_;
  std::unique_ptr<SysClient> sys_client_;
  std::unique_ptr<SideThread> side_;  // starts and ends the server and the client
  EventCallbacks callbacks_;
};

}  // namespace streamhouse::mosquitto_plugin
