#include "client/retry_policy.h"

#include <algorithm>

namespace streamhouse::client {

using metrics::StatusCode;

WriteOutcome OutcomeOfFailure(StatusCode code) {
  switch (code) {
    case StatusCode::kUnavailable:
    case StatusCode::kFailedPrecondition:
    case StatusCode::kNotFound:
    case StatusCode::kAborted:
      return WriteOutcome::kNotWritten;
    case StatusCode::kDeadlineExceeded:
    case StatusCode::kInternal:
    case StatusCode::kDataLoss:
      return WriteOutcome::kUnknown;
    case StatusCode::kOk:
    case StatusCode::kInvalidArgument:
    case StatusCode::kAlreadyExists:
    case StatusCode::kOutOfRange:
    case StatusCode::kResourceExhausted:
      return WriteOutcome::kRefused;
  }
  return WriteOutcome::kUnknown;
}

bool RetryPolicy::ShouldRetry(StatusCode code, int failures) const {
  return failures <= max_retries && OutcomeOfFailure(code) != WriteOutcome::kRefused;
}

std::chrono::nanoseconds RetryPolicy::Backoff(int failures, double uniform) const {
  std::chrono::milliseconds delay = std::min(initial_backoff, max_backoff);
  for (int i = 1; i < failures && delay < max_backoff; ++i) delay = std::min(delay * kBackoffFactor, max_backoff);
  const double jitter = kJitterMin + (kJitterMax - kJitterMin) * uniform;
  return std::chrono::duration_cast<std::chrono::nanoseconds>(delay * jitter);
}

}  // namespace streamhouse::client
