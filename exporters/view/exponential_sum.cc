#include "exporters/view/exponential_sum.h"

#include <algorithm>
#include <span>
#include <utility>

namespace streamhouse::exporters {
namespace {

using metrics::ExponentialValue;
using metrics::ReduceExponentialIndex;

// Indexes at one schema, both included.
struct IndexRange {
  std::int32_t first;
  std::int32_t last;

  std::size_t size() const { return static_cast<std::size_t>(last - first) + 1; }
  IndexRange Reduced(int reduction) const {
    return {ReduceExponentialIndex(first, reduction), ReduceExponentialIndex(last, reduction)};
  }
};

IndexRange RangeOf(const ExponentialValue& value) {
  return {value.first_index, value.first_index + static_cast<std::int32_t>(value.bucket_counts.size()) - 1};
}

}  // namespace

void ExponentialSum::Add(const ExponentialValue& value) {
  if (!value.bucket_counts.empty()) AddBuckets(value);
  zero_threshold_ = value.zero_threshold;
  zero_count_ += value.zero_count;
  sum_ += value.sum;
  count_ += value.count;
}

void ExponentialSum::AddBuckets(const ExponentialValue& value) {
  const ExponentialValue own = this->value();
  const auto union_at = [&](int schema) {
    const IndexRange added = RangeOf(value).Reduced(value.schema - schema);
    if (own.bucket_counts.empty()) return added;
    const IndexRange present = RangeOf(own).Reduced(own.schema - schema);
    return IndexRange{std::min(added.first, present.first), std::max(added.last, present.last)};
  };
  int schema = own.bucket_counts.empty() ? value.schema : std::min(own.schema, value.schema);
  while (union_at(schema).size() > kSummedBucketsMax && schema > metrics::kMinExponentialSchema) --schema;

  const IndexRange range = union_at(schema);
  std::vector<std::uint64_t> buckets(range.size());
  for (const ExponentialValue* part : {&own, &value}) {
    for (std::size_t i = 0; i < part->bucket_counts.size(); ++i) {
      const std::int32_t index = part->first_index + static_cast<std::int32_t>(i);
      const std::int32_t reduced = ReduceExponentialIndex(index, part->schema - schema);
      buckets[static_cast<std::size_t>(reduced - range.first)] += part->bucket_counts[i];
    }
  }
  schema_ = schema;
  first_index_ = range.first;
  buckets_ = std::move(buckets);
}

ExponentialValue ExponentialSum::value() const {
  return {.schema = schema_,
          .first_index = first_index_,
          .bucket_counts = buckets_,
          .zero_threshold = zero_threshold_,
          .zero_count = zero_count_,
          .sum = sum_,
          .count = count_};
}

}  // namespace streamhouse::exporters
