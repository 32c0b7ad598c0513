#include "client/agent_broker/status_translation.h"

#include "proto/error_details.h"
#include "proto/streamhouse.pb.h"

namespace streamhouse::client {

using metrics::Status;
using metrics::StatusCode;

namespace {

StatusCode TranslateCode(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::UNAUTHENTICATED:
    case grpc::StatusCode::UNIMPLEMENTED:
      return StatusCode::kInvalidArgument;
    case grpc::StatusCode::NOT_FOUND:
      return StatusCode::kNotFound;
    case grpc::StatusCode::ALREADY_EXISTS:
      return StatusCode::kAlreadyExists;
    case grpc::StatusCode::FAILED_PRECONDITION:
      return StatusCode::kFailedPrecondition;
    case grpc::StatusCode::OUT_OF_RANGE:
      return StatusCode::kOutOfRange;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return StatusCode::kResourceExhausted;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::CANCELLED:
      return StatusCode::kDeadlineExceeded;
    case grpc::StatusCode::UNAVAILABLE:
      return StatusCode::kUnavailable;
    case grpc::StatusCode::ABORTED:
      return StatusCode::kAborted;
    case grpc::StatusCode::DATA_LOSS:
      return StatusCode::kDataLoss;
    case grpc::StatusCode::OK:
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::DO_NOT_USE:
      return StatusCode::kInternal;
  }
  return StatusCode::kInternal;
}

}  // namespace

Status TranslateFailure(const grpc::Status& failure) {
  return {TranslateCode(failure.error_code()), failure.error_message()};
}

std::optional<DamagedRange> DamageOf(const grpc::Status& status) {
  v1::DamagedRange range;
  if (status.error_code() != grpc::StatusCode::DATA_LOSS) return std::nullopt;
  if (!range.ParseFromString(status.error_details()) || range.next_offset() <= range.first_offset()) {
    return std::nullopt;
  }
  return DamagedRange{.first = range.first_offset(), .next = range.next_offset()};
}

Status TranslateProduceFailure(const grpc::Status& failure) {
  if (failure.error_code() == grpc::StatusCode::UNAVAILABLE && failure.error_details() != v1::kNotWrittenDetails) {
    return {StatusCode::kDeadlineExceeded,
            "the connection was lost before the response, the batch may have been written: " + failure.error_message()};
  }
  // It may have room soon, while a request over a limit never fits.
  if (failure.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED && failure.error_details() == v1::kDiskFullDetails) {
    return {StatusCode::kUnavailable, failure.error_message()};
  }
  return TranslateFailure(failure);
}

}  // namespace streamhouse::client
