#include "apps/program_metrics.h"

#include "metrics_core/build_info.h"
#include "metrics_core/version.h"

namespace streamhouse::apps {

metrics::Result<ProgramMetrics> ProgramMetrics::Register(metrics::Registry& registry) {
  auto process = metrics::ProcessMetrics::Register(registry);
  if (!process.ok()) return process.status();
  auto core = metrics::CoreMetrics::Register(registry);
  if (!core.ok()) return core.status();
  metrics::Status built = metrics::RegisterBuildInfo(registry, "streamhouse", metrics::kVersion, /*revision=*/"");
  if (!built.ok()) return built;
  return ProgramMetrics(*std::move(process), *std::move(core));
}

}  // namespace streamhouse::apps
