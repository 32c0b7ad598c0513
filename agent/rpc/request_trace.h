// TraceOf: the trace that a request belongs to, from the metadata "traceparent" (W3C Trace
// Context).
//
// When to use something else: a record's own header, which may be of another trace than the batch
// that carries it.
// Guarantees:
// 1. A trace that its caller may have recorded is taken.
// 2. Any other value, also an invalid one, is no trace.
// Thread safety: pure.
// Cost: a look-up among the metadata of the call.
#pragma once

#include <grpcpp/support/string_ref.h>

#include <map>

#include "metrics_core/exemplar.h"

namespace streamhouse::agent {

metrics::TraceContext TraceOf(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata);

}  // namespace streamhouse::agent
