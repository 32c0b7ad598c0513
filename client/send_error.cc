#include "client/send_error.h"

namespace streamhouse::client {

using metrics::StatusCode;

std::string_view SendErrorName(SendError error) {
  switch (error) {
    case SendError::kUnknownTopic:
      return "unknown_topic";
    case SendError::kInvalidPartition:
      return "invalid_partition";
    case SendError::kRecordTooLarge:
      return "record_too_large";
    case SendError::kBufferFull:
      return "buffer_full";
    case SendError::kClosed:
      return "closed";
    case SendError::kUnavailable:
      return "unavailable";
    case SendError::kNotLeader:
      return "not_leader";
    case SendError::kTimeout:
      return "timeout";
    case SendError::kRejected:
      return "rejected";
    case SendError::kInternal:
      return "internal";
  }
  return "internal";
}

SendError SendErrorOfProduceFailure(StatusCode code) {
  switch (code) {
    case StatusCode::kNotFound:
      return SendError::kUnknownTopic;
    case StatusCode::kResourceExhausted:
      return SendError::kRecordTooLarge;
    case StatusCode::kUnavailable:
      return SendError::kUnavailable;
    case StatusCode::kFailedPrecondition:
    case StatusCode::kAborted:
      return SendError::kNotLeader;
    case StatusCode::kDeadlineExceeded:
      return SendError::kTimeout;
    case StatusCode::kInvalidArgument:
    case StatusCode::kAlreadyExists:
    case StatusCode::kOutOfRange:
      return SendError::kRejected;
    case StatusCode::kOk:
    case StatusCode::kInternal:
    case StatusCode::kDataLoss:
      return SendError::kInternal;
  }
  return SendError::kInternal;
}

}  // namespace streamhouse::client
