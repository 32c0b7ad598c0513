// RegistryOf, HealthOf, ToC: what a C++ part of a program needs of a C part.
//
// When to use something else: c_api.h alone in C, registry.h alone in C++.
// Guarantees: a family that one part registers is in the snapshots of the other. Both resolve the
// same label values to the same series.
// Thread safety: pure functions; what they return is as safe as its own header says.
// Cost: none; ToC() copies the message.
//
//   std::unique_ptr<Exporter> mine = MakeMyExporter(RegistryOf(*registry_of_the_c_part));
#pragma once

#include "metrics_core/c_api/health.h"
#include "metrics_core/c_api/registry.h"
#include "metrics_core/c_api/status.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::metrics {

// Live as long as their C objects.
Registry& RegistryOf(streamhouse_registry& registry);
const Health& HealthOf(const streamhouse_health& health);

// Cuts a field and a message that are too long, as status.h of the C API says.
streamhouse_status ToC(const Status& status);

}  // namespace streamhouse::metrics
