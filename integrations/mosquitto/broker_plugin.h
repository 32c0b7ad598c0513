// BrokerPlugin: a plugin that counts the events of a Mosquitto broker and serves the counts on a
// page. Each line `plugin` of mosquitto.conf makes one.
//
//   mosquitto_publishes_received_total …                   message_metrics.h
//   mosquitto_publishing_clients                           clients and bridges that have published, until they leave
//   mosquitto_connections_ended_total{client}              "identified", or "none" where no CONNECT was accepted
//   mosquitto_reloads_total                                SIGHUP
//   mosquitto_loop_silence_seconds                         since the main loop passed (loop_watch.h)
//   mosquitto_plugin_events_lost_total                     no memory to count them
//   mosquitto_acl_checks_total{access}                     with plugin_opt_acl_checks (check_metrics.h)
//   mosquitto_authentication_checks_total …                with plugin_opt_auth_checks (check_metrics.h)
//   mosquitto_sys_…                                        with plugin_opt_sys_client (sys_figures.h)
//   mosquitto_connects_total …                             where the broker is 2.1 or later (session_metrics.h)
//   process_…, streamhouse_metrics_…, streamhouse_exporter_…
//
// When to use something else: docs/mosquitto.md says what the broker does not tell a plugin.
// Guarantees:
// 1. The plugin changes nothing that the broker decides: callbacks of events answer
//    MOSQ_ERR_SUCCESS and touch no data, those of checks answer MOSQ_ERR_PLUGIN_DEFER.
// 2. Once Start() has returned a plugin, the page is served. When the destructor returns, no thread
//    of the plugin runs, and the broker calls it no more.
// 3. The broker's signals stay the broker's: threads of the plugin take none.
// Thread safety: the thread of the broker.
// Cost: two threads of the page, and one of the client of $SYS. message_metrics.h says what a
// PUBLISH costs.
// Errors: those of MetricsServer, with the option that changes it. FailedPrecondition where the
// broker refuses to register for an event, as it does for a second plugin from the same file. An
// event without memory to count it is lost: mosquitto_plugin_events_lost_total counts it, and the
// broker works on. A new series without memory ends the process (metrics_core/family.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "exporters/http/metrics_server.h"
#include "integrations/mosquitto/check_metrics.h"
#include "integrations/mosquitto/client_set.h"
#include "integrations/mosquitto/coarse_clock.h"
#include "integrations/mosquitto/deferred_log.h"
#include "integrations/mosquitto/event_callbacks.h"
#include "integrations/mosquitto/loop_watch.h"
#include "integrations/mosquitto/message_metrics.h"
#include "integrations/mosquitto/plugin_options.h"
#include "integrations/mosquitto/session_metrics.h"
#include "integrations/mosquitto/sys_client.h"
#include "integrations/mosquitto/sys_figures.h"
#include "metrics_core/callback_family.h"
#include "metrics_core/counter.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/self_metrics/core_metrics.h"
#include "metrics_core/self_metrics/process_metrics.h"
#include "metrics_core/status.h"

namespace streamhouse::mosquitto_plugin {

// Of the page. The page shares the broker's limit of descriptors, often 1,024, with the clients.
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
  metrics::Status RegisterCallbacks(const PluginOptions& options);
  metrics::Status RegisterNewerEvents();
  metrics::Status StartSysClient(const PluginOptions& options);
  metrics::Status Serve(const PluginOptions& options);

  // What the broker calls, with the plugin as its user data.
  static int OnMessage(int event, void* data, void* plugin) noexcept;
  static int OnDisconnect(int event, void* data, void* plugin) noexcept;
  static int OnTick(int event, void* data, void* plugin) noexcept;
  static int OnReload(int event, void* data, void* plugin) noexcept;
  static int OnAclCheck(int event, void* data, void* plugin) noexcept;
  static int OnAuthentication(int event, void* data, void* plugin) noexcept;
  static int OnConnect(int event, void* data, void* plugin) noexcept;
  static int OnSubscribe(int event, void* data, void* plugin) noexcept;
  static int OnUnsubscribe(int event, void* data, void* plugin) noexcept;
  static int OnMessageOut(int event, void* data, void* plugin) noexcept;

  // Does the work of a callback. An exception loses the event: the broker is C and knows none.
  template <typename Work>
  void Attempt(const Work& work) noexcept;

  // On events that are not frequent.
  void AfterClientEvent();
  void DrainLogAndWarnOfTicks();

  metrics::Registry registry_;
  metrics::Health health_;
  DeferredLog log_;
  LoopWatch loop_{&CoarseNow};

  // Written by Start(), used by callbacks.
  std::optional<MessageMetrics> messages_;
  ClientSet publishing_clients_;
  metrics::Counter ended_identified_;
  metrics::Counter ended_without_client_;
  metrics::Counter reloads_;
  metrics::Counter lost_events_;
  std::optional<AclCheckMetrics> acl_checks_;
  std::optional<AuthenticationMetrics> authentications_;
  std::optional<SessionMetrics> sessions_;
  bool has_warned_of_ticks_ = false;
  bool has_warned_of_loss_ = false;

  // The order of destruction: the broker calls no more, the page ends, then what both use.
  std::optional<metrics::ProcessMetrics> process_metrics_;
  std::optional<metrics::CoreMetrics> core_metrics_;
  metrics::CallbackFamily::Token silence_;
  metrics::Health::Token loop_check_;
  std::unique_ptr<exporters::MetricsServer> server_;
  std::unique_ptr<SysFigures> sys_figures_;
  std::unique_ptr<SysClient> sys_client_;
  EventCallbacks callbacks_;
};

}  // namespace streamhouse::mosquitto_plugin
