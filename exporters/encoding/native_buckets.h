// Native buckets: the populated buckets of an exponential histogram, as Prometheus writes them:
// spans of indexes, and each count as its difference from the one before.
//
// Guarantees:
// 1. The spans' lengths add up to the number of deltas; no span begins or ends with an empty
//    bucket.
// 2. A gap of one or two empty buckets is written as zeros, since a span of its own would be
//    longer.
// 3. Without counts, and so without spans, a reader needs a zero threshold above 0 to see that the
//    histogram is native; the core's always is.
// Thread safety: pure.
// Cost: linear in the buckets; memory is reused from one call to the next.
#pragma once

#include <cstdint>
#include <vector>

#include "metrics_core/reading/family_values.h"

namespace streamhouse::exporters {

struct BucketSpan {
  std::int32_t offset;   // of the first span its first index, of others the gap before it
  std::uint32_t length;  // in buckets

  friend bool operator==(const BucketSpan&, const BucketSpan&) = default;
};

struct NativeBuckets {
  std::vector<BucketSpan> spans;
  std::vector<std::int64_t> deltas;

  void Assign(const metrics::ExponentialValue& value);
};

}  // namespace streamhouse::exporters
