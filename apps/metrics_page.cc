#include "apps/metrics_page.h"

#include "apps/output.h"
#include "metrics_core/self_metrics/build_info.h"
#include "metrics_core/version.h"

namespace streamhouse::apps {

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

metrics::Status MetricsPage::Serve(const HostPort& address) {
  if (address.host.empty()) return metrics::Status::Ok();
  auto program_metrics = ProgramMetrics::Register(registry_);
  if (!program_metrics.ok()) return program_metrics.status();
  program_metrics_ = *std::move(program_metrics);
  auto server = std::make_unique<exporters::MetricsServer>(
      registry_, health_, exporters::MetricsServerOptions{.host = address.host, .port = address.port});
  if (metrics::Status started = server->Start(); !started.ok()) {
    return started.WithMessage(started.message() + "; choose another address with --http");
  }
  server_ = std::move(server);
  PrintNotice("http=" + HostPort{.host = address.host, .port = server_->port()}.ToString());
  return metrics::Status::Ok();
}

}  // namespace streamhouse::apps
