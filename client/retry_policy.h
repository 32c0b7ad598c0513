// RetryPolicy: whether and after how long a failed batch is retried.
//
// A failure means one of three things (broker.h says which code means which):
// - nothing was written: always safe to retry;
// - unknown: safe to retry as well, because the batch has an identity and is not written
//   twice. After the last retry the doubt remains, and the caller is told of it by the code;
// - refused: a retry would be refused as well.
// When to use something else: nothing here waits; the Producer schedules the retry without holding
// a thread.
// Guarantees:
// 1. A batch is sent at most 1 + max_retries times, and never again once it was refused.
// 2. A back-off doubles with each failure up to max_backoff, before jitter.
// Thread safety: immutable, pure functions.
// Cost: arithmetic.
#pragma once

#include <chrono>
#include <cstdint>

#include "metrics_core/status.h"

namespace streamhouse::client {

enum class WriteOutcome : std::uint8_t { kNotWritten, kUnknown, kRefused };

// What a failed Produce call says about its batch; the code is not kOk.
WriteOutcome OutcomeOfFailure(metrics::StatusCode code);

struct RetryPolicy {
  static constexpr int kBackoffFactor = 2;
  // The delay is multiplied by a number drawn evenly from [kJitterMin, kJitterMax).
  static constexpr double kJitterMin = 0.75;
  static constexpr double kJitterMax = 1.25;

  int max_retries = 3;
  std::chrono::milliseconds initial_backoff{100};
  std::chrono::milliseconds max_backoff{30'000};  // before jitter

  // Whether to retry after the failure number `failures` (1 is the first).
  bool ShouldRetry(metrics::StatusCode code, int failures) const;

  // How long to wait after failure number `failures` (1 is the first); `uniform` is drawn from [0,
  // 1).
  std::chrono::nanoseconds Backoff(int failures, double uniform) const;
};

}  // namespace streamhouse::client
