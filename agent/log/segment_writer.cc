#include "agent/log/segment_writer.h"

namespace streamhouse::agent {

Result<std::unique_ptr<SegmentWriter>> SegmentWriter::Open(FileSystem& files, std::string path,
                                                           std::uint64_t size_bytes) {
  auto file = files.OpenForAppend(path);
  if (!file.ok()) return file.status();
  return std::make_unique<SegmentWriter>(*std::move(file), std::move(path), size_bytes);
}

Status SegmentWriter::Append(const BatchHeader& header, std::string_view body) {
  if (Status untouched = CheckUntouched(); !untouched.ok()) return untouched;
  char header_bytes[kBatchHeaderBytes];
  EncodeBatchHeader(header, header_bytes);
  if (Status written = file_->Append({header_bytes, kBatchHeaderBytes}, body); !written.ok()) {
    const Status cut = file_->Truncate(size_bytes_);
    return cut.ok() ? written : Refuse(cut);
  }
  size_bytes_ += header.batch_bytes();
  return Status::Ok();
}

Status SegmentWriter::Sync() {
  if (!health_.ok()) return health_;
  const Status synced = file_->Sync();
  return synced.ok() ? synced : Refuse(synced);
}

Status SegmentWriter::CheckUntouched() {
  if (!health_.ok()) return health_;
  if (const Status untouched = file_->CheckUntouched(size_bytes_); !untouched.ok()) {
    static_cast<void>(Refuse(untouched));  // sets health_
  }
  return health_;
}

Status SegmentWriter::CheckInPlace() {
  if (Status untouched = CheckUntouched(); !untouched.ok()) return untouched;
  // Refuse sets health_.
  if (const Status in_place = file_->CheckInPlace(); !in_place.ok()) static_cast<void>(Refuse(in_place));
  return health_;
}

void SegmentWriter::TruncateLast(std::uint64_t bytes) {
  if (file_->Truncate(size_bytes_ - bytes).ok()) size_bytes_ -= bytes;
}

Status SegmentWriter::Refuse(const Status& cause) {
  health_ = Status(StatusCode::kUnavailable,
                   path_ + " takes no more batches until it is opened again, because: " + cause.message());
  return {StatusCode::kInternal, health_.message()};
}

}  // namespace streamhouse::agent
