#include "apps/program_metrics.h"

#include "apps/version.h"
#include "metrics_core/build_info.h"

namespace streamhouse::apps {

metrics::Result<ProgramMetrics> ProgramMetrics::Register(metrics::Registry& registry) {
  auto process = metrics::ProcessMetrics::Register(registry);
  if (!process.ok()) return process.status();
  auto core = metrics::CoreMetrics::Register(registry);
  if (!core.ok()) return core.status();
  metrics::Status built = metrics::RegisterBuildInfo(registry, "streamhouse", kVersion, /*revision=*/"");
  if (!built.ok()) return built;
  return ProgramMetrics(*std::move(process), *std::move(core));
}

}  // namespace streamhouse::apps
