// Lag measures of PartitionLog. No function here takes append_mutex_.
#include <algorithm>
#include <iterator>
#include <utility>

#include "agent/log/partition_log.h"
#include "agent/log/sent_time.h"

namespace streamhouse::agent {

LogExtent PartitionLog::Extent() const {
  const metrics::MutexLock lock(state_mutex_);
  const Segment& last = *segments_.back();
  return {.start_offset = segments_.front()->base_offset,
          .end_offset = high_watermark_,
          .bytes = bytes_,
          .segments = segments_.size(),
          .message_end = last.message_start.value_or(0) + static_cast<std::int64_t>(last.message_bytes)};
}

std::uint64_t PartitionLog::CountReadable(const OffsetRange& range) const {
  if (range.next <= range.first) return 0;
  const metrics::MutexLock lock(state_mutex_);
  return range.size() - damages_.CountIn(range);
}

std::optional<std::int64_t> PartitionLog::FindSegmentEnd(std::uint64_t offset) const {
  const metrics::MutexLock lock(state_mutex_);
  if (offset < segments_.front()->base_offset || offset >= segments_.back()->base_offset) return std::nullopt;
  return (*SegmentOf(offset))->appended_ms;
}

// Ends at the next place that the index knows: the batches behind it need not be read.
Result<PartitionLog::ReadStart> PartitionLog::FindMeasureStart(std::uint64_t offset) const {
  const metrics::MutexLock lock(state_mutex_);
  auto start = StartAt(offset);
  if (!start.ok() || start->segment == nullptr) return start;
  if (const auto after = start->segment->index.FindAfter(offset)) start->end = *after;
  return start;
}

Result<std::optional<RecordMeasure>> PartitionLog::Measure(std::uint64_t offset) const {
  auto start = FindMeasureStart(offset);
  if (!start.ok()) return start.status();
  if (start->segment == nullptr) return std::optional<RecordMeasure>();
  if (Status opened = OpenFile(*start); !opened.ok()) return opened;
  SegmentWalk walk = Walk(*start);
  std::optional<RecordMeasure> found;
  std::uint64_t message_bytes = start->from.message_bytes;
  while (!found) {
    auto header = walk.Next();
    if (!header.ok()) return header.status();
    if (!header->has_value() || (*header)->base_offset > offset) {
      if (walk.damage().ok()) return std::optional<RecordMeasure>();
      return walk.damage();
    }
    const bool is_before = (*header)->end_offset() <= offset;
    if (is_before && !start->message_start) continue;
    std::uint64_t at = (*header)->base_offset;
    const std::int64_t append_time_ms = (*header)->AppendTime(start->segment->file_time_ms);
    const Status visited = walk.Visit([&](const RecordView& record) {
      if (at++ == offset) {
        found = {.offset = offset,
                 .timestamp_ms = SentAt(record, append_time_ms),
                 .is_counted = start->message_start.has_value()};
        return Visit::kStop;
      }
      message_bytes += record.bytes();
      return Visit::kContinue;
    });
    if (!visited.ok() && (!is_before || visited.code() != StatusCode::kDataLoss)) return visited;
  }
  // A batch before it that could not be read was not counted here, but may be in the end of the
  // log.
  if (start->message_start && walk.damage().ok()) {
    found->message_place = *start->message_start + static_cast<std::int64_t>(message_bytes);
  }
  return found;
}

PartitionLog::ReadStart PartitionLog::FindUncounted() const {
  const metrics::MutexLock lock(state_mutex_);
  const auto newest = std::find_if(segments_.rbegin(), segments_.rend(),
                                   [](const auto& segment) { return !segment->message_start.has_value(); });
  return newest == segments_.rend() ? ReadStart() : StartOf(std::prev(newest.base()));
}

Result<std::uint64_t> PartitionLog::CountMessages() {
  ReadStart start = FindUncounted();
  if (start.segment == nullptr) return std::uint64_t{0};
  if (Status opened = OpenFile(start); !opened.ok()) return opened;
  SegmentWalk walk = Walk(start);
  SparseIndex index;
  std::uint64_t message_bytes = 0;
  for (;;) {
    auto header = walk.Next();
    if (!header.ok()) return header.status();
    if (!header->has_value()) break;
    index.Add({.base_offset = (*header)->base_offset, .position = walk.position(), .message_bytes = message_bytes});
    const Status visited = walk.Visit([&message_bytes](const RecordView& record) {
      message_bytes += record.bytes();
      return Visit::kContinue;
    });
    // No group gets the records of a damaged batch.
    if (!visited.ok() && visited.code() != StatusCode::kDataLoss) return visited;
  }
  NoteCounted(start.segment->base_offset, std::move(index), message_bytes);
  return std::max<std::uint64_t>(start.end.position, 1);
}

void PartitionLog::NoteCounted(std::uint64_t base_offset, SparseIndex index, std::uint64_t message_bytes) {
  const metrics::MutexLock lock(state_mutex_);
  // Retention may have removed it.
  if (base_offset < segments_.front()->base_offset) return;
  const auto segment = SegmentOf(base_offset);
  Segment& counted = **segment;
  counted.index = std::move(index);
  counted.message_bytes = message_bytes;
  counted.message_start = (*std::next(segment))->message_start.value_or(0) - static_cast<std::int64_t>(message_bytes);
}

}  // namespace streamhouse::agent
