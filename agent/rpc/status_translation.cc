#include "agent/rpc/status_translation.h"

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <string>

#include "proto/error_details.h"
#include "proto/streamhouse.pb.h"

namespace streamhouse::agent {
namespace {

grpc::StatusCode ToGrpcCode(metrics::StatusCode code) {
  switch (code) {
    case metrics::StatusCode::kOk:
      return grpc::StatusCode::OK;
    case metrics::StatusCode::kInvalidArgument:
      return grpc::StatusCode::INVALID_ARGUMENT;
    case metrics::StatusCode::kNotFound:
      return grpc::StatusCode::NOT_FOUND;
    case metrics::StatusCode::kAlreadyExists:
      return grpc::StatusCode::ALREADY_EXISTS;
    case metrics::StatusCode::kFailedPrecondition:
      return grpc::StatusCode::FAILED_PRECONDITION;
    case metrics::StatusCode::kOutOfRange:
      return grpc::StatusCode::OUT_OF_RANGE;
    case metrics::StatusCode::kResourceExhausted:
      return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case metrics::StatusCode::kDeadlineExceeded:
      return grpc::StatusCode::DEADLINE_EXCEEDED;
    case metrics::StatusCode::kUnavailable:
      return grpc::StatusCode::UNAVAILABLE;
    case metrics::StatusCode::kAborted:
      return grpc::StatusCode::ABORTED;
    case metrics::StatusCode::kDataLoss:
      return grpc::StatusCode::DATA_LOSS;
    case metrics::StatusCode::kInternal:
      return grpc::StatusCode::INTERNAL;
  }
  return grpc::StatusCode::UNKNOWN;
}

}  // namespace

grpc::Status ToGrpcStatus(const metrics::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return {ToGrpcCode(status.code()), status.message()};
}

grpc::Status ToGrpcDataLoss(const metrics::Status& status, const OffsetRange& lost) {
  v1::DamagedRange range;
  range.set_first_offset(lost.first);
  range.set_next_offset(lost.next);
  return {grpc::StatusCode::DATA_LOSS, status.message(), range.SerializeAsString()};
}

grpc::Status ToGrpcProduceStatus(const metrics::Status& status) {
  if (status.code() == metrics::StatusCode::kResourceExhausted) {
    return {grpc::StatusCode::RESOURCE_EXHAUSTED, status.message(), std::string(v1::kDiskFullDetails)};
  }
  if (status.code() != metrics::StatusCode::kUnavailable) return ToGrpcStatus(status);
  return {grpc::StatusCode::UNAVAILABLE, status.message(), std::string(v1::kNotWrittenDetails)};
}

grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context, const metrics::Status& status) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(ToGrpcStatus(status));
  return reactor;
}

}  // namespace streamhouse::agent
