// RegistryOf, HealthOf, ToC, KnownOptions: what a C++ part of a program needs of a C part.
//
// When to use something else: c_api.h alone in C, registry.h alone in C++.
// Guarantees:
// 1. A family that one part registers is in the snapshots of the other.
// 2. Both resolve the same label values to the same series.
// Thread safety: pure functions; what they return is as safe as its own header says.
// Cost: none; ToC() copies the message.
//
//   std::unique_ptr<Exporter> mine = MakeMyExporter(RegistryOf(*registry_of_the_c_part));
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>

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

// An option struct as this library knows it: members behind `size` are zero. InvalidArgument, about
// the field "size":
// - for a struct without its size, and for a size above STREAMHOUSE_OPTION_BYTES_MAX;
// - for a struct of a newer header where members are set that this library does not know.
template <typename Options>
Result<Options> KnownOptions(const Options& options) {
  Options known = {};
  if (options.size < sizeof(options.size) || options.size > STREAMHOUSE_OPTION_BYTES_MAX) {
    return InvalidField("size", "is not that of the struct");
  }
  std::memcpy(&known, &options, std::min(options.size, sizeof(known)));
  const auto* const bytes = reinterpret_cast<const unsigned char*>(&options);
  for (std::size_t i = sizeof(known); i < options.size; ++i) {
    if (bytes[i] != 0) return InvalidField("size", "has members that are set and that this library does not know");
  }
  return known;
}

// Cuts a field and a message that are too long, as status.h of the C API says.
streamhouse_status ToC(const Status& status);

}  // namespace streamhouse::metrics
