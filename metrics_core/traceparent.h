// Traceparent: the trace that a request belongs to, as it travels in the header "traceparent" of
// W3C Trace Context.
//
// When to use something else: nothing here makes spans or sends them anywhere; it reads what is
// needed for an exemplar.
// Guarantees:
// 1. A header that the specification calls invalid gives nullopt: another length or separator,
//    capital letters, ids of zeros, version ff.
// 2. Of a later version the fields of this one are read, as the specification asks.
// Thread safety: pure.
// Cost: a pass over 55 characters; reading allocates nothing.
//
//   if (const auto parent = ParseTraceparent(header); parent && parent->is_sampled) duration.Observe(t, parent->trace);
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "metrics_core/exemplar.h"

namespace streamhouse::metrics {

inline constexpr std::string_view kTraceparentHeader = "traceparent";

struct Traceparent {
  TraceContext trace;
  bool is_sampled = false;  // its caller may have recorded it: only then is there something to find
};

std::optional<Traceparent> ParseTraceparent(std::string_view header) noexcept;

// As a header of version 00, sampled. A program passes this on instead of the received header,
// which may be of any length and of an unknown version.
std::string FormatSampledTraceparent(const TraceContext& trace);

// The trace of a header that is valid and sampled; otherwise no trace.
TraceContext SampledTrace(std::string_view header) noexcept;

}  // namespace streamhouse::metrics
