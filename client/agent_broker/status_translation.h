// Status translation: what a failed gRPC call means, as a Status; the only place that knows gRPC's codes.
//
// When to use something else: nothing; every other file of the client knows Status only.
// Guarantees: never OK for a failed call. CANCELLED and UNKNOWN have no counterpart: a cancelled call is one that was
// cut short (kDeadlineExceeded), and UNKNOWN is kInternal.
// Thread safety: pure.
// Cost: a switch and a copy of the message.
#pragma once

#include <string_view>

#include <grpcpp/support/status.h>

#include "metrics_core/status.h"

namespace streamhouse::client {

// The error details that an agent sends along with an UNAVAILABLE answer to Produce, to say that it has written
// nothing. A status that gRPC makes up when a connection breaks has no details, and nothing else tells the two apart.
inline constexpr std::string_view kNotWrittenDetails = "not-written";

metrics::Status TranslateFailure(const grpc::Status& failure);

// For a call that must not be made twice and that has left this process: UNAVAILABLE without kNotWrittenDetails means
// that the connection broke at an unknown moment, which is kDeadlineExceeded: it may still happen, or have happened.
metrics::Status TranslateProduceFailure(const grpc::Status& failure);

}  // namespace streamhouse::client
