#include "exporters/http/metrics_server.h"

#include <utility>

#include "exporters/http/listener.h"
#include "exporters/http/routes.h"
#include "exporters/http/web_config.h"

namespace streamhouse::exporters {

using metrics::Result;
using metrics::Status;

MetricsServer::MetricsServer(metrics::Registry& registry, const metrics::Health& health, MetricsServerOptions options)
    : registry_(registry),
      health_(health),
      options_(std::move(options)),
      name_("prometheus://" + HostAndPort(options_.host, options_.port)) {}

MetricsServer::~MetricsServer() {
  Stop();
}

std::string_view MetricsServer::Name() const {
  return name_;
}

Status MetricsServer::Start() {
  WebConfig web_config;
  if (!options_.web_config_file.empty()) {
    Result<WebConfig> loaded = LoadWebConfig(options_.web_config_file);
    if (!loaded.ok()) return loaded.status();
    web_config = *std::move(loaded);
  }
  const RoutesOptions routes = {.limits = options_.limits, .aggregate = options_.aggregate};
  auto listener = std::make_unique<Listener>(registry_, health_, routes, std::move(web_config));
  if (Status bound = listener->Bind(options_.host, options_.port); !bound.ok()) return bound;
  listener_ = std::move(listener);
  name_ = "prometheus://" + HostAndPort(options_.host, port());
  listener_->Run();
  return Status::Ok();
}

void MetricsServer::Stop() {
  if (listener_ != nullptr) listener_->Stop();
}

std::uint16_t MetricsServer::port() const {
  return listener_ == nullptr ? 0 : listener_->port();
}

}  // namespace streamhouse::exporters
