// RegisterBuildInfo: which build of a program this is, as the labels of a gauge that is always 1.
//
// It is the customary shape for facts that are text: join it to other series in a query. For
// example streamhouse_build_info{version="0.2.0",revision="1c1ab19",compiler="g++ 12.2.0"} 1.
// When to use something else: Registry::AddInfo() for other facts; RegistryOptions::target for what
// describes the process to receivers.
// Guarantees: on the page as long as the registry.
// Thread safety: any thread.
// Cost: one series.
// Errors: those of Registry::AddGauge.
#pragma once

#include <string>
#include <string_view>

#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::metrics {

// `program` comes before "_build_info" in the name. An unknown revision is empty.
Status RegisterBuildInfo(Registry& registry, std::string_view program, std::string_view version,
                         std::string_view revision);

}  // namespace streamhouse::metrics
