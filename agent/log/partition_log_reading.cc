// Reads of PartitionLog. No function here takes append_mutex_.
#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "agent/log/partition_log.h"
#include "agent/log/sent_time.h"

namespace streamhouse::agent {

Result<PartitionLog::ReadStart> PartitionLog::FindStart(std::uint64_t offset) const {
  const metrics::MutexLock lock(state_mutex_);
  return StartAt(offset);
}

Result<PartitionLog::ReadStart> PartitionLog::StartAt(std::uint64_t offset) const {
  if (offset > high_watermark_ || offset < segments_.front()->base_offset) {
    return Status(StatusCode::kOutOfRange, "offset " + std::to_string(offset) + " is outside of [" +
                                               std::to_string(segments_.front()->base_offset) + ", " +
                                               std::to_string(high_watermark_) + "]");
  }
  if (offset == high_watermark_) return ReadStart{};
  ReadStart start = StartOf(SegmentOf(offset));
  start.from = start.segment->index.Find(offset).value_or(start.from);
  return start;
}

// The log holds `offset`.
PartitionLog::Segments::const_iterator PartitionLog::SegmentOf(std::uint64_t offset) const {
  const auto after =
      std::upper_bound(segments_.begin(), segments_.end(), offset,
                       [](std::uint64_t o, const std::shared_ptr<Segment>& s) { return o < s->base_offset; });
  return std::prev(after);
}

PartitionLog::ReadStart PartitionLog::StartOf(Segments::const_iterator segment) const {
  const auto after = std::next(segment);
  const std::uint64_t end_offset = after == segments_.end() ? high_watermark_ : (*after)->base_offset;
  return {.segment = *segment,
          .file = (*segment)->file,
          .from = {.base_offset = (*segment)->base_offset, .position = 0},
          .end = {.base_offset = end_offset, .position = (*segment)->size_bytes},
          .message_start = (*segment)->message_start};
}

Status PartitionLog::OpenFile(ReadStart& start) const {
  if (start.file != nullptr) return Status::Ok();
  auto file = files_.OpenForRead(start.segment->path);
  const metrics::MutexLock lock(state_mutex_);
  // The file may be another log's by now: the topic was deleted and created again.
  if (files_may_go_) return {StatusCode::kUnavailable, folder_ + " is closed"};
  if (file.ok()) {
    start.file = *std::move(file);
    return Status::Ok();
  }
  if (file.status().code() != StatusCode::kNotFound) return file.status();
  if (start.segment->removal == Removal::kExpected) {
    return {StatusCode::kOutOfRange,
            "offset " + std::to_string(start.segment->base_offset) + " is no longer in " + folder_};
  }
  Damage damage = {.lost = {.first = start.segment->base_offset, .next = start.end.base_offset},
                   .reason = start.segment->path + " at byte 0: the file is gone"};
  damages_.Note(damage);
  return {StatusCode::kDataLoss, std::move(damage.reason)};
}

Result<std::uint32_t> PartitionLog::Read(std::uint64_t offset, ReadLimits limits,
                                         const std::function<void(const RecordView&)>& visit) const {
  return ReadRecords(offset, limits, [&visit](const RecordView& record, std::int64_t) { visit(record); });
}

Result<std::optional<std::int64_t>> PartitionLog::FindTimestamp(std::uint64_t offset) const {
  std::optional<std::int64_t> timestamp_ms;
  const auto note = [&timestamp_ms](const RecordView& record, std::int64_t append_time_ms) {
    timestamp_ms = SentAt(record, append_time_ms);
  };
  auto read = ReadRecords(offset, {.records = 1, .bytes = 0}, note);
  if (!read.ok()) return read.status();
  return timestamp_ms;
}

template <typename VisitRecord>
Result<std::uint32_t> PartitionLog::ReadRecords(std::uint64_t offset, ReadLimits limits,
                                                const VisitRecord& visit) const {
  auto start = FindStart(offset);
  if (!start.ok()) return start.status();
  if (start->segment == nullptr) return std::uint32_t{0};
  if (Status opened = OpenFile(*start); !opened.ok()) return opened;
  SegmentWalk walk = Walk(*start);
  std::uint64_t next = offset;  // of the record that is visited next
  std::uint32_t records = 0;
  std::uint64_t bytes = 0;
  bool full = false;
  while (!full) {
    auto header = walk.Next();
    if (!header.ok()) return records > 0 ? Result<std::uint32_t>(records) : header.status();
    // All of [next, end) is there, unless it is damaged.
    if (!header->has_value() || (*header)->base_offset > next) break;
    std::uint64_t at = (*header)->base_offset;
    if ((*header)->end_offset() <= next) continue;
    const std::int64_t append_time_ms = (*header)->AppendTime(start->segment->file_time_ms);
    const auto visit_if_wanted = [&](const RecordView& record) {
      if (at++ < offset) return Visit::kContinue;
      full = records > 0 && (records >= limits.records || bytes + record.bytes() > limits.bytes);
      if (full) return Visit::kStop;
      visit(record, append_time_ms);
      ++records;
      bytes += record.bytes();
      return Visit::kContinue;
    };
    if (Status visited = walk.Visit(visit_if_wanted); !visited.ok()) {
      return records > 0 ? Result<std::uint32_t>(records) : visited;
    }
    next = (*header)->end_offset();
    full = full || records >= std::max(limits.records, 1U);
  }
  if (records == 0 && !walk.damage().ok()) return walk.damage();
  return records;
}

SegmentWalk PartitionLog::Walk(const ReadStart& start) const {
  const auto known_behind = [this, segment = start.segment](std::uint64_t position) {
    const metrics::MutexLock lock(state_mutex_);
    return segment->index.FindBehind(position);
  };
  const auto report = [this](const Damage& damage) {
    const metrics::MutexLock lock(state_mutex_);
    damages_.Note(damage);
  };
  return {*start.file, start.segment->path, start.from, start.end, known_behind, report};
}

std::optional<OffsetRange> PartitionLog::FindDamage(std::uint64_t offset) const {
  const metrics::MutexLock lock(state_mutex_);
  return damages_.Find(offset);
}

std::vector<Damage> PartitionLog::TakeNewDamages() {
  const metrics::MutexLock lock(state_mutex_);
  return damages_.TakeNew();
}

Status PartitionLog::Integrity() const {
  const metrics::MutexLock lock(state_mutex_);
  if (damages_.empty()) return Status::Ok();
  std::string text = damages_.First().ToString();
  if (damages_.size() > 1) text += "; and " + std::to_string(damages_.size() - 1) + " more ranges";
  return {StatusCode::kDataLoss, std::move(text)};
}

Result<std::uint64_t> PartitionLog::FindOffset(std::int64_t append_time_ms) const {
  const auto find_segment = [&]() -> ReadStart {
    const metrics::MutexLock lock(state_mutex_);
    const auto found = std::find_if(segments_.begin(), segments_.end(),
                                    [&](const auto& segment) { return segment->append_time_ms >= append_time_ms; });
    if (found == segments_.end()) return {};
    return StartOf(found);
  };
  ReadStart start = find_segment();
  if (start.segment == nullptr) return HighWatermark();
  const Status opened = OpenFile(start);
  if (opened.code() == StatusCode::kDataLoss) return start.end.base_offset;
  if (!opened.ok()) return opened;
  SegmentWalk walk = Walk(start);
  for (;;) {
    auto header = walk.Next();
    if (!header.ok()) return header.status();
    if (!header->has_value()) return start.end.base_offset;
    if ((*header)->AppendTime(start.segment->file_time_ms) >= append_time_ms) return (*header)->base_offset;
  }
}

}  // namespace streamhouse::agent
