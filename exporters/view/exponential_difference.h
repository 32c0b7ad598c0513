// ExponentialDifference: what an exponential histogram counted after an earlier state of it.
//
// Guarantees:
// 1. The difference has the resolution of the newer state, and no empty bucket at either end.
// 2. Buckets of an earlier, finer state are united first, which is exact (exponential_scale.h).
// Thread safety: one thread.
// Cost: linear in the buckets; memory for those of the largest histogram, which is used again.
#pragma once

#include <cstdint>
#include <vector>

#include "metrics_core/reading/family_values.h"

namespace streamhouse::exporters {

class ExponentialDifference {
 public:
  // False where `before` is no earlier state of `after`: it has a lower resolution, another zero
  // threshold, or counts that `after` lacks.
  bool Subtract(const metrics::ExponentialValue& after, const metrics::ExponentialValue& before);

  // The last difference, until the next call.
  const metrics::ExponentialValue& value() const { return value_; }

 private:
  bool SubtractBuckets(const metrics::ExponentialValue& after, const metrics::ExponentialValue& before);

  std::vector<std::uint64_t> buckets_;
  metrics::ExponentialValue value_;
};

}  // namespace streamhouse::exporters
