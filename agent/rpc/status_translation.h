// From Status to gRPC's, the only place where one becomes the other.
//
// When to use something else: nothing; handlers decide in Status and translate once, at the end.
// Guarantees: the same code and message, and OK for OK alone.
// Thread safety: pure; Answer() once a call.
// Cost: a copy of the message.
#pragma once

#include <grpcpp/support/status.h>

#include "agent/log/damage_list.h"
#include "metrics_core/status.h"

namespace grpc {
class CallbackServerContext;
class ServerUnaryReactor;
}  // namespace grpc

namespace streamhouse::agent {

grpc::Status ToGrpcStatus(const metrics::Status& status);

// DATA_LOSS, with what can be read again as a v1::DamagedRange.
grpc::Status ToGrpcDataLoss(const metrics::Status& status, const OffsetRange& lost);

// For a Produce request that is itself valid: UNAVAILABLE carries v1::kNotWrittenDetails,
// RESOURCE_EXHAUSTED carries v1::kDiskFullDetails.
grpc::Status ToGrpcProduceStatus(const metrics::Status& status);

// Ends a call whose response is complete.
grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context, const metrics::Status& status);

}  // namespace streamhouse::agent
