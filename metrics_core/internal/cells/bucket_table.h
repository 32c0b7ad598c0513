// BucketTable: from a value to its bucket, without branches that depend on the value.
//
// Two searches, since a recording is as fast as its search:
//   Doubles that are not negative are ordered as their bits are. They are cut into cells by their
//   exponent and the first bits of their mantissa. These are 2, 4, 6, 8 or 10 bits, the fewest that
//   leave at most one bound in a cell. One entry stands for all values outside of the cells that
//   have bounds between them.
//   Ticks are whole numbers. They are cut into octaves, from a power of two up to the next. Each
//   octave is cut into 1, 2, 4 to 1,024 equal cells, the fewest that leave at most one bound in a
//   cell.
// The entry of a cell has the bound in it or above it. One comparison of integers tells on which
// side of the bound the value is, and so its bucket. Bounds that need more bits or cells, or more
// than kMaxTableCells cells together, or of which one is negative, are searched by halving instead.
// Guarantees:
// 1. Tables are interned: equal bounds and rules share one.
// 2. A table stays until the process ends, so that handles may outlive registries.
// Thread safety: immutable.
// Cost: a table look-up and one comparison; a look-up more for ticks.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace streamhouse::metrics::internal {

// What a histogram records.
enum class Recorded : std::uint8_t {
  kDoubles,
  kDoublesFromZero,  // negative values are dropped
  kTicks,            // whole numbers below 2^63; so are the bounds
};

class BucketTable {
 public:
  static constexpr std::size_t kMaxTableCells = 16384;

  // No bounds: every value falls into bucket 0.
  constexpr BucketTable() = default;

  // Finite and strictly ascending.
  static const BucketTable* Intern(std::span<const double> bounds, Recorded recorded = Recorded::kDoubles);

  // The histogram's rule, for its slow path: whether it records negative values.
  bool takes_negative() const noexcept { return recorded_ == Recorded::kDoubles; }

  std::uint32_t bucket_count() const noexcept { return bound_count_ + 1; }

  // The index of the first bound that is not below the value; the number of bounds if there is
  // none. Not for NaN.
  std::uint32_t Locate(double value) const noexcept {
    return has_cells() && !IsSpecial(value) ? LocateByCell(value) : LocateByHalving(value);
  }
  // `ticks` are below 2^63.
  std::uint32_t LocateTicks(std::uint64_t ticks) const noexcept {
    return has_octaves() ? LocateByOctave(ticks) : LocateByHalving(static_cast<double>(ticks));
  }

  // Negative, infinite or not a number. Compares the bits, which the look-up needs anyway: cheaper
  // than std::isfinite.
  static bool IsSpecial(double value) noexcept {
    return std::bit_cast<std::uint64_t>(value) >= std::bit_cast<std::uint64_t>(std::numeric_limits<double>::infinity());
  }

  // Locate() in two parts, for callers with a slow path of their own. `value` is not special.
  bool has_cells() const noexcept { return entries_ != nullptr; }
  std::uint32_t LocateByCell(double value) const noexcept {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    // A cell before the first is a large number after the subtraction.
    const std::uint32_t cell = static_cast<std::uint32_t>(bits >> shift_) - first_cell_;
    return entries_[std::min(cell, outside_)].BucketOf(bits);
  }

  // LocateTicks() in two parts.
  bool has_octaves() const noexcept { return octaves_ != nullptr; }
  std::uint32_t LocateByOctave(std::uint64_t ticks) const noexcept {
    // The place of the highest bit; 0 of 0.
    const Octave& octave = octaves_[63U ^ static_cast<std::uint32_t>(std::countl_zero(ticks | 1))];
    return octave.entries[ticks >> octave.shift].BucketOf(ticks);
  }

 private:
  // Of a cell.
  struct Entry {
    std::uint64_t bound;    // a number of ticks, or the bits of a double
    std::uint32_t at_most;  // the bucket of values up to the bound
    std::uint32_t above;    // the bucket of values above it

    std::uint32_t BucketOf(std::uint64_t value) const noexcept { return value > bound ? above : at_most; }
  };

  struct Octave {
    const Entry* entries;  // its 2^n cells begin at entries[2^n]; those of 0 and 1, and of no bounds, at entries[0]
    std::uint64_t shift;   // from ticks to the place of their cell
  };

  static constexpr std::size_t kOctaves = 63;

  std::uint32_t LocateByHalving(double value) const noexcept;

  static constexpr Entry kOnlyEntry = {.bound = std::numeric_limits<std::uint64_t>::max(), .at_most = 0, .above = 0};
  static constexpr std::array<Octave, kOctaves> kEmptyOctaves = [] {
    std::array<Octave, kOctaves> octaves = {};
    octaves.fill({.entries = &kOnlyEntry, .shift = kOctaves});
    return octaves;
  }();

  const Entry* entries_ = &kOnlyEntry;            // by cell; null: search by halving
  const Octave* octaves_ = kEmptyOctaves.data();  // by the highest bit of ticks; null: search by halving
  std::uint32_t first_cell_ = 0;
  std::uint32_t outside_ = 0;  // the place of the entry behind those of cells, for values in none of them
  std::uint32_t shift_ = 0;    // from the bits of a double to its cell
  std::uint32_t bound_count_ = 0;
  const double* bounds_ = nullptr;
  Recorded recorded_ = Recorded::kDoubles;

  friend struct BucketTableBuilder;
  friend struct BucketTableLayout;  // c_api/abi.cc
};

}  // namespace streamhouse::metrics::internal
