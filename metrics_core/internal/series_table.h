// SeriesTable: the label sets of one family, found by their values without a lock.
//
// An open-addressing index of 64-bit entries (half hash, half series number) over series that never move. Writers
// hold the family's lock; Find runs beside them, wait-free and without allocation: it probes at most until the first
// empty entry, and the index is at most half full.
// Invariants: a published series does not change; an erased one stays readable until the owner recycles its number,
// which must be no earlier than any Find that began before the erasure has ended; the same holds for an index that
// was outgrown.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics_core/internal/cell.h"

namespace streamhouse::metrics::internal {

struct Series {
  const char* text_data;
  std::uint32_t text_size;
  Slot run;

  std::string_view text() const { return {text_data, text_size}; }
};

class SeriesTable {
 public:
  explicit SeriesTable(std::span<const std::string> label_names);
  ~SeriesTable();
  SeriesTable(const SeriesTable&) = delete;
  SeriesTable& operator=(const SeriesTable&) = delete;

  static constexpr std::uint32_t kNotFound = UINT32_MAX;

  // The number of the series with these values, in the order of the label names, or kNotFound. Any thread. Values
  // that are not UTF-8 are not found: they were repaired when the series was made.
  std::uint32_t Find(std::span<const std::string_view> values) const noexcept;

  // Any thread that got the number from Find, or holds the family's lock.
  const Series& At(std::uint32_t number) const noexcept;

  // The rest is for the holder of the family's lock.

  // Adds a series that is not in the table, under a recycled number or the next one. The values are UTF-8 and `text`
  // is their label text, allocated with new[] and owned by the table.
  std::uint32_t Insert(std::span<const std::string_view> values, std::string_view text, Slot run);

  // Find no longer finds it; At still reads it.
  void Erase(std::uint32_t number);

  // Frees the text of an erased series and lets its number be used again.
  void Recycle(std::uint32_t number);

  bool IsLive(std::uint32_t number) const { return live_[number]; }
  std::uint32_t number_limit() const { return static_cast<std::uint32_t>(live_.size()); }
  std::uint32_t live_count() const { return live_count_; }

  // The indexes outgrown since the last call; to be freed when no Find can be in them any more.
  class Index;
  std::vector<std::shared_ptr<const Index>> TakeOutgrown();

 private:
  // Series numbers are laid out in levels of doubling size, so that series never move.
  static constexpr std::uint32_t kFirstLevelSize = 64;
  static constexpr std::size_t kLevels = 26;

  Series& MutableAt(std::uint32_t number) const noexcept;
  std::uint64_t Hash(std::span<const std::string_view> values) const noexcept;
  bool Matches(const Series& series, std::span<const std::string_view> values) const noexcept;
  void Grow();
  std::uint32_t NewNumber();

  const std::span<const std::string> label_names_;  // immutable after construction
  std::vector<std::string> label_prefixes_;         // immutable after construction: `name="`, `,name="`

  // Written under the family's lock, read by any thread.
  std::atomic<Index*> index_;
  std::array<std::atomic<Series*>, kLevels> levels_{};

  // Guarded by the family's lock.
  std::vector<bool> live_;             // by number
  std::vector<std::uint64_t> hashes_;  // by number, for growing and erasing
  std::vector<std::uint32_t> recycled_;
  std::uint32_t live_count_ = 0;
  std::vector<std::shared_ptr<const Index>> outgrown_;
};

}  // namespace streamhouse::metrics::internal
