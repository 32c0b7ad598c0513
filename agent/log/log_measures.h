// Size of a log, and place of a record in it, for the lag of consumer groups.
//
// When to use something else: PartitionLog::Read() for the records themselves.
// Message bytes are those of keys, values and headers, as clients count them. A log counts them
// from a fixed point, which is place 0.
// Guarantees:
// 1. The point stays where it is while the log is open, so places may be compared. What was
//    appended before the point has negative places.
// 2. The difference of two places is the message bytes between them.
//    Example: a group's next record has place 70 and the log ends at 100: 30 bytes are before the
//    group.
// 3. All numbers of a LogExtent are of one moment.
// Thread safety: values.
// Cost: a copy of some numbers.
#pragma once

#include <cstdint>
#include <optional>

namespace streamhouse::agent {

struct LogExtent {
  std::uint64_t start_offset = 0;
  std::uint64_t end_offset = 0;  // the high watermark
  std::uint64_t bytes = 0;       // of the segment files
  std::uint64_t segments = 0;
  std::int64_t message_end = 0;
};

struct RecordMeasure {
  std::uint64_t offset = 0;
  std::int64_t timestamp_ms = 0;  // as PartitionLog::FindTimestamp()
  // Nothing while the message bytes of its segment are not counted, or where a batch shortly before
  // it is damaged.
  std::optional<std::int64_t> message_place = {};
  bool is_counted = false;  // the message bytes of its segment
};

}  // namespace streamhouse::agent
