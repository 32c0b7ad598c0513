// BucketBounds: the validated upper bounds of a histogram's buckets.
//
// Bucket i holds the values in (bounds[i - 1], bounds[i]]. One more bucket, not listed, holds what
// is above the last bound. With the bounds 1 and 5, the value 1 is in bucket 0, 3 is in bucket 1,
// and 7 is in bucket 2.
// When to use something else: LatencyBounds() for durations of which little is known; an
// ExponentialHistogram where no bounds are known.
// Guarantees: bounds are finite and strictly ascending; there are 0 to kMaxBounds of them.
// Thread safety: immutable.
// Cost: each bound costs 8 bytes a series and recording thread.
// Errors: InvalidArgument, naming the offending bound.
//
//   auto bounds = BucketBounds::Exponential(1e-6, 2, 25);  // 0.000001, 0.000002, ... 16.8
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "metrics_core/status.h"

namespace streamhouse::metrics {

class BucketBounds {
 public:
  static constexpr std::size_t kMaxBounds = 256;

  static Result<BucketBounds> From(std::vector<double> bounds);

  // Both below calculate in decimal, as on paper, and take the nearest doubles: Linear(0.1, 0.1, 3)
  // is 0.1, 0.2, 0.3. Where that needs more than 38 digits, they calculate in doubles.

  // start * factor^i for i in [0, count); start > 0, factor > 1.
  static Result<BucketBounds> Exponential(double start, double factor, int count);

  // start + width * i for i in [0, count); width > 0.
  static Result<BucketBounds> Linear(double start, double width, int count);

  const std::vector<double>& values() const { return bounds_; }

 private:
  explicit BucketBounds(std::vector<double> bounds) : bounds_(std::move(bounds)) {}

  std::vector<double> bounds_;
};

}  // namespace streamhouse::metrics
