// SeriesIndex: from the hash of a label set to its Series; open addressing, read without a lock
// beside one writer.
//
// An entry is 64 bits: 16 of the hash, and the address of a series, of which x86-64 and AArch64 use
// 48 bits in user space. The index never shrinks or moves; its owner replaces one that is full.
// Invariants:
// 1. At most a third of the entries are in use. So probing ends, and mostly at the first entry.
// 2. An entry that was used is never empty again. So probing cannot miss a series that was added
//    before it began.
// Thread safety: one writer at a time; EntryAt from any thread.
// Cost: a look-up is one load a probe.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "metrics_core/internal/series/series.h"

namespace streamhouse::metrics::internal {

class SeriesIndex {
 public:
  static constexpr std::uint64_t kEmpty = 0;

  // `size` is a power of two.
  explicit SeriesIndex(std::size_t size) : mask_(size - 1), entries_(new std::atomic<std::uint64_t>[size]()) {}

  std::uint64_t EntryAt(std::size_t i) const noexcept {
    // Acquire: pairs with the release in Put, so that the series behind the entry is visible.
    return entries_[i & mask_].load(std::memory_order_acquire);
  }

  // Whether an entry may be of a series with this hash. SeriesOf() gives that series.
  static bool MayBe(std::uint64_t entry, std::uint64_t hash) noexcept {
    return ((entry ^ hash) & kTagBits) == 0 && (entry & ~kTagBits) != kErased;
  }
  static const Series* SeriesOf(std::uint64_t entry) noexcept {
    return std::bit_cast<const Series*>(entry & ~kTagBits);
  }

  // The rest is for the writer.

  std::size_t memory_bytes() const noexcept { return (mask_ + 1) * sizeof(entries_[0]); }
  bool IsFull() const noexcept { return used_ * 3 > mask_; }
  void Add(std::uint64_t hash, const Series& series) noexcept {
    std::size_t i = hash;
    while (EntryAt(i) != kEmpty) ++i;
    Put(i, EntryOf(hash, series));
    ++used_;
  }
  void Erase(std::uint64_t hash, const Series& series) noexcept {
    std::size_t i = hash;
    while (EntryAt(i) != EntryOf(hash, series)) ++i;
    Put(i, kErased);
  }

 private:
  static constexpr std::uint64_t kTagBits = std::uint64_t{0xFFFF} << 48;
  static constexpr std::uint64_t kErased = 1;  // not empty, and no address

  static std::uint64_t EntryOf(std::uint64_t hash, const Series& series) noexcept {
    return (hash & kTagBits) | std::bit_cast<std::uint64_t>(&series);
  }
  void Put(std::size_t i, std::uint64_t entry) noexcept {
    // Release: pairs with the acquire in EntryAt.
    entries_[i & mask_].store(entry, std::memory_order_release);
  }

  const std::size_t mask_;
  const std::unique_ptr<std::atomic<std::uint64_t>[]> entries_;
  std::size_t used_ = 0;  // erased ones included; the writer's
};

}  // namespace streamhouse::metrics::internal
