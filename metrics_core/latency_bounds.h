// LatencyBounds: buckets for durations in seconds, 10^-6 * 2^i for i in [0, 24], so up to 16.8.
//
// A call that stays in memory takes microseconds, and one that waits for a dead peer takes seconds;
// both are resolved.
// When to use something else: BucketBounds where the expected durations are known, and for sizes.
// Guarantees: each call returns the same bounds, so that histograms of several processes can be
// summed.
// Thread safety: a pure function.
// Cost: at set-up only.
#pragma once

#include "metrics_core/bucket_bounds.h"

namespace streamhouse::metrics {

inline BucketBounds LatencyBounds() {
  constexpr double kFirstSeconds = 1e-6;
  constexpr double kFactor = 2;
  constexpr int kCount = 25;
  return BucketBounds::Exponential(kFirstSeconds, kFactor, kCount).value();
}

}  // namespace streamhouse::metrics
