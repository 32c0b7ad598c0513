#include "metrics_core/internal/cells/exponential_reading.h"

#include <atomic>
#include <bit>
#include <cstddef>
#include <numeric>
#include <utility>

#include "metrics_core/internal/cells/exponential_run.h"
#include "metrics_core/internal/cells/whole_reading.h"

namespace streamhouse::metrics::internal {
namespace {

ExponentialLayout LoadLayout(const Cell* run) {
  // Acquire: pairs with the release in PublishLayout.
  return ExponentialLayout(run[kLayoutCell].load(std::memory_order_acquire));
}

}  // namespace

void ExponentialReading::Clear() {
  schema = kMaxExponentialSchema;
  first_index = 0;
  buckets.clear();
  zero_count = 0;
  count = 0;
  sum = 0;
}

bool ExponentialReading::ReadOwn(const Cell* run, ExponentialLayout layout, std::span<std::uint64_t> own) {
  // Acquire, both: pair with the releases in ExponentialHistogram::Add, as in CellReader, and keep
  // the second look at the layout behind them.
  own[0] = run[kZeroCell].load(std::memory_order_acquire);
  for (Slot i = 0; i < kExponentialBuckets; ++i) own[1 + i] = run[layout.window() + i].load(std::memory_order_acquire);
  return LoadLayout(run).bits() == layout.bits();
}

void ExponentialReading::Add(const Cell* run) {
  // The zeros first, as one more bucket, then the window.
  constexpr std::size_t kOwnSize = 1 + kExponentialBuckets;
  scratch_.resize(2 * kOwnSize);
  const std::span<std::uint64_t> own = std::span(scratch_).first(kOwnSize);
  const std::span<std::uint64_t> later = std::span(scratch_).last(kOwnSize);
  ExponentialLayout layout;
  CountAndSum read{};
  std::uint64_t in_own = 0;
  // Starts again when the layout has changed. It changes a bounded number of times.
  for (int attempt = 0; attempt < kWholeAttempts;) {
    layout = LoadLayout(run);
    if (!layout.has_window()) return;
    read = ReadCountAndSum(run);
    if (!ReadOwn(run, layout, own)) continue;
    in_own = std::accumulate(own.begin(), own.end(), std::uint64_t{0});
    if (in_own == read.count) break;
    if (++attempt < kWholeAttempts) continue;
    // The owner records faster than its buckets can be read (whole_reading.h).
    read = ReadCountAndSum(run);
    if (!ReadOwn(run, layout, later)) {
      attempt = 0;
      continue;
    }
    const auto ahead = static_cast<std::int64_t>(read.count - in_own);
    if (ahead > 0) in_own += Advance(own, later, static_cast<std::uint64_t>(ahead));
  }
  zero_count += own[0];
  count += in_own;
  sum += std::bit_cast<double>(read.sum);
  if (layout.schema() < schema) Reduce(layout.schema());
  const int reduction = layout.schema() - schema;
  for (Slot i = 0; i < kExponentialBuckets; ++i) {
    if (own[1 + i] == 0) continue;
    const std::int32_t index = ReduceExponentialIndex(layout.first_index() + static_cast<std::int32_t>(i), reduction);
    Include(index);
    buckets[static_cast<std::size_t>(index - first_index)] += own[1 + i];
  }
}

void ExponentialReading::Include(std::int32_t index) {
  if (buckets.empty()) first_index = index;
  if (index < first_index) {
    buckets.insert(buckets.begin(), static_cast<std::size_t>(first_index - index), 0);
    first_index = index;
  }
  const auto needed = static_cast<std::size_t>(index - first_index) + 1;
  if (needed > buckets.size()) buckets.resize(needed);
}

void ExponentialReading::Reduce(int to_schema) {
  const int reduction = schema - to_schema;
  schema = to_schema;
  if (buckets.empty()) return;
  const std::int32_t new_first = ReduceExponentialIndex(first_index, reduction);
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    const std::int32_t index = ReduceExponentialIndex(first_index + static_cast<std::int32_t>(i), reduction);
    const auto place = static_cast<std::size_t>(index - new_first);
    // Never past i: what is read has not been overwritten.
    const std::uint64_t moved = std::exchange(buckets[i], 0);
    buckets[place] += moved;
  }
  const std::int32_t new_last =
      ReduceExponentialIndex(first_index + static_cast<std::int32_t>(buckets.size()) - 1, reduction);
  buckets.resize(static_cast<std::size_t>(new_last - new_first) + 1);
  first_index = new_first;
}

void ExponentialReading::Shrink() {
  while (buckets.size() > kExponentialBuckets && schema > kMinExponentialSchema) Reduce(schema - 1);
}

}  // namespace streamhouse::metrics::internal
