// The cells of an exponential histogram in one thread's shard, and how their resolution is reduced.
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
// Thread safety: ExponentialLayout is a value. MakeRoom() and OpenWindow() are for the owner; any
// thread reads.
// Cost: a change of the layout writes a whole window.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "metrics_core/internal/cells/cell.h"
#include "metrics_core/reading/exponential_scale.h"

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

// One layout, packed into its cell. A cell that was never written has zero bits; they are a layout
// with room for no value.
class ExponentialLayout {
 public:
  // A first index so low that no index is in the window.
  static constexpr std::int32_t kNowhere = -(1 << 19);

  constexpr ExponentialLayout() = default;
  constexpr explicit ExponentialLayout(std::uint64_t bits) : bits_(bits) {}

  // `generation` tells layouts of one run apart that are otherwise alike.
  static constexpr ExponentialLayout Make(std::uint32_t generation, Slot window, std::int32_t reduction,
                                          std::int32_t first_index) {
    return ExponentialLayout(static_cast<std::uint64_t>(generation) << kGenerationShift |
                             static_cast<std::uint64_t>(window) << kWindowShift |
                             static_cast<std::uint64_t>(reduction) << kReductionShift |
                             (static_cast<std::uint64_t>(first_index + kIndexOffset) & kIndexMask));
  }

  constexpr std::uint64_t bits() const { return bits_; }
  constexpr bool has_window() const { return window() != 0; }
  constexpr std::uint32_t generation() const { return static_cast<std::uint32_t>(bits_ >> kGenerationShift); }
  constexpr Slot window() const { return static_cast<Slot>(bits_ >> kWindowShift & 0xFF); }
  constexpr std::int32_t reduction() const { return static_cast<std::int32_t>(bits_ >> kReductionShift & 0xF); }
  constexpr int schema() const { return kMaxExponentialSchema - reduction(); }
  constexpr std::int32_t first_index() const { return static_cast<std::int32_t>(bits_ & kIndexMask) - kIndexOffset; }

  // Position in the window of the bucket of a finest index. kExponentialBuckets or more when the
  // window has no such bucket.
  constexpr std::uint32_t PositionOf(std::int32_t finest_index) const {
    return static_cast<std::uint32_t>(ReduceExponentialIndex(finest_index, reduction()) - first_index());
  }

 private:
  static constexpr int kReductionShift = 20;
  static constexpr int kWindowShift = 24;
  static constexpr int kGenerationShift = 32;
  static constexpr std::uint64_t kIndexMask = (std::uint64_t{1} << kReductionShift) - 1;
  // Finest indexes are within +-1100 * 256. All-zero bits mean kNowhere.
  static constexpr std::int32_t kIndexOffset = -kNowhere;

  std::uint64_t bits_ = 0;
};
static_assert(ExponentialLayout().PositionOf(-1100 * 256) >= kExponentialBuckets);
static_assert(kSecondWindowCell <= 0xFF);

// The owner's: makes the layout of `run` one that has room for a finest index.
ExponentialLayout MakeRoom(Cell* run, std::int32_t finest_index) noexcept;
// The owner's: gives a run of zeros a layout without room for any index, for a value that is
// counted as zero.
void OpenWindow(Cell* run) noexcept;

// Buckets of one resolution, without holes between the first and the last, from any number of
// threads.
struct ExponentialReading {
  // As new, but with memory.
  void Clear();

  // Adds one thread's cells.
  void Add(const Cell* run);

  // Gives up resolution until at most kExponentialBuckets buckets are left.
  void Shrink();

  int schema = kMaxExponentialSchema;
  std::int32_t first_index = 0;
  std::vector<std::uint64_t> buckets;
  std::uint64_t zero_count = 0;
  std::uint64_t count = 0;  // == zero_count and the sum of the buckets
  double sum = 0;

 private:
  // Reads the zeros and the window; false if the layout is not this one any more.
  static bool ReadOwn(const Cell* run, ExponentialLayout layout, std::span<std::uint64_t> own);
  void Reduce(int to_schema);
  void Include(std::int32_t index);

  std::vector<std::uint64_t> scratch_;  // one thread's zeros and window, twice
};

}  // namespace streamhouse::metrics::internal
