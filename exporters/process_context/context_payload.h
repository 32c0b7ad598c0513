// ContextPayload(): the attributes of a process as the message ProcessContext of OpenTelemetry
// (OTEP 4719, opentelemetry.proto.processcontext.v1development).
//
// When to use something else: OTLP requests have a resource of their own (otlp_protobuf_format.h).
// Guarantees: a Resource with one string attribute for each pair, in their order.
// Thread safety: pure.
// Cost: a copy of the attributes.
// Errors: InvalidArgument, naming the attribute, for a key or value of more than
// kContextTextBytesMax; ResourceExhausted for a message of more than kContextBytesMax. Readers
// refuse both.
#pragma once

#include <cstddef>
#include <string>

#include "metrics_core/reading/snapshot.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

inline constexpr std::size_t kContextTextBytesMax = 4096;
inline constexpr std::size_t kContextBytesMax = std::size_t{64} * 1024;

metrics::Result<std::string> ContextPayload(const metrics::TargetAttributes& attributes);

}  // namespace streamhouse::exporters
