// SparseIndex: where in a segment to start reading for an offset: an entry every so many bytes, not
// one a batch.
//
// It lives in memory only and is rebuilt when the log is opened, so it can never disagree with the
// log. Each entry also tells how many message bytes (keys, values and headers) stand before it in
// the segment, for the lag in bytes.
// Guarantees: Find() never points past the batch that holds the offset.
// Invariants:
// 1. Entries ascend in offset and in position, and their positions are at least kIndexIntervalBytes
//    apart.
// Thread safety: one thread at a time.
// Cost: 24 bytes for each kIndexIntervalBytes of log, 24 KiB for a segment of 64 MiB; a look-up is
// a binary search.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <vector>

namespace streamhouse::agent {

// A reader skips at most this many bytes, and one batch, to reach its offset.
inline constexpr std::uint64_t kIndexIntervalBytes = std::uint64_t{64} * 1024;

// Where a batch starts in its segment.
struct BatchPosition {
  std::uint64_t base_offset = 0;
  std::uint64_t position = 0;
  std::uint64_t message_bytes = 0;  // of the records before it in the segment, where they were counted

  friend bool operator==(const BatchPosition&, const BatchPosition&) = default;
};

class SparseIndex {
 public:
  // Batches must be added in the order of the segment, without leaving any out.
  void Add(const BatchPosition& batch);

  // The last indexed batch that starts at or before `offset`; nothing when there is none.
  std::optional<BatchPosition> Find(std::uint64_t offset) const {
    const auto after = AfterOffset(offset);
    if (after == entries_.begin()) return std::nullopt;
    return *std::prev(after);
  }

  // The first indexed batch that starts after `offset`; nothing when there is none.
  std::optional<BatchPosition> FindAfter(std::uint64_t offset) const {
    const auto after = AfterOffset(offset);
    if (after == entries_.end()) return std::nullopt;
    return *after;
  }

  // The first indexed batch behind `position`; nothing when there is none.
  std::optional<BatchPosition> FindBehind(std::uint64_t position) const {
    const auto behind = std::upper_bound(entries_.begin(), entries_.end(), position,
                                         [](std::uint64_t p, const BatchPosition& e) { return p < e.position; });
    if (behind == entries_.end()) return std::nullopt;
    return *behind;
  }

 private:
  std::vector<BatchPosition>::const_iterator AfterOffset(std::uint64_t offset) const {
    return std::upper_bound(entries_.begin(), entries_.end(), offset,
                            [](std::uint64_t o, const BatchPosition& e) { return o < e.base_offset; });
  }

  std::vector<BatchPosition> entries_;
};

}  // namespace streamhouse::agent
