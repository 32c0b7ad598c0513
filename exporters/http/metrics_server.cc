#include "exporters/http/metrics_server.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <utility>
#include <variant>

#include "exporters/http/access/web_config.h"
#include "exporters/http/listener.h"
#include "exporters/http/routes.h"
#include "exporters/http/running_server.h"
#include "exporters/http/server_executor.h"
#include "exporters/http/server_metrics.h"
#include "exporters/threads/blocked_signals.h"
#include "exporters/view/combined_view.h"
#include "metrics_core/host_port.h"

namespace streamhouse::exporters {
namespace {

namespace asio = boost::asio;
using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

metrics::SocketAddress AddressOf(const MetricsServerOptions& options) {
  if (options.unix_socket) return *options.unix_socket;
  return metrics::HostPort{.host = options.host, .port = options.port};
}

std::string NameOf(const metrics::SocketAddress& address) {
  const bool is_unix = std::holds_alternative<metrics::UnixSocket>(address);
  return (is_unix ? "prometheus+" : "prometheus://") + metrics::ToString(address);
}

}  // namespace

MetricsServer::MetricsServer(metrics::Registry& registry, const metrics::Health& health, MetricsServerOptions options)
    : registry_(registry), health_(health), options_(std::move(options)), name_(NameOf(AddressOf(options_))) {}

MetricsServer::~MetricsServer() {
  MetricsServer::Stop();
}

std::string_view MetricsServer::Name() const {
  return name_;
}

Status MetricsServer::Start() {
  {
    const metrics::MutexLock lock(mutex_);
    if (Status refused = RefuseSecondStart(); !refused.ok()) return refused;
  }
  WebConfig web_config;
  if (!options_.web_config_file.empty()) {
    Result<WebConfig> loaded = LoadWebConfig(options_.web_config_file);
    if (!loaded.ok()) return loaded.status();
    web_config = *std::move(loaded);
    for (const std::string& warning : web_config.warnings) {
      if (options_.log) options_.log(warning);
    }
  }
  const auto own_metrics = ServerMetrics::Register(registry_);
  if (!own_metrics.ok()) return own_metrics.status();
  LeftOutMetrics left_out;
  if (!options_.more_registries.empty()) {
    const auto registered = LeftOutMetrics::Register(registry_);
    if (!registered.ok()) return registered.status();
    left_out = *registered;
  }
  // After the families of the server itself are registered. Without the lock: callbacks of the
  // program run, which may wait for a thread that calls Stop().
  if (Status checked = CheckPage(left_out); !checked.ok()) return checked;
  const metrics::MutexLock lock(mutex_);
  if (Status refused = RefuseSecondStart(); !refused.ok()) return refused;
  std::optional<asio::any_io_executor> executor;
  if (options_.executor != nullptr) executor = *options_.executor;
  const auto make_listener = [&](ServerExecutor on) {
    const RoutesOptions routes = {.limits = options_.limits,
                                  .aggregate = options_.aggregate,
                                  .labels = options_.labels,
                                  .created = options_.created,
                                  .live_page = options_.live_page,
                                  .metrics = *own_metrics,
                                  .more_registries = options_.more_registries,
                                  .left_out = left_out,
                                  .scrape_log = options_.scrape_log == ScrapeLog::kOn ? options_.log : nullptr};
    return std::make_shared<Listener>(std::move(on), registry_, health_, routes, std::move(web_config));
  };
  const BlockedSignals blocked;
  auto running = std::make_shared<RunningServer>();
  const Result<std::uint16_t> port = running->Start(make_listener, AddressOf(options_), std::move(executor));
  if (!port.ok()) return port.status();
  port_ = *port;
  if (!options_.unix_socket) name_ = NameOf(metrics::HostPort{.host = options_.host, .port = port_});
  running_ = std::move(running);
  return Status::Ok();
}

Status MetricsServer::RefuseSecondStart() const {
  if (running_ == nullptr || running_->has_ended()) return Status::Ok();
  return Status(StatusCode::kFailedPrecondition, "the server is started already");
}

Status MetricsServer::CheckPage(const LeftOutMetrics& left_out) const {
  const CombinedView combined(registry_, options_.more_registries, "prometheus", left_out);
  if (Status checked = combined.Check(); !checked.ok()) return checked;
  return options_.labels.empty() ? Status::Ok() : LabelledView(options_.labels).Check(combined.Take());
}

void MetricsServer::Stop() {
  std::shared_ptr<RunningServer> running;
  {
    const metrics::MutexLock lock(mutex_);
    running = running_;
  }
  if (running != nullptr) running->End();
}

}  // namespace streamhouse::exporters
