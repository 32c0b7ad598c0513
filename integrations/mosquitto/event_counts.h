// EventCounts: what the events of a broker do to the metrics.
//
//   mosquitto_publishes_received_total …                   message_metrics.h
//   mosquitto_publishing_clients                           clients and bridges that have published, until they leave
//   mosquitto_connections_ended_total{client}              "identified", or "none" where no CONNECT was accepted
//   mosquitto_reloads_total                                SIGHUP
//   mosquitto_loop_silence_seconds                         since the main loop passed (loop_watch.h)
//   mosquitto_plugin_events_lost_total                     no memory to count them
//   mosquitto_acl_checks_total{access}                     with plugin_opt_acl_checks (acl_check_metrics.h)
//   mosquitto_authentication_checks_total …                with plugin_opt_auth_checks (authentication_metrics.h)
//   mosquitto_connects_total …                             where the broker is 2.1 or later (session_metrics.h)
//
// When to use something else: BrokerPlugin, which serves these on a page.
// Guarantees:
// 1. Callbacks of events answer MOSQ_ERR_SUCCESS, those of checks MOSQ_ERR_PLUGIN_DEFER.
// 2. They change no data of the broker but the time of the next pass, which 2.1 reads.
// Thread safety: the thread of the broker. Any thread may add to log().
// Cost: message_metrics.h says what a PUBLISH costs. A pass of the loop costs what
// loop_watch.h says.
// Errors: those of Registry, of EventCallbacks, and of Health. An event without memory to count it
// is lost: mosquitto_plugin_events_lost_total counts it. A new series without memory ends the
// process (metrics_core/family.h).
#pragma once

#include <memory>
#include <optional>

#include "integrations/mosquitto/acl_check_metrics.h"
#include "integrations/mosquitto/authentication_metrics.h"
#include "integrations/mosquitto/client_set.h"
#include "integrations/mosquitto/coarse_clock.h"
#include "integrations/mosquitto/deferred_log.h"
#include "integrations/mosquitto/event_callbacks.h"
#include "integrations/mosquitto/loop_watch.h"
#include "integrations/mosquitto/message_metrics.h"
#include "integrations/mosquitto/plugin_options.h"
#include "integrations/mosquitto/session_metrics.h"
#include "metrics_core/callback_family.h"
#include "metrics_core/counter.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::mosquitto_plugin {

class EventCounts {
 public:
  // `registry` and `health` must outlive the EventCounts.
  static metrics::Result<std::unique_ptr<EventCounts>> Register(metrics::Registry& registry, metrics::Health& health,
                                                                const PluginOptions& options);
  EventCounts(const EventCounts&) = delete;
  EventCounts& operator=(const EventCounts&) = delete;

  // Registers callbacks for the events. The broker calls them until `callbacks` is destroyed; the
  // EventCounts must live until then.
  metrics::Status AddTo(EventCallbacks& callbacks, metrics::Registry& registry, const PluginOptions& options);

  // Lines for the broker's log, written with the next event that is not a message.
  DeferredLog& log() { return log_; }

 private:
  EventCounts() = default;

  metrics::Status RegisterFamilies(metrics::Registry& registry, metrics::Health& health, const PluginOptions& options);
  metrics::Status AddNewerTo(EventCallbacks& callbacks, metrics::Registry& registry);

  // What the broker calls, with the EventCounts as its user data.
  static int OnMessage(int event, void* data, void* counts) noexcept;
  static int OnDisconnect(int event, void* data, void* counts) noexcept;
  static int OnTick(int event, void* data, void* counts) noexcept;
  static int OnReload(int event, void* data, void* counts) noexcept;
  static int OnAclCheck(int event, void* data, void* counts) noexcept;
  static int OnAuthentication(int event, void* data, void* counts) noexcept;
  static int OnConnect(int event, void* data, void* counts) noexcept;
  static int OnSubscribe(int event, void* data, void* counts) noexcept;
  static int OnUnsubscribe(int event, void* data, void* counts) noexcept;
  static int OnMessageOut(int event, void* data, void* counts) noexcept;

  // Does the work of a callback. An exception loses the event: the broker is C and knows none.
  template <typename Work>
  void Attempt(const Work& work) noexcept;

  // After an event of a client that is not one of its further messages.
  void AfterClientEvent();
  void WriteLogAndWarnOfTicks();
  void WriteLog();

  DeferredLog log_;
  LoopWatch loop_{&CoarseNow};

  // Written by Register() and AddTo(), used by callbacks.
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

  // The readers of loop_, which end before it.
  metrics::CallbackFamily::Token silence_;
  metrics::Health::Token loop_check_;
};

}  // namespace streamhouse::mosquitto_plugin
