#include "apps/metrics_page.h"

#include <variant>

#include "apps/flag_values.h"
#include "apps/output.h"
#include "metrics_core/self_metrics/build_info.h"
#include "metrics_core/version.h"

namespace streamhouse::apps {

namespace {

// By fields of MetricsServer, all within "http".
constexpr FieldAdvice kFlags[] = {
    {.field = "http", .text = "; choose another address with --http"},
    {.field = "http.unix_socket.group", .text = "; correct group= in --http"},
    {.field = "http.unix_socket.mode", .text = "; correct mode= in --http"},
    {.field = "http.unix_socket.owner", .text = "; correct owner= in --http"},
};

}  // namespace

metrics::TargetAttributes ServiceTarget(std::string name, std::string instance_id) {
  metrics::TargetAttributes target = {{"service.name", std::move(name)}};
  if (!instance_id.empty()) target.emplace_back("service.instance.id", std::move(instance_id));
  return target;
}

metrics::Result<ProgramMetrics> ProgramMetrics::Register(metrics::Registry& registry) {
  auto process = metrics::ProcessMetrics::Register(registry);
  if (!process.ok()) return process.status();
  auto core = metrics::CoreMetrics::Register(registry);
  if (!core.ok()) return core.status();
  metrics::Status built = metrics::RegisterBuildInfo(registry, "streamhouse", metrics::kVersion, /*revision=*/"");
  if (!built.ok()) return built;
  return ProgramMetrics(*std::move(process), *std::move(core));
}

MetricsPage::~MetricsPage() {
  if (server_ != nullptr) server_->Stop();
}

exporters::MetricsServerOptions ServerOptionsAt(const SocketAddress& address) {
  if (const auto* const socket = std::get_if<metrics::UnixSocket>(&address)) return {.unix_socket = *socket};
  const auto& [host, port] = std::get<HostPort>(address);
  return {.host = host, .port = port};
}

SocketAddress AtPort(SocketAddress address, std::uint16_t port) {
  if (auto* const host_port = std::get_if<HostPort>(&address)) host_port->port = port;
  return address;
}

metrics::Status MetricsPage::Serve(const std::optional<SocketAddress>& address) {
  if (!address) return metrics::Status::Ok();
  auto program_metrics = ProgramMetrics::Register(registry_);
  if (!program_metrics.ok()) return program_metrics.status();
  program_metrics_ = *std::move(program_metrics);
  auto server = std::make_unique<exporters::MetricsServer>(registry_, health_, ServerOptionsAt(*address));
  if (metrics::Status started = server->Start(); !started.ok()) {
    return WithAdvice(started.Within("http"), kFlags);
  }
  server_ = std::move(server);
  PrintNotice("http=" + metrics::ToString(AtPort(*address, server_->port())));
  return metrics::Status::Ok();
}

}  // namespace streamhouse::apps
