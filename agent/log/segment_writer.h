// SegmentWriter: appends batches to one segment file.
//
// When to use something else: PartitionLog, which sets base_offset and append_time_ms of each
// header, starts new segments and syncs as its policy says. SegmentReader reads.
// Guarantees:
// 1. A batch is appended whole or, for readers and recovery, not at all: after a failed write the
//    file is truncated to its earlier size.
// 2. The writer refuses every later call, until the log is opened again:
//    - when that truncation fails,
//    - after a failed Sync: it is then unknown which bytes are on the disk,
//    - when another program has removed the file or changed its size.
// Thread safety: one thread at a time.
// Cost: two system calls a batch, no copy.
// Errors: those of the file system, naming the file, when no byte was written. Internal when it is
// unknown what was written, and Unavailable from then on.
//
//   auto writer = SegmentWriter::Open(files, path, 0);
//   if (!writer.ok()) return writer.status();
//   BatchHeader header = {.body_bytes = body_bytes, .record_count = 1, .base_offset = 0, .epoch = epoch};
//   header.body_crc = BodyChecksum(body);
//   if (Status written = (*writer)->Append(header, body); !written.ok()) return written;
//   if (Status synced = (*writer)->Sync(); !synced.ok()) return synced;
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "agent/log/file_system.h"
#include "agent/log/log_format.h"

namespace streamhouse::agent {

class SegmentWriter {
 public:
  // `size_bytes` is the size of the file, all of it whole batches.
  static Result<std::unique_ptr<SegmentWriter>> Open(FileSystem& files, std::string path, std::uint64_t size_bytes);

  SegmentWriter(std::unique_ptr<WritableFile> file, std::string path, std::uint64_t size_bytes)
      : file_(std::move(file)), path_(std::move(path)), size_bytes_(size_bytes) {}

  // Writes the header as it is: the caller has set base_offset and append_time_ms, and body_bytes,
  // record_count and body_crc are those of `body`. Nothing of this is checked. The batch is on the
  // disk only after the next Sync().
  Status Append(const BatchHeader& header, std::string_view body);
  Status Sync();
  // The same for a thread that does not own the writer, while the owner appends: the owner must
  // pass a failure on to Refuse.
  Status SyncConcurrently() const { return file_->Sync(); }
  // Unavailable, and the writer refuses from now on, unless the file is as the writer left it.
  Status CheckUntouched();
  // As CheckUntouched(), and also refuses when the file was moved or another is in its place. One
  // more system call.
  Status CheckInPlace();
  // Truncates the last `bytes`, which were not acknowledged, after their sync failed; bytes that
  // cannot be truncated stay. Otherwise the next reader of the file could find them in memory
  // alone, and take them for written.
  void TruncateLast(std::uint64_t bytes);

  // The same file, for readers: it stays open as long as one of them has it.
  std::shared_ptr<const ReadableFile> file() const { return file_; }
  std::uint64_t size_bytes() const { return size_bytes_; }
  // Not OK once the writer refuses.
  const Status& health() const { return health_; }

  // Refuses everything from now on, as after a failed sync of its own. Returns the error of the
  // operation that failed; later ones get health().
  Status Refuse(const Status& cause);

 private:
  std::shared_ptr<WritableFile> file_;
  std::string path_;
  std::uint64_t size_bytes_;
  Status health_;
};

}  // namespace streamhouse::agent
