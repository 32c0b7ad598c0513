#include "integrations/mosquitto/event_counts.h"

#include <time.h>

#include <chrono>
#include <limits>
#include <string>
#include <utility>

#include "integrations/mosquitto/broker_events.h"
#include "integrations/mosquitto/take.h"
#include "metrics_core/metric_options.h"

namespace streamhouse::mosquitto_plugin {

using metrics::Counter;
using metrics::Family;
using metrics::Gauge;
using metrics::Registry;
using metrics::Result;
using metrics::Status;

namespace {

// Well below kLoopSilenceMax.
constexpr time_t kTickSecondsMax = 1;

EventCounts& CountsOf(void* user_data) {
  return *static_cast<EventCounts*>(user_data);
}

void Log(int level, const std::string& line) {
  mosquitto_log_printf(level, "streamhouse_mosquitto: %s", line.c_str());
}

Retain RetainOf(const mosquitto_evt_message& message) {
  if (!message.retain) return Retain::kNo;
  return message.payloadlen == 0 ? Retain::kClear : Retain::kSet;
}

}  // namespace

Result<std::unique_ptr<EventCounts>> EventCounts::Register(Registry& registry, metrics::Health& health,
                                                           const PluginOptions& options) {
  std::unique_ptr<EventCounts> made(new EventCounts());
  if (Status registered = made->RegisterFamilies(registry, health, options); !registered.ok()) return registered;
  return made;
}

Status EventCounts::RegisterFamilies(Registry& registry, metrics::Health& health, const PluginOptions& options) {
  Status added = Take(MessageMetrics::Register(registry,
                                               {.topic_rules = options.topic_rules,
                                                .topic_levels = options.topic_levels,
                                                .prefix_series_max = options.prefix_series_max},
                                               &CoarseNow),
                      messages_);
  if (!added.ok()) return added;
  Result<Family<Gauge>> publishing = registry.AddGauge(
      {.name = "mosquitto_publishing_clients",
       .help = "Clients and bridges that have published since they connected, until their connection ends."});
  if (!publishing.ok()) return publishing.status();
  publishing_clients_ = ClientSet(publishing->With());
  Result<Family<Counter>> ended = registry.AddCounter(
      {.name = "mosquitto_connections_ended_total",
       .help =
           "Connections that have ended. client=\"none\": no CONNECT was accepted. client=\"identified\" also counts "
           "once where a stored session is resumed or replaced. Sessions that expire, and what ends with the "
           "broker, are missing.",
       .labels = {"client"}});
  if (!ended.ok()) return ended.status();
  ended_identified_ = ended->With("identified");
  ended_without_client_ = ended->With("none");
  Result<Family<Counter>> reloads = registry.AddCounter(
      {.name = "mosquitto_reloads_total", .help = "Reloads of the broker's configuration (SIGHUP)."});
  if (!reloads.ok()) return reloads.status();
  reloads_ = reloads->With();
  Result<Family<Counter>> lost = registry.AddCounter(
      {.name = "mosquitto_plugin_events_lost_total",
       .help = "Events of the broker that the plugin had no memory to count. Other families may miss them."});
  if (!lost.ok()) return lost.status();
  lost_events_ = lost->With();
  auto silence = registry.AddCallbackGauge({.name = "mosquitto_loop_silence_seconds",
                                            .help = "Time since the broker's main loop last passed. Missing with "
                                                    "per_listener_settings, where the broker does not "
                                                    "report passes to plugins.",
                                            .unit = "seconds",
                                            .aggregation = metrics::Aggregation::kMax});
  if (!silence.ok()) return silence.status();
  silence_ = silence->Add([this] {
    if (!loop_.HasPassed()) return std::numeric_limits<double>::quiet_NaN();
    return std::chrono::duration<double>(loop_.Silence()).count();
  });
  loop_check_ = health.Add("loop", [this] { return loop_.Check(); });
  return Status::Ok();
}

Status EventCounts::AddTo(EventCallbacks& callbacks, Registry& registry, const PluginOptions& options) {
  Status added = callbacks.Add(MOSQ_EVT_MESSAGE, &OnMessage, this, "messages");
  if (added.ok()) added = callbacks.Add(MOSQ_EVT_DISCONNECT, &OnDisconnect, this, "disconnects");
  if (added.ok()) added = callbacks.Add(MOSQ_EVT_TICK, &OnTick, this, "ticks");
  if (added.ok()) added = callbacks.Add(MOSQ_EVT_RELOAD, &OnReload, this, "reloads");
  if (added.ok()) added = AddNewerTo(callbacks, registry);
  if (added.ok() && options.acl_checks == Checks::kOn) {
    Log(MOSQ_LOG_NOTICE,
        "plugin_opt_acl_checks: the broker must have an acl_file: without one it refuses every subscription and drops "
        "every message");
    added = Take(AclCheckMetrics::Register(registry), acl_checks_);
    if (added.ok()) added = callbacks.Add(MOSQ_EVT_ACL_CHECK, &OnAclCheck, this, "ACL checks");
  }
  if (added.ok() && options.auth_checks == Checks::kOn) {
    Log(MOSQ_LOG_NOTICE,
        "plugin_opt_auth_checks: the broker must have a password_file: without one it refuses every user name");
    const auto connected =
        sessions_ ? AuthenticationMetrics::Connected::kCountedElsewhere : AuthenticationMetrics::Connected::kCounted;
    added = Take(AuthenticationMetrics::Register(registry, connected, loop_, &CoarseNow), authentications_);
    if (added.ok()) added = callbacks.Add(MOSQ_EVT_BASIC_AUTH, &OnAuthentication, this, "authentications");
  }
  return added;
}

Status EventCounts::AddNewerTo(EventCallbacks& callbacks, Registry& registry) {
  if (!callbacks.TryAdd(kConnectEvent, &OnConnect, this)) return Status::Ok();
  const auto try_add = [&](int event, MOSQ_FUNC_generic_callback callback, const std::string& name) {
    if (callbacks.TryAdd(event, callback, this)) return;
    Log(MOSQ_LOG_WARNING, "the broker tells plugins of connects and not of " + name + ": these are not counted");
  };
  try_add(kSubscribeEvent, &OnSubscribe, "subscriptions");
  try_add(kUnsubscribeEvent, &OnUnsubscribe, "ended subscriptions");
  try_add(kMessageOutEvent, &OnMessageOut, "deliveries");
  try_add(kClientOfflineEvent, &OnDisconnect, "clients that go offline");
  return Take(SessionMetrics::Register(registry), sessions_);
}

template <typename Work>
void EventCounts::Attempt(const Work& work) noexcept {
  try {
    work();
  } catch (...) {
    lost_events_.Increment();
    // Without std::string: it may need the memory that is missing.
    if (!std::exchange(has_warned_of_loss_, true)) {
      mosquitto_log_printf(MOSQ_LOG_ERR,
                           "Error: streamhouse_mosquitto: no memory to count an event; further ones are in "
                           "mosquitto_plugin_events_lost_total alone");
    }
  }
}

int EventCounts::OnMessage(int /*event*/, void* data, void* user_data) noexcept {
  EventCounts& counts = CountsOf(user_data);
  const auto& message = *static_cast<const mosquitto_evt_message*>(data);
  counts.Attempt([&] {
    if (message.qos < kQosCount) {
      counts.messages_->Count(message.topic, message.payloadlen, message.qos, RetainOf(message));
    }
    // With per_listener_settings there are no ticks: a message also shows that a reload is over.
    if (counts.authentications_) counts.authentications_->LoopMoved();
    if (counts.publishing_clients_.Add(message.client)) counts.AfterClientEvent();
  });
  return MOSQ_ERR_SUCCESS;
}

int EventCounts::OnDisconnect(int /*event*/, void* data, void* user_data) noexcept {
  EventCounts& counts = CountsOf(user_data);
  const auto& disconnect = *static_cast<const mosquitto_evt_disconnect*>(data);
  counts.Attempt([&] {
    const bool is_identified = mosquitto_client_id(disconnect.client) != nullptr;
    (is_identified ? counts.ended_identified_ : counts.ended_without_client_).Increment();
    counts.publishing_clients_.Remove(disconnect.client);
    if (counts.authentications_) counts.authentications_->Ended(disconnect.client);
    if (counts.sessions_) counts.sessions_->Ended(disconnect.client);
    counts.AfterClientEvent();
  });
  return MOSQ_ERR_SUCCESS;
}

int EventCounts::OnTick(int /*event*/, void* data, void* user_data) noexcept {
  EventCounts& counts = CountsOf(user_data);
  auto& tick = *static_cast<mosquitto_evt_tick*>(data);
  // An idle broker of 2.1 would sleep for longer, and look silent.
  tick.next_s = kTickSecondsMax;
  counts.loop_.Pass();
  if (counts.authentications_) counts.authentications_->LoopMoved();
  if (counts.log_.HasLines()) [[unlikely]]
    counts.Attempt([&] { counts.WriteLog(); });
  return MOSQ_ERR_SUCCESS;
}

int EventCounts::OnReload(int /*event*/, void* /*data*/, void* user_data) noexcept {
  EventCounts& counts = CountsOf(user_data);
  counts.Attempt([&] {
    counts.reloads_.Increment();
    if (counts.authentications_) counts.authentications_->Reloaded();
    counts.WriteLogAndWarnOfTicks();
  });
  return MOSQ_ERR_SUCCESS;
}

int EventCounts::OnAclCheck(int /*event*/, void* data, void* user_data) noexcept {
  EventCounts& counts = CountsOf(user_data);
  const auto& check = *static_cast<const mosquitto_evt_acl_check*>(data);
  counts.loop_.SawClient();
  counts.acl_checks_->Count(check.access, check.topic == nullptr ? "" : check.topic);
  return MOSQ_ERR_PLUGIN_DEFER;
}

int EventCounts::OnAuthentication(int /*event*/, void* data, void* user_data) noexcept {
  EventCounts& counts = CountsOf(user_data);
  const auto& check = *static_cast<const mosquitto_evt_basic_auth*>(data);
  counts.loop_.SawClient();
  counts.Attempt([&] { counts.authentications_->Count(check.client); });
  return MOSQ_ERR_PLUGIN_DEFER;
}

int EventCounts::OnConnect(int /*event*/, void* data, void* user_data) noexcept {
  EventCounts& counts = CountsOf(user_data);
  const auto& connect = *static_cast<const ConnectEvent*>(data);
  counts.Attempt([&] {
    counts.sessions_->Connected(connect.client);
    counts.AfterClientEvent();
  });
  return MOSQ_ERR_SUCCESS;
}

int EventCounts::OnSubscribe(int /*event*/, void* /*data*/, void* user_data) noexcept {
  CountsOf(user_data).sessions_->Subscribed();
  return MOSQ_ERR_SUCCESS;
}

int EventCounts::OnUnsubscribe(int /*event*/, void* /*data*/, void* user_data) noexcept {
  CountsOf(user_data).sessions_->Unsubscribed();
  return MOSQ_ERR_SUCCESS;
}

int EventCounts::OnMessageOut(int /*event*/, void* data, void* user_data) noexcept {
  const auto& message = *static_cast<const mosquitto_evt_message*>(data);
  if (message.topic[0] != '$' && message.qos < kQosCount) {
    CountsOf(user_data).sessions_->Sent(message.payloadlen, message.qos);
  }
  return MOSQ_ERR_SUCCESS;
}

void EventCounts::AfterClientEvent() {
  loop_.SawClient();
  WriteLogAndWarnOfTicks();
}

void EventCounts::WriteLog() {
  log_.Write([](const std::string& line) { Log(MOSQ_LOG_WARNING, line); });
}

void EventCounts::WriteLogAndWarnOfTicks() {
  if (log_.HasLines()) WriteLog();
  if (has_warned_of_ticks_ || loop_.HasPassed() || loop_.Silence() < kLoopSilenceMax) return;
  has_warned_of_ticks_ = true;
  Log(MOSQ_LOG_WARNING,
      "the broker does not report passes of its loop: with per_listener_settings true, the figures are those of one "
      "listener alone, and /ready does not look at the loop");
}

}  // namespace streamhouse::mosquitto_plugin
