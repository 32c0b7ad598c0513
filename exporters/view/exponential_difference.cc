#include "exporters/view/exponential_difference.h"

#include <algorithm>
#include <cstddef>
#include <span>

#include "metrics_core/reading/exponential_scale.h"

namespace streamhouse::exporters {

using metrics::ExponentialValue;

bool ExponentialDifference::Subtract(const ExponentialValue& after, const ExponentialValue& before) {
  if (after.zero_threshold != before.zero_threshold || after.zero_count < before.zero_count ||
      after.count < before.count || !SubtractBuckets(after, before)) {
    return false;
  }
  const auto is_filled = [](std::uint64_t count) { return count != 0; };
  const auto first = std::find_if(buckets_.begin(), buckets_.end(), is_filled);
  const auto end = std::find_if(buckets_.rbegin(), std::make_reverse_iterator(first), is_filled).base();
  value_ = {.schema = after.schema,
            .first_index = after.first_index + static_cast<std::int32_t>(first - buckets_.begin()),
            .bucket_counts = std::span<const std::uint64_t>(first, end),
            .zero_threshold = after.zero_threshold,
            .zero_count = after.zero_count - before.zero_count,
            .sum = after.sum - before.sum,
            .count = after.count - before.count};
  return true;
}

bool ExponentialDifference::SubtractBuckets(const ExponentialValue& after, const ExponentialValue& before) {
  buckets_.assign(after.bucket_counts.begin(), after.bucket_counts.end());
  if (before.bucket_counts.empty()) return true;
  if (before.schema < after.schema) return false;
  for (std::size_t i = 0; i < before.bucket_counts.size(); ++i) {
    if (before.bucket_counts[i] == 0) continue;
    const std::int32_t index = metrics::ReduceExponentialIndex(before.first_index + static_cast<std::int32_t>(i),
                                                               before.schema - after.schema);
    const std::int64_t place = std::int64_t{index} - after.first_index;
    if (place < 0 || place >= static_cast<std::int64_t>(buckets_.size())) return false;
    std::uint64_t& bucket = buckets_[static_cast<std::size_t>(place)];
    if (bucket < before.bucket_counts[i]) return false;
    bucket -= before.bucket_counts[i];
  }
  return true;
}

}  // namespace streamhouse::exporters
