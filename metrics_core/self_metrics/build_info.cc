#include "metrics_core/self_metrics/build_info.h"

namespace streamhouse::metrics {
namespace {

#if defined(__clang__)
constexpr std::string_view kCompiler = "clang " __clang_version__;
#else
constexpr std::string_view kCompiler = "g++ " __VERSION__;
#endif

}  // namespace

Status RegisterBuildInfo(Registry& registry, std::string_view program, std::string_view version,
                         std::string_view revision) {
  auto family = registry.AddGauge({.name = std::string(program) + "_build_info",
                                   .help = "Always 1; the labels say which build this is.",
                                   .labels = {"version", "revision", "compiler"}});
  if (!family.ok()) return family.status();
  family->With(version, revision, kCompiler).Set(1);
  return Status::Ok();
}

}  // namespace streamhouse::metrics
