// OtlpResource(): what an OTLP request says about the process, as attributes of its resource.
//
// When to use something else: Snapshot::target() is what the program says of itself.
// Guarantees:
// 1. Of an attribute that stands twice, the program's value counts, then that of `more`, then the
//    default.
// 2. Defaults are service.name ("unknown_service:" and the name of the executable), and
//    telemetry.sdk.name, .language and .version, which name this library.
// 3. Keys and values are UTF-8, and no key is empty: a receiver refuses a request with another one.
// Thread safety: pure functions.
// Cost: a copy of the attributes.
#pragma once

#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

// `more` is of the operator, such as the variable OTEL_RESOURCE_ATTRIBUTES.
metrics::TargetAttributes OtlpResource(const metrics::TargetAttributes& target,
                                       const metrics::TargetAttributes& more = {});

}  // namespace streamhouse::exporters
