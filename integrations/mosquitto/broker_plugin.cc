#include "integrations/mosquitto/broker_plugin.h"

#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

#include "integrations/mosquitto/take.h"
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

}  // namespace

Result<std::unique_ptr<BrokerPlugin>> BrokerPlugin::Start(mosquitto_plugin_id_t* identifier,
                                                          const PluginOptions& options) {
  std::unique_ptr<BrokerPlugin> plugin(new BrokerPlugin(identifier));
  if (Status registered = plugin->RegisterFamilies(options); !registered.ok()) return registered;
  const auto begin = [&] {
    Status started = plugin->Serve(options);
    return started.ok() ? plugin->StartSysClient(options) : started;
  };
  const auto end = [self = plugin.get()] {
    self->sys_client_.reset();
    self->server_.reset();
  };
  Result<std::unique_ptr<SideThread>> side = SideThread::Start(begin, end);
  if (!side.ok()) return side.status();
  plugin->side_ = *std::move(side);
  if (!plugin->side_->has_own_descriptors()) {
    mosquitto_log_printf(MOSQ_LOG_WARNING,
                         "streamhouse_mosquitto: close_range() failed: %s. The page shares the broker's file "
                         "descriptors: each message costs the broker more, and connections of the page count towards "
                         "its limit of descriptors",
                         std::generic_category().message(plugin->side_->descriptors_error()).c_str());
  }
  metrics::SocketAddress address = options.http;
  if (auto* const host_port = std::get_if<metrics::HostPort>(&address)) host_port->port = plugin->port();
  mosquitto_log_printf(MOSQ_LOG_NOTICE, "streamhouse_mosquitto: serving metrics at %s",
                       metrics::ToString(address).c_str());
  return plugin;
}

BrokerPlugin::~BrokerPlugin() = default;

Status BrokerPlugin::RegisterFamilies(const PluginOptions& options) {
  Result<std::unique_ptr<EventCounts>> events = EventCounts::Register(registry_, health_, options);
  if (!events.ok()) return events.status();
  events_ = *std::move(events);
  Status added = events_->AddTo(callbacks_, registry_, options);
  if (!added.ok()) return added;
  if (added = Take(metrics::ProcessMetrics::Register(registry_), process_metrics_); !added.ok()) return added;
  if (added = Take(metrics::CoreMetrics::Register(registry_), core_metrics_); !added.ok()) return added;
  return metrics::RegisterBuildInfo(registry_, "streamhouse", metrics::kVersion, /*revision=*/"");
}

Status BrokerPlugin::Serve(const PluginOptions& options) {
  exporters::MetricsServerOptions server = ServerOptions(options);
  server.log = [this](std::string_view line) { events_->log().Add(line); };
  server_ = std::make_unique<exporters::MetricsServer>(registry_, health_, std::move(server));
  if (Status started = server_->Start(); !started.ok()) {
    const bool is_of_web_config = started.message().find(options.web_config_file) != std::string::npos;
    const std::string option = !options.web_config_file.empty() && is_of_web_config ? "web_config" : "http";
    return started.WithMessage("plugin_opt_" + option + ": " + started.message());
  }
  return Status::Ok();
}

Status BrokerPlugin::StartSysClient(const PluginOptions& options) {
  if (!options.sys_client) return Status::Ok();
  SysClientOptions client = {.address = *options.sys_client,
                             .user = options.sys_user,
                             .retry_first = kSysRetryFirst,
                             .retry_max = kSysRetryMax,
                             .keep_alive = kSysKeepAlive};
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
  Result<Family<Counter>> failures =
      registry_.AddCounter({.name = "mosquitto_sys_client_failures_total",
                            .help = "Connections of the plugin's own client to the broker that failed or have ended."});
  if (!failures.ok()) return failures.status();
  const SysClientMetrics own = {.subscribed = subscribed->With(), .failures = failures->With()};
  Result<std::unique_ptr<SysClient>> started = SysClient::Start(
      std::move(client), *sys_figures_, own, [this](std::string_view line) { events_->log().Add(line); });
  if (!started.ok()) return started.status();
  sys_client_ = *std::move(started);
  return Status::Ok();
}

}  // namespace streamhouse::mosquitto_plugin
