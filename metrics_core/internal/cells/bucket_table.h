// BucketTable: from a value to its bucket, without branches that depend on the value.
//
// The positive doubles are cut into cells by their exponent and the first bits of their mantissa.
// There are few enough cells for a table, and no cell holds two bounds. The table gives the first
// bucket that a value of the cell can fall into; one comparison tells whether it is that bucket or
// the next. Bounds for which this needs more than kMaxTableCells cells (negative or very dense
// ones) are searched by halving instead.
// Guarantees:
// 1. Tables are interned: equal bounds and rules share one.
// 2. A table stays until the process ends, so that handles may outlive registries.
// Thread safety: immutable.
// Cost: a table look-up and one comparison.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace streamhouse::metrics::internal {

enum class NegativeValues : std::uint8_t { kTaken, kDropped };

class BucketTable {
 public:
  static constexpr std::size_t kMaxTableCells = 16384;

  // No bounds: every value falls into bucket 0.
  constexpr BucketTable() = default;

  // Finite and strictly ascending.
  static const BucketTable* Intern(std::span<const double> bounds, NegativeValues negative = NegativeValues::kTaken);

  // The histogram's rule, for its slow path: whether it records negative values.
  bool takes_negative() const noexcept { return negative_ == NegativeValues::kTaken; }

  std::uint32_t bucket_count() const noexcept { return bound_count_ + 1; }

  // The index of the first bound that is not below the value; the number of bounds if there is
  // none. Not for NaN.
  std::uint32_t Locate(double value) const noexcept {
    return has_cells() ? LocateByCell(value) : LocateByHalving(value);
  }

  // Locate() in two parts, for callers with a slow path of their own.
  bool has_cells() const noexcept { return entries_ != nullptr; }
  std::uint32_t LocateByCell(double value) const noexcept {
    const std::int64_t cell = (std::bit_cast<std::int64_t>(value) >> mantissa_shift_) - first_cell_;
    const Entry& entry = entries_[std::clamp<std::int64_t>(cell, 0, last_cell_)];
    return entry.candidate + static_cast<std::uint32_t>(entry.bound < value);
  }

 private:
  // Of a cell: the first bucket that one of its values can fall into, and the bound that closes it.
  struct Entry {
    double bound;  // +Inf behind the last one, which no value is above
    std::uint32_t candidate;
  };

  std::uint32_t LocateByHalving(double value) const noexcept;

  static constexpr Entry kOnlyEntry = {__builtin_huge_val(), 0};

  const Entry* entries_ = &kOnlyEntry;  // by cell; null: search by halving
  std::int64_t first_cell_ = 0;
  std::int64_t last_cell_ = 0;
  std::int32_t mantissa_shift_ = 0;
  std::uint32_t bound_count_ = 0;
  const double* bounds_ = nullptr;
  NegativeValues negative_ = NegativeValues::kTaken;

  friend struct BucketTableBuilder;
  friend struct BucketTableLayout;  // c_api/abi.cc
};

}  // namespace streamhouse::metrics::internal
