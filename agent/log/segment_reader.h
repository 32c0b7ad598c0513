// SegmentReader: reads batches of one segment file, from a position on.
//
// When to use something else: PartitionLog::Read for records by offset.
// Guarantees:
// 1. It reads only [position, end), so it may run while a writer appends behind `end`.
// 2. Batches that it returns have passed their checksums.
// 3. After an error, position() is where the batch in question starts.
// Thread safety: one thread a reader; any number of readers on one file.
// Cost: one system call for each kReadAheadBytes, or for each batch that is larger; bodies that are
// skipped are not checked.
// Errors: DataLoss, naming the file and the position; those of the file system.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/log/file_system.h"
#include "agent/log/log_format.h"

namespace streamhouse::agent {

inline constexpr std::uint64_t kReadAheadBytes = std::uint64_t{256} * 1024;

class SegmentReader {
 public:
  // `file` and `path` must outlive the reader. `position` is the start of a batch.
  SegmentReader(const ReadableFile& file, const std::string& path, std::uint64_t position, std::uint64_t end)
      : file_(file), path_(path), position_(position), end_(end) {}

  // The batch at position(), or nothing at the end.
  Result<std::optional<BatchHeader>> ReadHeader();

  // DataLoss unless the batch that ReadHeader returned has this offset.
  Status CheckOffset(const BatchHeader& header, std::uint64_t base_offset) const;

  // Visits the records of the batch that ReadHeader returned. The views live as long as the visit.
  Status Visit(const BatchHeader& header, const RecordVisitor& visit);

  // Moves on to the batch after it.
  void Skip(const BatchHeader& header) { position_ += header.batch_bytes(); }
  // Moves on to a batch that starts elsewhere.
  void MoveTo(std::uint64_t position) { position_ = position; }

  std::uint64_t position() const { return position_; }

 private:
  // The bytes at position(): at least `bytes_wanted` of them, fewer only at the end.
  Result<std::string_view> Peek(std::uint64_t bytes_wanted);
  Status WithPlace(const Status& status) const;

  const ReadableFile& file_;
  const std::string& path_;
  std::uint64_t position_;
  const std::uint64_t end_;
  std::string buffer_;
  std::uint64_t buffer_position_ = 0;  // of buffer_[0] in the file
};

}  // namespace streamhouse::agent
