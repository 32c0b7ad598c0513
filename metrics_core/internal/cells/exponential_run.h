// MakeRoom(), OpenWindow(): the cells of an exponential histogram in one thread's shard, and how
// their resolution is reduced.
//
// A run is a sum, a count, a layout, a count of zeros, and two windows of buckets. The layout says
// which window is in use, at which schema, and which index its first bucket has. A thread starts at
// the highest schema. When a value falls outside of the window, its owner chooses a layout that has
// room for it. It writes the counts so far into the other window, and changes the layout by one
// store. A reader that saw the layout before still finds the old window whole. A thread changes its
// layout a bounded number of times, as each change makes room for a range that stays occupied.
// Invariants, beside those of shard.h:
// 1. A window that the layout names is only added to.
// 2. The owner writes the bucket, then the sum, then the count.
// When to use something else: exponential_reading.h reads the cells of any thread.
// Thread safety: MakeRoom() and OpenWindow() are for the owner.
// Cost: a change of the layout writes a whole window.
#pragma once

#include <cstdint>

#include "metrics_core/internal/cells/cell.h"
#include "metrics_core/internal/cells/exponential_layout.h"

namespace streamhouse::metrics::internal {

// What a thread keeps: 30 powers of two at 4 buckets each, for example. Two runs share a chunk.
inline constexpr Slot kExponentialBuckets = 120;

// Values up to this power of two are counted as zeros: Prometheus' own default.
inline constexpr int kZeroThresholdExponent = -128;
inline constexpr double kZeroThreshold = 0x1p-128;

// After kSumCell and kCountCell, as in other histograms.
inline constexpr Slot kLayoutCell = 2;
inline constexpr Slot kZeroCell = 3;
inline constexpr Slot kFirstWindowCell = 4;
inline constexpr Slot kSecondWindowCell = kFirstWindowCell + kExponentialBuckets;
inline constexpr Slot kExponentialRunCells = kSecondWindowCell + kExponentialBuckets;
static_assert(2 * kExponentialRunCells <= kCellsPerChunk);

static_assert(ExponentialLayout().PositionOf(-1100 * 256) >= kExponentialBuckets);
static_assert(kSecondWindowCell <= 0xFF);

// The owner's: makes the layout of `run` one that has room for a finest index.
ExponentialLayout MakeRoom(Cell* run, std::int32_t finest_index) noexcept;
// The owner's: gives a run of zeros a layout without room for any index, for a value that is
// counted as zero.
void OpenWindow(Cell* run) noexcept;

}  // namespace streamhouse::metrics::internal
