#include "metrics_core/c_api/status.h"

#include "metrics_core/status.h"

namespace {

using streamhouse::metrics::StatusCode;

constexpr bool IsNumber(StatusCode code, streamhouse_status_code number) {
  return static_cast<int>(code) == static_cast<int>(number);
}
static_assert(IsNumber(StatusCode::kOk, STREAMHOUSE_OK));
static_assert(IsNumber(StatusCode::kInvalidArgument, STREAMHOUSE_INVALID_ARGUMENT));
static_assert(IsNumber(StatusCode::kNotFound, STREAMHOUSE_NOT_FOUND));
static_assert(IsNumber(StatusCode::kAlreadyExists, STREAMHOUSE_ALREADY_EXISTS));
static_assert(IsNumber(StatusCode::kFailedPrecondition, STREAMHOUSE_FAILED_PRECONDITION));
static_assert(IsNumber(StatusCode::kOutOfRange, STREAMHOUSE_OUT_OF_RANGE));
static_assert(IsNumber(StatusCode::kResourceExhausted, STREAMHOUSE_RESOURCE_EXHAUSTED));
static_assert(IsNumber(StatusCode::kDeadlineExceeded, STREAMHOUSE_DEADLINE_EXCEEDED));
static_assert(IsNumber(StatusCode::kUnavailable, STREAMHOUSE_UNAVAILABLE));
static_assert(IsNumber(StatusCode::kAborted, STREAMHOUSE_ABORTED));
static_assert(IsNumber(StatusCode::kDataLoss, STREAMHOUSE_DATA_LOSS));
static_assert(IsNumber(StatusCode::kInternal, STREAMHOUSE_INTERNAL));

}  // namespace

const char* streamhouse_status_code_name(int code) noexcept {
  if (code < STREAMHOUSE_OK || code > STREAMHOUSE_INTERNAL) return "unknown";
  // Names are literals, which end with a zero byte.
  return streamhouse::metrics::StatusCodeName(static_cast<StatusCode>(code)).data();
}
