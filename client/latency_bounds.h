// LatencyBounds: the buckets of the client's duration histograms, 1 us * 2^i for i in [0, 24], so up to 16.8 s.
//
// A call that stays in memory takes microseconds and one that waits for a dead peer takes seconds; both are resolved.
// When to use something else: sizes have bounds of their own, beside their families.
// Thread safety: pure.
// Cost: at set-up only.
#pragma once

#include "metrics_core/bucket_bounds.h"

namespace streamhouse::client {

inline metrics::BucketBounds LatencyBounds() {
  constexpr double kFirstSeconds = 1e-6;
  constexpr int kCount = 25;
  return metrics::BucketBounds::Exponential(kFirstSeconds, 2, kCount).value();
}

}  // namespace streamhouse::client
