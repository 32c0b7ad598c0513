#include "agent/log/recovery.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "agent/log/batch_search.h"
#include "agent/log/log_format.h"
#include "agent/log/segment_reader.h"

namespace streamhouse::agent {
namespace {

Status DamageAt(const std::string& path, std::uint64_t position, const std::string& reason) {
  return {StatusCode::kDataLoss, path + " at byte " + std::to_string(position) + ": " + reason};
}

class SegmentScan {
 public:
  SegmentScan(const ReadableFile& file, const std::string& path, std::uint64_t file_bytes, SegmentRole role,
              ProducerSequences& sequences)
      : path_(path),
        file_(file),
        file_bytes_(file_bytes),
        role_(role),
        sequences_(sequences),
        reader_(file, path, 0, file_bytes) {}

  // Walks the whole batches from the start. After OK, result.size_bytes is their end.
  Status Run(RecoveredSegment& result) {
    for (;;) {
      auto header = reader_.ReadHeader();
      if (!header.ok()) return ClassifyTail(header.status(), reader_.position() + 1);
      if (!header->has_value()) return Status::Ok();
      const BatchHeader& batch = **header;
      if (Status dense = reader_.CheckOffset(batch, result.end_offset); !dense.ok()) return dense;
      const auto message_bytes = CheckBody(batch);
      if (!message_bytes.ok()) return ClassifyTail(message_bytes.status(), reader_.position() + batch.batch_bytes());
      result.index.Add(
          {.base_offset = batch.base_offset, .position = reader_.position(), .message_bytes = result.message_bytes});
      result.message_bytes += *message_bytes;
      result.end_offset = batch.end_offset();
      result.last_epoch = std::max(result.last_epoch, batch.epoch);
      if (batch.has_append_time()) {
        result.append_time_ms = std::max(result.append_time_ms, batch.append_time_ms);
      } else {
        has_old_batch_ = true;
      }
      sequences_.Note(batch);
      reader_.Skip(batch);
      result.size_bytes = reader_.position();
    }
  }

  // Whether a batch does not tell when it was appended.
  bool has_old_batch() const { return has_old_batch_; }

 private:
  // Returns the message bytes of the batch, or 0 where it is not read.
  Result<std::uint64_t> CheckBody(const BatchHeader& batch) {
    if (reader_.position() + batch.batch_bytes() > file_bytes_) {
      return DamageAt(path_, reader_.position(), "a batch is truncated");
    }
    std::uint64_t message_bytes = 0;
    if (role_ == SegmentRole::kFollowed) return message_bytes;
    const auto count = [&message_bytes](const RecordView& record) {
      message_bytes += record.bytes();
      return Visit::kContinue;
    };
    if (Status visited = reader_.Visit(batch, count); !visited.ok()) return visited;
    return message_bytes;
  }

  // OK when no whole batch follows the unreadable bytes: they may be truncated.
  Status ClassifyTail(const Status& problem, std::uint64_t search_from) const {
    if (role_ == SegmentRole::kFollowed || problem.code() != StatusCode::kDataLoss) return problem;
    auto follower = FindWholeBatch(search_from);
    if (!follower.ok()) return follower.status();
    if (!follower->has_value()) return Status::Ok();
    return {StatusCode::kDataLoss, problem.message() + "; a whole batch follows at byte " + std::to_string(**follower)};
  }

  // Or the header of a newer version.
  Result<std::optional<std::uint64_t>> FindWholeBatch(std::uint64_t from) const {
    if (from >= file_bytes_) return std::optional<std::uint64_t>();
    std::string rest(file_bytes_ - from, '\0');
    auto filled = file_.ReadAt(from, rest);
    if (!filled.ok()) return filled.status();
    rest.resize(*filled);
    const WholeBatches found = FindWholeBatches(rest);
    if (!found.batches.empty()) return std::optional<std::uint64_t>(from + found.batches.front().position);
    if (found.newer_version_at) return std::optional<std::uint64_t>(from + *found.newer_version_at);
    return std::optional<std::uint64_t>();
  }

  const std::string& path_;
  const ReadableFile& file_;
  const std::uint64_t file_bytes_;
  const SegmentRole role_;
  ProducerSequences& sequences_;
  SegmentReader reader_;
  bool has_old_batch_ = false;
};

Status Truncate(FileSystem& files, const std::string& path, std::uint64_t size_bytes) {
  auto file = files.OpenForAppend(path);
  if (!file.ok()) return file.status();
  if (Status cut = (*file)->Truncate(size_bytes); !cut.ok()) return cut;
  return (*file)->Sync();
}

}  // namespace

Result<RecoveredSegment> RecoverSegment(FileSystem& files, const std::string& path, std::uint64_t base_offset,
                                        SegmentRole role, ProducerSequences& sequences) {
  auto file_bytes = files.FileSize(path);
  if (!file_bytes.ok()) return file_bytes.status();
  auto file = files.OpenForRead(path);
  if (!file.ok()) return file.status();
  RecoveredSegment result;
  result.end_offset = base_offset;
  SegmentScan scan(**file, path, *file_bytes, role, sequences);
  if (Status scanned = scan.Run(result); !scanned.ok()) return scanned;
  if (scan.has_old_batch()) {
    // Before a torn tail is truncated, which changes it.
    auto file_time_ms = files.ModificationTime(path);
    if (!file_time_ms.ok()) return file_time_ms.status();
    result.file_time_ms = *file_time_ms;
  }
  result.torn_bytes = *file_bytes - result.size_bytes;
  if (result.torn_bytes > 0) {
    if (Status cut = Truncate(files, path, result.size_bytes); !cut.ok()) return cut;
  }
  return result;
}

}  // namespace streamhouse::agent
