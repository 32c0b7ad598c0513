#include "metrics_core/internal/exponential_run.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <utility>

namespace streamhouse::metrics::internal {
namespace {

constexpr int kMostReduction = kMaxExponentialSchema - kMinExponentialSchema;
constexpr auto kWindowSize = static_cast<std::int32_t>(kExponentialBuckets);

// What is not counted as zero, 2^-128 to 2^1024, has room at the lowest schema.
static_assert(((1024 - kZeroThresholdExponent) >> -kMinExponentialSchema) + 1 <= kWindowSize);

// Observations that complete while they are read make a reading inconsistent; layouts change a bounded number of times.
constexpr int kConsistentReadAttempts = 8;

std::uint64_t OwnLoad(const Cell& cell) {
  // Relaxed: the owner reads what it stored itself.
  return cell.load(std::memory_order_relaxed);
}

void OwnStore(Cell& cell, std::uint64_t value) {
  // Release: pairs with the acquire of the bucket in ExponentialReading::Add. Whoever still reads this window by the
  // layout before the present one, and sees this, sees that the layout has changed since.
  cell.store(value, std::memory_order_release);
}

void PublishLayout(Cell* run, ExponentialLayout layout) {
  // Release: pairs with the acquire in LoadLayout, so that the window it names is visible.
  run[kLayoutCell].store(layout.bits(), std::memory_order_release);
}

ExponentialLayout LoadLayout(const Cell* run) {
  // Acquire: pairs with the release in PublishLayout.
  return ExponentialLayout(run[kLayoutCell].load(std::memory_order_acquire));
}

// Finest-level bounds of the indexes in use at some reduction.
struct IndexRange {
  std::int32_t low;
  std::int32_t high;

  IndexRange Reduced(int reduction) const {
    return {ReduceExponentialIndex(low, reduction), ReduceExponentialIndex(high, reduction)};
  }
  std::int32_t size() const { return high - low + 1; }
};

}  // namespace

void StartIncarnation(Cell* run, std::uint32_t incarnation) noexcept {
  // Nobody reads cells whose layout is of another incarnation.
  for (const Slot cell : {kSumCell, kCountCell, kZeroCell}) OwnStore(run[cell], 0);
  for (Slot i = 0; i < kExponentialBuckets; ++i) OwnStore(run[kFirstWindowCell + i], 0);
  // A window in which no index has a place.
  PublishLayout(run, ExponentialLayout::Make(incarnation, 0, kFirstWindowCell, 0, ExponentialLayout::kNowhere));
}

ExponentialLayout MakeRoom(Cell* run, std::uint32_t incarnation, std::int32_t finest_index) noexcept {
  const ExponentialLayout old(OwnLoad(run[kLayoutCell]));
  if (!old.has_window() || !old.IsOf(incarnation)) {
    StartIncarnation(run, incarnation);
    return MakeRoom(run, incarnation, finest_index);
  }
  std::array<std::uint64_t, kExponentialBuckets> counts;
  for (Slot i = 0; i < kExponentialBuckets; ++i) counts[i] = OwnLoad(run[old.window() + i]);
  const auto is_used = [](std::uint64_t count) { return count != 0; };
  const auto first = std::find_if(counts.begin(), counts.end(), is_used);
  const auto last = std::find_if(counts.rbegin(), counts.rend(), is_used).base();

  const std::int32_t wanted = ReduceExponentialIndex(finest_index, old.reduction());
  IndexRange range = {wanted, wanted};
  if (first != counts.end()) {
    range.low = std::min(wanted, old.first_index() + static_cast<std::int32_t>(first - counts.begin()));
    range.high = std::max(wanted, old.first_index() + static_cast<std::int32_t>(last - counts.begin()) - 1);
  }
  int more = 0;
  while (range.Reduced(more).size() > kWindowSize && old.reduction() + more < kMostReduction) ++more;
  range = range.Reduced(more);
  // The spare room on both sides alike: the next value may be beyond either.
  const std::int32_t first_index = range.low - (kWindowSize - range.size()) / 2;

  const Slot window = old.window() == kFirstWindowCell ? kSecondWindowCell : kFirstWindowCell;
  std::array<std::uint64_t, kExponentialBuckets> moved{};
  for (auto count = first; count < last; ++count) {
    const std::int32_t index = old.first_index() + static_cast<std::int32_t>(count - counts.begin());
    moved[static_cast<std::size_t>(ReduceExponentialIndex(index, more) - first_index)] += *count;
  }
  for (Slot i = 0; i < kExponentialBuckets; ++i) OwnStore(run[window + i], moved[i]);
  const auto layout =
      ExponentialLayout::Make(incarnation, old.generation() + 1, window, old.reduction() + more, first_index);
  PublishLayout(run, layout);
  return layout;
}

void ExponentialReading::Clear() {
  schema = kMaxExponentialSchema;
  first_index = 0;
  buckets.clear();
  zero_count = 0;
  count = 0;
  sum = 0;
}

void ExponentialReading::Add(const Cell* run, std::uint32_t incarnation) {
  scratch_.resize(kExponentialBuckets);
  ExponentialLayout layout;
  std::uint64_t zeros = 0;
  std::uint64_t in_buckets = 0;
  std::uint64_t sum_bits = 0;
  for (int attempt = 0; attempt < kConsistentReadAttempts;) {
    layout = LoadLayout(run);
    if (!layout.has_window() || !layout.IsOf(incarnation)) return;
    // Acquire, both: pair with the releases of count and sum in ExponentialHistogram::Observe, as in CellReader::ReadOne.
    const std::uint64_t counted = run[kCountCell].load(std::memory_order_acquire);
    sum_bits = run[kSumCell].load(std::memory_order_acquire);
    // Acquire, here and below: keep the second look at the layout behind them.
    zeros = run[kZeroCell].load(std::memory_order_acquire);
    for (Slot i = 0; i < kExponentialBuckets; ++i) {
      scratch_[i] = run[layout.window() + i].load(std::memory_order_acquire);
    }
    if (LoadLayout(run).bits() != layout.bits()) continue;
    in_buckets = std::accumulate(scratch_.begin(), scratch_.end(), std::uint64_t{0});
    if (zeros + in_buckets == counted) break;
    ++attempt;
  }
  zero_count += zeros;
  count += zeros + in_buckets;
  sum += std::bit_cast<double>(sum_bits);
  if (layout.schema() < schema) Reduce(layout.schema());
  const int reduction = layout.schema() - schema;
  for (Slot i = 0; i < kExponentialBuckets; ++i) {
    if (scratch_[i] == 0) continue;
    const std::int32_t index = ReduceExponentialIndex(layout.first_index() + static_cast<std::int32_t>(i), reduction);
    Include(index);
    buckets[static_cast<std::size_t>(index - first_index)] += scratch_[i];
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
