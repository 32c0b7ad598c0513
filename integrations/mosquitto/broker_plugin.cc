#include "integrations/mosquitto/broker_plugin.h"

#include <chrono>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "integrations/mosquitto/broker_events.h"
#include "metrics_core/self_metrics/build_info.h"
#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/version.h"

namespace streamhouse::mosquitto_plugin {

using metrics::Counter;
using metrics::Family;
using metrics::Gauge;
using metrics::Result;
using metrics::Status;

namespace {

BrokerPlugin& PluginOf(void* user_data) {
  return *static_cast<BrokerPlugin*>(user_data);
}

void Log(int level, const std::string& line) {
  mosquitto_log_printf(level, "streamhouse_mosquitto: %s", line.c_str());
}

Retain RetainOf(const mosquitto_evt_message& message) {
  if (!message.retain) return Retain::kNo;
  return message.payloadlen == 0 ? Retain::kClear : Retain::kSet;
}

exporters::MetricsServerOptions ServerOptions(const PluginOptions& options) {
  exporters::MetricsServerOptions server = {.web_config_file = options.web_config_file};
  server.limits.connections = kPageConnectionsMax;
  server.limits.scrapes = kPageScrapesMax;
  if (const auto* const socket = std::get_if<metrics::UnixSocket>(&options.http)) {
    server.unix_socket = *socket;
  } else {
    const auto& [host, port] = std::get<metrics::HostPort>(options.http);
    server.host = host;
    server.port = port;
  }
  return server;
}

Result<std::string> FirstLine(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line) || line.empty()) {
    return Status(metrics::StatusCode::kInvalidArgument,
                  "plugin_opt_sys_password_file: no first line can be read from " + path);
  }
  if (line.back() == '\r') line.pop_back();
  return line;
}

template <typename T>
Status Emplace(Result<T> made, std::optional<T>& to) {
  if (!made.ok()) return made.status();
  to.emplace(*std::move(made));
  return Status::Ok();
}

}  // namespace

Result<std::unique_ptr<BrokerPlugin>> BrokerPlugin::Start(mosquitto_plugin_id_t* identifier,
                                                          const PluginOptions& options) {
  std::unique_ptr<BrokerPlugin> plugin(new BrokerPlugin(identifier));
  if (Status registered = plugin->RegisterFamilies(options); !registered.ok()) return registered;
  if (Status registered = plugin->RegisterCallbacks(options); !registered.ok()) return registered;
  if (Status served = plugin->Serve(options); !served.ok()) return served;
  if (Status started = plugin->StartSysClient(options); !started.ok()) return started;
  return plugin;
}

BrokerPlugin::~BrokerPlugin() = default;

Status BrokerPlugin::RegisterFamilies(const PluginOptions& options) {
  Status added = Emplace(MessageMetrics::Register(registry_,
                                                  {.topic_rules = options.topic_rules,
                                                   .topic_levels = options.topic_levels,
                                                   .prefix_series_max = options.prefix_series_max},
                                                  &CoarseNow),
                         messages_);
  if (!added.ok()) return added;
  Result<Family<Gauge>> publishing = registry_.AddGauge(
      {.name = "mosquitto_publishing_clients",
       .help = "Clients and bridges that have published since they connected, until their connection ends."});
  if (!publishing.ok()) return publishing.status();
  publishing_clients_ = ClientSet(publishing->With());
  Result<Family<Counter>> ended = registry_.AddCounter(
      {.name = "mosquitto_connections_ended_total",
       .help =
           "Connections that have ended. client=\"none\": no CONNECT was accepted. client=\"identified\" also counts "
           "once where a stored session is resumed or replaced. Sessions that expire, and what ends with the "
           "broker, are missing.",
       .labels = {"client"}});
  if (!ended.ok()) return ended.status();
  ended_identified_ = ended->With("identified");
  ended_without_client_ = ended->With("none");
  Result<Family<Counter>> reloads = registry_.AddCounter(
      {.name = "mosquitto_reloads_total", .help = "Reloads of the broker's configuration (SIGHUP)."});
  if (!reloads.ok()) return reloads.status();
  reloads_ = reloads->With();
  Result<Family<Counter>> lost = registry_.AddCounter(
      {.name = "mosquitto_plugin_events_lost_total",
       .help = "Events of the broker that the plugin had no memory to count. Other families may miss them."});
  if (!lost.ok()) return lost.status();
  lost_events_ = lost->With();
  auto silence = registry_.AddCallbackGauge(
      {.name = "mosquitto_loop_silence_seconds",
       .help = "Time since the broker's main loop last passed, to within 0.1 s. Missing with per_listener_settings, "
               "where the broker does not report passes to plugins.",
       .unit = "seconds",
       .aggregation = metrics::Aggregation::kMax});
  if (!silence.ok()) return silence.status();
  silence_ = silence->Add([this] {
    if (!loop_.HasPassed()) return std::numeric_limits<double>::quiet_NaN();
    return std::chrono::duration<double>(loop_.Silence()).count();
  });
  loop_check_ = health_.Add("loop", [this] { return loop_.Check(); });
  if (added = Emplace(metrics::ProcessMetrics::Register(registry_), process_metrics_); !added.ok()) return added;
  if (added = Emplace(metrics::CoreMetrics::Register(registry_), core_metrics_); !added.ok()) return added;
  return metrics::RegisterBuildInfo(registry_, "streamhouse", metrics::kVersion, /*revision=*/"");
}

Status BrokerPlugin::RegisterCallbacks(const PluginOptions& options) {
  Status added = callbacks_.Add(MOSQ_EVT_MESSAGE, &OnMessage, this, "messages");
  if (added.ok()) added = callbacks_.Add(MOSQ_EVT_DISCONNECT, &OnDisconnect, this, "disconnects");
  if (added.ok()) added = callbacks_.Add(MOSQ_EVT_TICK, &OnTick, this, "ticks");
  if (added.ok()) added = callbacks_.Add(MOSQ_EVT_RELOAD, &OnReload, this, "reloads");
  if (added.ok()) added = RegisterNewerEvents();
  if (added.ok() && options.acl_checks == Checks::kOn) {
    Log(MOSQ_LOG_NOTICE,
        "plugin_opt_acl_checks: the broker must have an acl_file: without one it refuses every subscription and drops "
        "every message");
    added = Emplace(AclCheckMetrics::Register(registry_), acl_checks_);
    if (added.ok()) added = callbacks_.Add(MOSQ_EVT_ACL_CHECK, &OnAclCheck, this, "ACL checks");
  }
  if (added.ok() && options.auth_checks == Checks::kOn) {
    Log(MOSQ_LOG_NOTICE,
        "plugin_opt_auth_checks: the broker must have a password_file: without one it refuses every user name");
    const auto connected =
        sessions_ ? AuthenticationMetrics::Connected::kCountedElsewhere : AuthenticationMetrics::Connected::kCounted;
    added = Emplace(AuthenticationMetrics::Register(registry_, connected), authentications_);
    if (added.ok()) added = callbacks_.Add(MOSQ_EVT_BASIC_AUTH, &OnAuthentication, this, "authentications");
  }
  return added;
}

Status BrokerPlugin::RegisterNewerEvents() {
  if (!callbacks_.TryAdd(kConnectEvent, &OnConnect, this)) return Status::Ok();
  callbacks_.TryAdd(kSubscribeEvent, &OnSubscribe, this);
  callbacks_.TryAdd(kUnsubscribeEvent, &OnUnsubscribe, this);
  callbacks_.TryAdd(kMessageOutEvent, &OnMessageOut, this);
  return Emplace(SessionMetrics::Register(registry_), sessions_);
}

Status BrokerPlugin::Serve(const PluginOptions& options) {
  exporters::MetricsServerOptions server = ServerOptions(options);
  server.log = [this](std::string_view line) { log_.Add(line); };
  server_ = std::make_unique<exporters::MetricsServer>(registry_, health_, std::move(server));
  if (Status started = server_->Start(); !started.ok()) {
    const bool is_of_web_config = started.message().find(options.web_config_file) != std::string::npos;
    const std::string option = !options.web_config_file.empty() && is_of_web_config ? "web_config" : "http";
    return started.WithMessage("plugin_opt_" + option + ": " + started.message());
  }
  metrics::SocketAddress address = options.http;
  if (auto* const host_port = std::get_if<metrics::HostPort>(&address)) host_port->port = server_->port();
  Log(MOSQ_LOG_NOTICE, "serving metrics at " + metrics::ToString(address));
  return Status::Ok();
}

Status BrokerPlugin::StartSysClient(const PluginOptions& options) {
  if (!options.sys_client) return Status::Ok();
  SysClientOptions client = {.address = *options.sys_client, .user = options.sys_user};
  if (!options.sys_password_file.empty()) {
    Result<std::string> password = FirstLine(options.sys_password_file);
    if (!password.ok()) return password.status();
    client.password = *std::move(password);
  }
  Result<std::unique_ptr<SysFigures>> figures = SysFigures::Register(registry_);
  if (!figures.ok()) return figures.status();
  sys_figures_ = *std::move(figures);
  Result<Family<Gauge>> subscribed = registry_.AddGauge(
      {.name = "mosquitto_sys_client_subscribed",
       .help = "1 while the plugin's own client is subscribed to $SYS, else 0. While 0, mosquitto_sys_ figures are "
               "missing."});
  if (!subscribed.ok()) return subscribed.status();
  Result<std::unique_ptr<SysClient>> started = SysClient::Start(std::move(client), *sys_figures_, subscribed->With(),
                                                                [this](std::string_view line) { log_.Add(line); });
  if (!started.ok()) return started.status();
  sys_client_ = *std::move(started);
  return Status::Ok();
}

template <typename Work>
void BrokerPlugin::Attempt(const Work& work) noexcept {
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

int BrokerPlugin::OnMessage(int /*event*/, void* data, void* user_data) noexcept {
  BrokerPlugin& plugin = PluginOf(user_data);
  const auto& message = *static_cast<const mosquitto_evt_message*>(data);
  plugin.Attempt([&] {
    if (message.qos < kQosCount) {
      plugin.messages_->Count(message.topic, message.payloadlen, message.qos, RetainOf(message));
    }
    // With per_listener_settings there are no ticks: a message also shows that a reload is over.
    if (plugin.authentications_) plugin.authentications_->LoopMoved();
    if (plugin.publishing_clients_.Add(message.client)) plugin.AfterClientEvent();
  });
  return MOSQ_ERR_SUCCESS;
}

int BrokerPlugin::OnDisconnect(int /*event*/, void* data, void* user_data) noexcept {
  BrokerPlugin& plugin = PluginOf(user_data);
  const auto& disconnect = *static_cast<const mosquitto_evt_disconnect*>(data);
  plugin.Attempt([&] {
    const bool is_identified = mosquitto_client_id(disconnect.client) != nullptr;
    (is_identified ? plugin.ended_identified_ : plugin.ended_without_client_).Increment();
    plugin.publishing_clients_.Remove(disconnect.client);
    if (plugin.authentications_) plugin.authentications_->Ended(disconnect.client);
    if (plugin.sessions_) plugin.sessions_->Ended(disconnect.client);
    plugin.AfterClientEvent();
  });
  return MOSQ_ERR_SUCCESS;
}

int BrokerPlugin::OnTick(int /*event*/, void* /*data*/, void* user_data) noexcept {
  BrokerPlugin& plugin = PluginOf(user_data);
  plugin.Attempt([&] {
    plugin.loop_.Pass();
    if (plugin.authentications_) plugin.authentications_->LoopMoved();
    plugin.log_.Drain([](const std::string& line) { Log(MOSQ_LOG_WARNING, line); });
  });
  return MOSQ_ERR_SUCCESS;
}

int BrokerPlugin::OnReload(int /*event*/, void* /*data*/, void* user_data) noexcept {
  BrokerPlugin& plugin = PluginOf(user_data);
  plugin.Attempt([&] {
    plugin.reloads_.Increment();
    if (plugin.authentications_) plugin.authentications_->Reloaded();
    plugin.DrainLogAndWarnOfTicks();
  });
  return MOSQ_ERR_SUCCESS;
}

int BrokerPlugin::OnAclCheck(int /*event*/, void* data, void* user_data) noexcept {
  BrokerPlugin& plugin = PluginOf(user_data);
  const auto& check = *static_cast<const mosquitto_evt_acl_check*>(data);
  plugin.Attempt([&] { plugin.acl_checks_->Count(check.access, check.topic == nullptr ? "" : check.topic); });
  return MOSQ_ERR_PLUGIN_DEFER;
}

int BrokerPlugin::OnAuthentication(int /*event*/, void* data, void* user_data) noexcept {
  BrokerPlugin& plugin = PluginOf(user_data);
  const auto& check = *static_cast<const mosquitto_evt_basic_auth*>(data);
  plugin.Attempt([&] { plugin.authentications_->Count(check.client); });
  return MOSQ_ERR_PLUGIN_DEFER;
}

int BrokerPlugin::OnConnect(int /*event*/, void* data, void* user_data) noexcept {
  BrokerPlugin& plugin = PluginOf(user_data);
  const auto& connect = *static_cast<const ConnectEvent*>(data);
  plugin.Attempt([&] {
    plugin.sessions_->Connected(connect.client);
    plugin.AfterClientEvent();
  });
  return MOSQ_ERR_SUCCESS;
}

int BrokerPlugin::OnSubscribe(int /*event*/, void* /*data*/, void* user_data) noexcept {
  PluginOf(user_data).sessions_->Subscribed();
  return MOSQ_ERR_SUCCESS;
}

int BrokerPlugin::OnUnsubscribe(int /*event*/, void* /*data*/, void* user_data) noexcept {
  PluginOf(user_data).sessions_->Unsubscribed();
  return MOSQ_ERR_SUCCESS;
}

int BrokerPlugin::OnMessageOut(int /*event*/, void* data, void* user_data) noexcept {
  const auto& message = *static_cast<const mosquitto_evt_message*>(data);
  if (message.topic[0] != '$' && message.qos < kQosCount) {
    PluginOf(user_data).sessions_->Sent(message.payloadlen, message.qos);
  }
  return MOSQ_ERR_SUCCESS;
}

void BrokerPlugin::AfterClientEvent() {
  loop_.SawClient();
  DrainLogAndWarnOfTicks();
}

void BrokerPlugin::DrainLogAndWarnOfTicks() {
  log_.Drain([](const std::string& line) { Log(MOSQ_LOG_WARNING, line); });
  if (has_warned_of_ticks_ || loop_.HasPassed() || loop_.Silence() < kLoopSilenceMax) return;
  has_warned_of_ticks_ = true;
  Log(MOSQ_LOG_WARNING,
      "the broker does not report passes of its loop: with per_listener_settings true, the figures are those of one "
      "listener alone, and /ready does not look at the loop");
}

}  // namespace streamhouse::mosquitto_plugin
