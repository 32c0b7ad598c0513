#include "metrics_core/internal/cells/bucket_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "metrics_core/mutex.h"

namespace streamhouse::metrics::internal {
namespace {

constexpr int kMantissaBits = 52;
// Coarse first: a table that fits a cache line or two is the usual case.
constexpr int kFewestMantissaBits = 2;
constexpr int kMostMantissaBits = 10;

std::int64_t CellOf(double value, int shift) {
  return std::bit_cast<std::int64_t>(value) >> shift;
}

// The first candidate of each cell, from the cell below the first bound to the cell above the last
// bound. Nullopt if a cell holds two bounds, or if there are too many cells. `bounds` are not
// negative and end with +Inf.
std::optional<std::vector<std::uint16_t>> FirstCandidates(std::span<const double> bounds, int shift) {
  const std::size_t last_bound = bounds.size() - 2;
  const std::int64_t first_cell = CellOf(bounds[0], shift) - 1;
  const std::int64_t last_cell = CellOf(bounds[last_bound], shift) + 1;
  if (last_cell - first_cell >= static_cast<std::int64_t>(BucketTable::kMaxTableCells)) return std::nullopt;
  std::vector<std::uint16_t> candidates;
  std::size_t candidate = 0;
  for (std::int64_t cell = first_cell; cell <= last_cell; ++cell) {
    // The bounds of earlier cells are below every value of this one.
    while (candidate <= last_bound && CellOf(bounds[candidate], shift) < cell) ++candidate;
    const bool second_in_cell = candidate < last_bound && CellOf(bounds[candidate + 1], shift) == cell;
    if (second_in_cell) return std::nullopt;
    candidates.push_back(static_cast<std::uint16_t>(candidate));
  }
  return candidates;
}

}  // namespace

struct BucketTableBuilder {
  // Never freed, as the tables are not.
  template <typename T>
  static T* Keep(const std::vector<T>& values) {
    T* const kept = new T[values.size()];
    std::copy(values.begin(), values.end(), kept);
    return kept;
  }

  static const BucketTable* Build(std::span<const double> finite_bounds, NegativeValues negative) {
    auto* const table = new BucketTable;
    table->negative_ = negative;
    if (finite_bounds.empty()) return table;
    std::vector<double> bounds(finite_bounds.begin(), finite_bounds.end());
    // The bits of -0.0 order it below everything; 0.0 is the same number.
    if (bounds[0] == 0) bounds[0] = 0.0;
    bounds.push_back(std::numeric_limits<double>::infinity());
    table->bounds_ = Keep(bounds);
    table->bound_count_ = static_cast<std::uint32_t>(finite_bounds.size());
    table->entries_ = nullptr;
    if (bounds[0] < 0) return table;
    for (int bits = kFewestMantissaBits; bits <= kMostMantissaBits; bits += 2) {
      const int shift = kMantissaBits - bits;
      const auto candidates = FirstCandidates(bounds, shift);
      if (!candidates) continue;
      table->first_cell_ = CellOf(bounds[0], shift) - 1;
      table->last_cell_ = static_cast<std::int64_t>(candidates->size()) - 1;
      table->mantissa_shift_ = shift;
      std::vector<BucketTable::Entry> entries;
      for (const std::uint16_t candidate : *candidates) entries.push_back({bounds[candidate], candidate});
      table->entries_ = Keep(entries);
      break;
    }
    return table;
  }
};

const BucketTable* BucketTable::Intern(std::span<const double> bounds, NegativeValues negative) {
  static Mutex* const mutex = new Mutex;
  static auto* const tables = new std::map<std::pair<std::vector<double>, NegativeValues>, const BucketTable*>;
  const MutexLock lock(*mutex);
  const BucketTable*& table = (*tables)[{std::vector<double>(bounds.begin(), bounds.end()), negative}];
  if (table == nullptr) table = BucketTableBuilder::Build(bounds, negative);
  return table;
}

std::uint32_t BucketTable::LocateByHalving(double value) const noexcept {
  const double* const first = std::lower_bound(bounds_, bounds_ + bound_count_, value);
  return static_cast<std::uint32_t>(first - bounds_);
}

}  // namespace streamhouse::metrics::internal
