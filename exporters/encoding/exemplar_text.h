// WriteExemplar(): an exemplar as OpenMetrics has it behind a sample.
//
// When to use something else: ProtobufEncoder and the exporters of otlp/ and remote_write/ write
// exemplars of their formats.
// Guarantees: it writes at most kExemplarBytesMax bytes, for any value and time.
// Thread safety: a pure function.
// Cost: writes 48 hexadecimal digits; no allocation.
#pragma once

#include <cstddef>

#include "metrics_core/exemplar.h"

namespace streamhouse::exporters {

// The room that WriteExemplar() needs.
inline constexpr std::size_t kExemplarBytesMax = 192;

// Writes " # {trace_id="…",span_id="…"} value seconds", as OpenMetrics has it behind a sample, and
// returns its end. `out` has room for kExemplarBytesMax bytes; bytes behind the end may be written
// too.
char* WriteExemplar(char* out, const metrics::Exemplar& exemplar);

}  // namespace streamhouse::exporters
