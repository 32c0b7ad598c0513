#include "agent/log/segment_reader.h"

#include <algorithm>

namespace streamhouse::agent {

Result<std::optional<BatchHeader>> SegmentReader::ReadHeader() {
  if (position_ >= end_) return std::optional<BatchHeader>();
  auto bytes = Peek(kBatchHeaderBytes);
  if (!bytes.ok()) return bytes.status();
  auto header = DecodeBatchHeader(*bytes);
  if (!header.ok()) return WithPlace(header.status());
  return std::optional<BatchHeader>(*header);
}

Status SegmentReader::CheckOffset(const BatchHeader& header, std::uint64_t base_offset) const {
  if (header.base_offset == base_offset) return Status::Ok();
  return WithPlace({StatusCode::kDataLoss, "offset " + std::to_string(header.base_offset) + " stands where " +
                                               std::to_string(base_offset) + " is expected"});
}

Status SegmentReader::Visit(const BatchHeader& header, const RecordVisitor& visit) {
  auto bytes = Peek(header.batch_bytes());
  if (!bytes.ok()) return bytes.status();
  // The file may have become shorter since the header was read.
  const std::string_view body = bytes->substr(std::min(bytes->size(), kBatchHeaderBytes), header.body_bytes);
  return WithPlace(VisitRecords(header, body, visit));
}

Result<std::string_view> SegmentReader::Peek(std::uint64_t bytes_wanted) {
  const std::uint64_t wanted = std::min(bytes_wanted, end_ - position_);
  const bool buffered = position_ >= buffer_position_ && position_ + wanted <= buffer_position_ + buffer_.size();
  if (!buffered) {
    buffer_.resize(std::min(std::max(wanted, kReadAheadBytes), end_ - position_));
    buffer_position_ = position_;
    auto filled = file_.ReadAt(position_, buffer_);
    if (!filled.ok()) return filled.status();
    buffer_.resize(*filled);
  }
  return std::string_view(buffer_).substr(position_ - buffer_position_);
}

Status SegmentReader::WithPlace(const Status& status) const {
  if (status.ok()) return status;
  return status.WithMessage(path_ + " at byte " + std::to_string(position_) + ": " + status.message());
}

}  // namespace streamhouse::agent
