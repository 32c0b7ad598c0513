// SeriesTable: the label sets of one family, found by their values without a lock.
//
// Series never move. Writers hold the family's lock; Find runs beside them, wait-free and without
// allocation.
// Invariants:
// 1. A published series does not change.
// 2. An erased series stays readable until the owner recycles its number. The owner may do so when
//    every Find that began before the erasure has ended.
// 3. The same holds for an index that was outgrown.
// Thread safety: each method says which threads may call it.
// Cost: Find hashes the values and compares them with those of one series, or seldom of a few.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics_core/internal/cells/cell.h"
#include "metrics_core/internal/series/label_hash.h"
#include "metrics_core/internal/series/series.h"
#include "metrics_core/internal/series/series_index.h"

namespace streamhouse::metrics::internal {

class SeriesTable {
 public:
  // As they stand in label text (QuotedLabelNames); they must outlive it.
  explicit SeriesTable(std::span<const std::string> label_names);
  ~SeriesTable();
  SeriesTable(const SeriesTable&) = delete;
  SeriesTable& operator=(const SeriesTable&) = delete;

  // The series with these values, in the order of the label names and as many, or null. Any thread.
  // Values that are not UTF-8 are not found: they were repaired when the series was made. A
  // fixed-size array of them is found fastest.
  template <typename Values>
  const Series* Find(const Values& values) const noexcept {
    const std::uint64_t hash = Hash(values);
    // Acquire: pairs with the release in Grow, so that the new index's entries are visible.
    const SeriesIndex* const index = index_.load(std::memory_order_acquire);
    for (std::size_t i = hash;; ++i) {
      const std::uint64_t entry = index->EntryAt(i);
      if (entry == SeriesIndex::kEmpty) return nullptr;
      if (!SeriesIndex::MayBe(entry, hash)) continue;
      const Series* const series = SeriesIndex::SeriesOf(entry);
      if (series->Has(values, prefix_sizes_.data())) [[likely]]
        return series;
    }
  }

  // The rest is for the holder of the family's lock.

  const Series& At(std::uint32_t number) const noexcept;

  // The number of a series that Find has returned.
  std::uint32_t NumberOf(const Series& series) const noexcept;

  // Adds a series that is not in the table, under a recycled number or the next one. The values are
  // UTF-8.
  std::uint32_t Insert(std::span<const std::string_view> values, Slot run);

  // Find no longer finds it; At still reads it.
  void Erase(std::uint32_t number);

  // Frees the text of an erased series and lets its number be used again.
  void Recycle(std::uint32_t number);

  bool IsLive(std::uint32_t number) const { return live_[number]; }
  std::uint32_t number_limit() const { return static_cast<std::uint32_t>(live_.size()); }
  std::uint32_t live_count() const { return live_count_; }

  // Of label texts, with what tells their values apart; of erased series as well, until they are
  // recycled.
  std::size_t key_bytes() const { return key_bytes_; }

  // Of keys, series and index.
  std::size_t memory_bytes() const;

  // The indexes outgrown since the last call; to be freed when no Find can be in them any more.
  std::vector<std::unique_ptr<const SeriesIndex>> TakeOutgrown();

 private:
  // Series are laid out in levels of doubling size, so that they never move.
  static constexpr std::uint32_t kFirstLevelSize = 64;
  static constexpr std::size_t kLevels = 26;

  template <typename Values>
  std::uint64_t Hash(const Values& values) const noexcept {
    std::uint64_t hash = seed_;
    for (std::size_t i = 0; i < values.size(); ++i) hash = HashBytes(hash, values[i]);
    return hash;
  }
  std::size_t KeyBytes(const Series& series) const;
  void Grow();
  std::uint32_t NewNumber();

  // Immutable after construction.
  const std::span<const std::string> label_names_;
  const std::uint64_t seed_;
  std::vector<std::uint32_t> prefix_sizes_;  // of `name="`, `,name="`

  // Written under the family's lock, read by any thread.
  std::atomic<const SeriesIndex*> index_;

  // Guarded by the family's lock.
  std::array<std::unique_ptr<Series[]>, kLevels> levels_;
  std::unique_ptr<SeriesIndex> newest_index_;  // what index_ points to
  std::vector<bool> live_;                     // by number
  std::vector<std::uint64_t> hashes_;          // by number
  std::vector<std::uint32_t> recycled_;
  std::uint32_t live_count_ = 0;
  std::size_t key_bytes_ = 0;
  std::vector<std::unique_ptr<const SeriesIndex>> outgrown_;
};

}  // namespace streamhouse::metrics::internal
