// ExponentialSum: several exponential histograms as one.
//
// Guarantees:
// 1. No count is lost, and each is in the bucket that holds its values.
// 2. The resolution is the lowest among the histograms that have buckets, or lower where their
//    range would take more than kSummedBucketsMax buckets.
// Thread safety: one thread.
// Cost: linear in the buckets, and an allocation for each histogram that is added.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "metrics_core/reading/exponential_scale.h"
#include "metrics_core/reading/family_values.h"

namespace streamhouse::exporters {

// The lowest resolution needs fewer for the range of all doubles.
inline constexpr std::size_t kSummedBucketsMax = 160;

class ExponentialSum {
 public:
  void Add(const metrics::ExponentialValue& value);

  // Lives until the next Add().
  metrics::ExponentialValue value() const;

 private:
  void AddBuckets(const metrics::ExponentialValue& value);

  int schema_ = metrics::kMaxExponentialSchema;
  std::int32_t first_index_ = 0;
  std::vector<std::uint64_t> buckets_;
  double zero_threshold_ = 0;
  std::uint64_t zero_count_ = 0;
  double sum_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace streamhouse::exporters
