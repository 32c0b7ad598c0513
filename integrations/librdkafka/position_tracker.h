// PositionTracker: where a consumer is in a partition, as far as documents of librdkafka prove it.
//
// When to use something else: lag_rule.h, for how far it is behind.
// Guarantees:
// 1. There is no position where the program was given no record since the assignment, unless
//    nothing was fetched since then either.
// 2. So records that were fetched ahead are never taken for read.
// 3. A document that is taken again gives the position that it gave before.
// Thread safety: one thread at a time.
// Cost: comparisons.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "integrations/librdkafka/statistics.h"

namespace streamhouse::librdkafka {

class PositionTracker {
 public:
  // Takes the partition of the next document, or of the last one again. `made` is the `ts` of the
  // document.
  void Take(const PartitionStatistics& partition, std::chrono::microseconds made);

  // The offset of the next record that the program gets.
  std::optional<std::int64_t> position() const { return position_; }

 private:
  std::optional<std::int64_t> position_;
  // rxmsgs when the assignment began; nothing once a record was fetched since.
  std::optional<std::int64_t> fetched_before_ = 0;
  std::int64_t next_offset_ = kUnknownOffset;  // of the document before, while the program has no record
  std::chrono::microseconds rests_since_{0};   // the first document with next_offset_
};

}  // namespace streamhouse::librdkafka
