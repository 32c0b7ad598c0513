// From Status to gRPC's, the only place where one becomes the other. Pure; any thread.
#pragma once

#include <grpcpp/support/status.h>

#include "metrics_core/status.h"

namespace streamhouse::agent {

// The same code and message.
grpc::Status ToGrpcStatus(const metrics::Status& status);

}  // namespace streamhouse::agent
