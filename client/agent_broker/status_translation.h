// Status translation: what a failed gRPC call means, as a Status; the only place that knows gRPC's
// codes.
//
// When to use something else: nothing; every other file of the client knows Status only.
// Guarantees:
// 1. Never OK for a failed call.
// 2. Codes without a counterpart: CANCELLED is a call that was ended early (kDeadlineExceeded).
//    UNKNOWN is kInternal. PERMISSION_DENIED, UNAUTHENTICATED and UNIMPLEMENTED are
//    kInvalidArgument, since a retry would be refused as well.
// Thread safety: pure.
// Cost: a switch and a copy of the message.
#pragma once

#include <grpcpp/support/status.h>

#include <optional>

#include "client/broker.h"
#include "metrics_core/status.h"

namespace streamhouse::client {

metrics::Status TranslateFailure(const grpc::Status& failure);

// What the response to a Fetch says is damaged: of DATA_LOSS with a DamagedRange in its details.
// Nothing otherwise.
std::optional<DamagedRange> DamageOf(const grpc::Status& status);

// For a call that must not be made twice and that has left this process: UNAVAILABLE without
// v1::kNotWrittenDetails means that the connection broke at an unknown moment. That is
// kDeadlineExceeded: the call may still happen, or have happened. RESOURCE_EXHAUSTED with
// v1::kDiskFullDetails is kUnavailable: nothing was written, and a retry may find room.
metrics::Status TranslateProduceFailure(const grpc::Status& failure);

}  // namespace streamhouse::client
