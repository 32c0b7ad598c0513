#include "exporters/encoding/native_buckets.h"

#include <cstddef>

namespace streamhouse::exporters {
namespace {

constexpr std::size_t kLongestGapAsZeros = 2;

}  // namespace

void NativeBuckets::Assign(const metrics::ExponentialValue& value) {
  spans.clear();
  deltas.clear();
  std::int64_t before = 0;
  std::size_t next = 0;  // the first bucket that is not written yet
  const auto append = [&](std::uint64_t count) {
    deltas.push_back(static_cast<std::int64_t>(count) - before);
    before = static_cast<std::int64_t>(count);
    ++spans.back().length;
  };
  for (std::size_t i = 0; i < value.bucket_counts.size(); ++i) {
    if (value.bucket_counts[i] == 0) continue;
    const std::size_t gap = i - next;
    if (spans.empty()) {
      spans.push_back({value.first_index + static_cast<std::int32_t>(i), 0});
    } else if (gap > kLongestGapAsZeros) {
      spans.push_back({static_cast<std::int32_t>(gap), 0});
    } else {
      for (std::size_t zero = 0; zero < gap; ++zero) append(0);
    }
    append(value.bucket_counts[i]);
    next = i + 1;
  }
}

}  // namespace streamhouse::exporters
