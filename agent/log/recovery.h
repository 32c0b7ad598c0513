// RecoverSegment: finds the end of a segment after a crash.
//
// A crash can leave the last batch of the last segment unfinished: a torn tail. It was never
// acknowledged (unless power was lost under a sync policy that allows for that), and is truncated.
// Every other fault is damage:
// - a batch that cannot be read although a whole one follows it,
// - an offset out of sequence,
// - a torn tail in a segment that has a successor.
// Damage is an error, and the file is not changed.
// Guarantees:
// 1. The last segment is truncated to its last whole batch where its tail is torn. A damaged file
//    is unchanged.
// 2. Every batch of the last segment has passed its checksums. Of the others only the headers are
//    checked: damage to their bodies is found when they are read.
// Thread safety: none; no other thread may use the segment.
// Cost: a reading of the last segment; of the others, of the headers alone, so that their message
// bytes are not counted.
// Errors: DataLoss, naming file and position.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/log/file_system.h"
#include "agent/log/log_format.h"
#include "agent/log/producer_sequences.h"
#include "agent/log/sparse_index.h"

namespace streamhouse::agent {

enum class SegmentRole : std::uint8_t { kLast, kFollowed };

struct RecoveredSegment {
  std::uint64_t size_bytes = 0;  // after truncation
  std::uint64_t torn_bytes = 0;  // that were torn
  std::uint64_t end_offset = 0;  // of the record that comes next
  std::uint64_t last_epoch = 0;  // the highest in the segment; 0 when it is empty
  // The latest append time; kNeverAppended when no batch tells.
  std::int64_t append_time_ms = kNeverAppended;
  // When the file was written to last, if it has batches that do not tell when they were appended.
  std::optional<std::int64_t> file_time_ms;
  std::uint64_t message_bytes = 0;  // keys, values and headers; counted in the last segment alone
  SparseIndex index;
};

// Notes the batches that it keeps in `sequences`.
Result<RecoveredSegment> RecoverSegment(FileSystem& files, const std::string& path, std::uint64_t base_offset,
                                        SegmentRole role, ProducerSequences& sequences);

}  // namespace streamhouse::agent
