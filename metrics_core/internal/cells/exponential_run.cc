#include "metrics_core/internal/cells/exponential_run.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>

#include "metrics_core/reading/exponential_scale.h"

namespace streamhouse::metrics::internal {
namespace {

constexpr int kMostReduction = kMaxExponentialSchema - kMinExponentialSchema;
constexpr auto kWindowSize = static_cast<std::int32_t>(kExponentialBuckets);

// All values that are not counted as zero, 2^-128 to 2^1024, fit in a window at the lowest schema.
static_assert(((1024 - kZeroThresholdExponent) >> -kMinExponentialSchema) + 1 <= kWindowSize);

std::uint64_t OwnLoad(const Cell& cell) {
  // Relaxed: the owner reads what it stored itself.
  return cell.load(std::memory_order_relaxed);
}

void OwnStore(Cell& cell, std::uint64_t value) {
  // Release: pairs with the acquire of the bucket in ExponentialReading::Add. A reader may still
  // read this window by the previous layout. If it sees this value, it also sees that the layout
  // has changed.
  cell.store(value, std::memory_order_release);
}

void PublishLayout(Cell* run, ExponentialLayout layout) {
  // Release: pairs with the acquire in LoadLayout, so that the window it names is visible.
  run[kLayoutCell].store(layout.bits(), std::memory_order_release);
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

void OpenWindow(Cell* run) noexcept {
  // A window in which no index has a place.
  PublishLayout(run, ExponentialLayout::Make(0, kFirstWindowCell, 0, ExponentialLayout::kNowhere));
}

ExponentialLayout MakeRoom(Cell* run, std::int32_t finest_index) noexcept {
  if (!ExponentialLayout(OwnLoad(run[kLayoutCell])).has_window()) OpenWindow(run);
  const ExponentialLayout old(OwnLoad(run[kLayoutCell]));
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
  const auto layout = ExponentialLayout::Make(old.generation() + 1, window, old.reduction() + more, first_index);
  PublishLayout(run, layout);
  return layout;
}

}  // namespace streamhouse::metrics::internal
