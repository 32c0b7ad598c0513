#include "metrics_core/internal/cells/bucket_table.h"

#include <algorithm>
#include <map>
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
constexpr int kMostOctaveBits = 10;

// Bounds as the search compares them. They ascend.
std::vector<std::uint64_t> Comparable(std::span<const double> bounds, Recorded recorded) {
  std::vector<std::uint64_t> comparable;
  for (const double bound : bounds) {
    // The bits of -0.0 order it above everything; 0.0 is the same number.
    comparable.push_back(recorded == Recorded::kTicks ? static_cast<std::uint64_t>(bound)
                                                      : std::bit_cast<std::uint64_t>(bound == 0 ? 0.0 : bound));
  }
  return comparable;
}

// Cell c has the values v with v >> shift == c.
struct Cells {
  int shift;
  std::uint64_t first;
  std::uint64_t last;
};

}  // namespace

struct BucketTableBuilder {
  using Entry = BucketTable::Entry;
  using Octave = BucketTable::Octave;

  // Nullopt if a cell holds two bounds.
  static std::optional<std::vector<Entry>> EntriesOf(std::span<const std::uint64_t> bounds, Cells cells) {
    std::vector<Entry> entries;
    auto bound = std::lower_bound(bounds.begin(), bounds.end(), cells.first << cells.shift);
    for (std::uint64_t cell = cells.first; cell <= cells.last; ++cell) {
      const auto bucket = static_cast<std::uint32_t>(bound - bounds.begin());
      if (bound == bounds.end()) {
        entries.push_back({.bound = std::numeric_limits<std::uint64_t>::max(), .at_most = bucket, .above = bucket});
        continue;
      }
      entries.push_back({.bound = *bound, .at_most = bucket, .above = bucket + 1});
      if (*bound >> cells.shift == cell) ++bound;
      if (bound != bounds.end() && *bound >> cells.shift == cell) return std::nullopt;
    }
    return entries;
  }

  // Leaves the table as it is where it would need too many cells.
  static void CutDoubles(std::span<const std::uint64_t> bounds, BucketTable& table) {
    for (int bits = kFewestMantissaBits; bits <= kMostMantissaBits; bits += 2) {
      const int shift = kMantissaBits - bits;
      const Cells cells = {.shift = shift, .first = bounds.front() >> shift, .last = bounds.back() >> shift};
      if (cells.last - cells.first >= BucketTable::kMaxTableCells) return;
      std::optional<std::vector<Entry>> entries = EntriesOf(bounds, cells);
      if (!entries) continue;
      table.first_cell_ = static_cast<std::uint32_t>(cells.first);
      table.outside_ = static_cast<std::uint32_t>(entries->size());
      table.shift_ = static_cast<std::uint32_t>(shift);
      entries->push_back({.bound = bounds.front(), .at_most = 0, .above = static_cast<std::uint32_t>(bounds.size())});
      table.entries_ = Keep(*entries);
      return;
    }
  }

  // The cells of the ticks whose highest bit is `highest`: 2^bits of them, from the place 2^bits
  // on.
  static Cells CellsOf(int highest, int bits) {
    // 0 has no highest bit, and is with 1.
    if (highest == 0) return {.shift = 0, .first = 0, .last = 1};
    return {.shift = highest - bits, .first = std::uint64_t{1} << bits, .last = (std::uint64_t{2} << bits) - 1};
  }

  // Leaves the table as it is where it would need too many cells.
  static void CutTicks(std::span<const std::uint64_t> bounds, BucketTable& table) {
    std::vector<Entry> entries;
    std::vector<Cells> octaves;
    std::vector<std::size_t> places;  // of each octave's first entry
    std::size_t before = 0;           // places that must be before all entries, as an octave's begin at `first`
    for (int highest = 0; highest < static_cast<int>(BucketTable::kOctaves); ++highest) {
      std::optional<std::vector<Entry>> of_octave;
      Cells cells = {};
      for (int bits = 0; bits <= std::min(highest, kMostOctaveBits) && !of_octave; ++bits) {
        cells = CellsOf(highest, bits);
        of_octave = EntriesOf(bounds, cells);
      }
      if (!of_octave || entries.size() + of_octave->size() > BucketTable::kMaxTableCells) return;
      before = std::max(before, cells.first - std::min(cells.first, entries.size()));
      places.push_back(entries.size());
      octaves.push_back(cells);
      entries.insert(entries.end(), of_octave->begin(), of_octave->end());
    }
    entries.insert(entries.begin(), before, Entry{});
    const Entry* const kept = Keep(entries);
    std::vector<Octave> by_highest;
    for (std::size_t i = 0; i < octaves.size(); ++i) {
      by_highest.push_back({.entries = kept + (before + places[i] - octaves[i].first),
                            .shift = static_cast<std::uint64_t>(octaves[i].shift)});
    }
    table.octaves_ = Keep(by_highest);
  }

  // Never freed, as the tables are not.
  template <typename T>
  static T* Keep(const std::vector<T>& values) {
    T* const kept = new T[values.size()];
    std::copy(values.begin(), values.end(), kept);
    return kept;
  }

  static const BucketTable* Build(std::span<const double> bounds, Recorded recorded) {
    auto* const table = new BucketTable;
    table->recorded_ = recorded;
    if (bounds.empty()) return table;
    table->bounds_ = Keep(std::vector<double>(bounds.begin(), bounds.end()));
    table->bound_count_ = static_cast<std::uint32_t>(bounds.size());
    table->entries_ = nullptr;
    table->octaves_ = nullptr;
    if (bounds.front() < 0) return table;
    const std::vector<std::uint64_t> comparable = Comparable(bounds, recorded);
    if (recorded == Recorded::kTicks) {
      CutTicks(comparable, *table);
    } else {
      CutDoubles(comparable, *table);
    }
    return table;
  }
};

const BucketTable* BucketTable::Intern(std::span<const double> bounds, Recorded recorded) {
  static Mutex* const mutex = new Mutex;
  static auto* const tables = new std::map<std::pair<std::vector<double>, Recorded>, const BucketTable*>;
  const MutexLock lock(*mutex);
  const BucketTable*& table = (*tables)[{std::vector<double>(bounds.begin(), bounds.end()), recorded}];
  if (table == nullptr) table = BucketTableBuilder::Build(bounds, recorded);
  return table;
}

std::uint32_t BucketTable::LocateByHalving(double value) const noexcept {
  const double* const first = std::lower_bound(bounds_, bounds_ + bound_count_, value);
  return static_cast<std::uint32_t>(first - bounds_);
}

}  // namespace streamhouse::metrics::internal
