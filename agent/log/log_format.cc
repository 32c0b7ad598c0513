#include "agent/log/log_format.h"

#include <libdeflate.h>

#include <bit>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

namespace streamhouse::agent {
namespace {

using metrics::Status;
using metrics::StatusCode;

// Where the fields of a batch header stand.
constexpr std::size_t kMagicAt = 0;
constexpr std::size_t kVersionAt = 4;
constexpr std::size_t kBodyBytesAt = 8;
constexpr std::size_t kRecordCountAt = 12;
constexpr std::size_t kBaseOffsetAt = 16;
constexpr std::size_t kEpochAt = 24;
constexpr std::size_t kProducerIdAt = 32;
constexpr std::size_t kSequenceAt = 40;
constexpr std::size_t kAppendTimeAt = 48;
constexpr std::size_t kBodyCrcAt = 56;
constexpr std::size_t kHeaderCrcAt = 60;
static_assert(kHeaderCrcAt + sizeof(std::uint32_t) == kBatchHeaderBytes);

static_assert(std::endian::native == std::endian::little, "the format is little-endian; swap the bytes here");

template <typename Integer>
void Put(char* at, Integer value) {
  std::memcpy(at, &value, sizeof(value));
}

template <typename Integer>
Integer Get(const char* at) {
  Integer value;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

std::uint32_t Checksum(std::string_view bytes) {
  return ::libdeflate_crc32(0, bytes.data(), bytes.size());
}

Status Damaged(std::string reason) {
  return {StatusCode::kDataLoss, std::move(reason)};
}

}  // namespace

void EncodeBatchHeader(const BatchHeader& header, char (&bytes)[kBatchHeaderBytes]) {
  Put(bytes + kMagicAt, kBatchMagic);
  Put(bytes + kVersionAt, header.version);
  Put(bytes + kBodyBytesAt, header.body_bytes);
  Put(bytes + kRecordCountAt, header.record_count);
  Put(bytes + kBaseOffsetAt, header.base_offset);
  Put(bytes + kEpochAt, header.epoch);
  Put(bytes + kProducerIdAt, header.producer_id);
  Put(bytes + kSequenceAt, header.sequence);
  Put(bytes + kAppendTimeAt, header.append_time_ms);
  Put(bytes + kBodyCrcAt, header.body_crc);
  Put(bytes + kHeaderCrcAt, Checksum({bytes, kHeaderCrcAt}));
}

metrics::Result<BatchHeader> DecodeBatchHeader(std::string_view bytes) {
  if (bytes.size() < kBatchHeaderBytes) return Damaged("a batch header is truncated");
  const char* const at = bytes.data();
  if (Get<std::uint32_t>(at + kMagicAt) != kBatchMagic) return Damaged("no batch starts here");
  if (Get<std::uint32_t>(at + kHeaderCrcAt) != Checksum(bytes.substr(0, kHeaderCrcAt))) {
    return Damaged("the checksum of a batch header does not match");
  }
  const auto version = Get<std::uint32_t>(at + kVersionAt);
  if (version < kLogFormatVersionOldest || version > kLogFormatVersion) {
    return Status(StatusCode::kFailedPrecondition,
                  "log format version " + std::to_string(version) + ", this program knows " +
                      std::to_string(kLogFormatVersionOldest) + " to " + std::to_string(kLogFormatVersion));
  }
  const BatchHeader header = {.version = version,
                              .body_bytes = Get<std::uint32_t>(at + kBodyBytesAt),
                              .record_count = Get<std::uint32_t>(at + kRecordCountAt),
                              .base_offset = Get<std::uint64_t>(at + kBaseOffsetAt),
                              .epoch = Get<std::uint64_t>(at + kEpochAt),
                              .producer_id = Get<std::uint64_t>(at + kProducerIdAt),
                              .sequence = Get<std::uint64_t>(at + kSequenceAt),
                              .append_time_ms = Get<std::int64_t>(at + kAppendTimeAt),
                              .body_crc = Get<std::uint32_t>(at + kBodyCrcAt)};
  const std::uint64_t body_bytes_min = std::uint64_t{header.record_count} * kRecordHeaderBytes;
  if (header.body_bytes > kBatchBodyBytesMax || header.record_count == 0 || header.body_bytes < body_bytes_min) {
    return Damaged("a batch header makes no sense");
  }
  return header;
}

std::uint32_t BodyChecksum(std::string_view body) {
  return Checksum(body);
}

metrics::Status VisitRecords(const BatchHeader& header, std::string_view body, const RecordVisitor& visit) {
  if (body.size() != header.body_bytes) return Damaged("a batch body is truncated");
  if (Checksum(body) != header.body_crc) return Damaged("the checksum of a batch body does not match");
  for (std::uint32_t i = 0; i < header.record_count; ++i) {
    const std::optional<RecordView> record = v1::TakeRecord(body);
    if (!record) return Damaged("a record is truncated");
    if (visit(*record) == Visit::kStop) return Status::Ok();
  }
  if (!body.empty()) return Damaged("a batch body is longer than its records");
  return Status::Ok();
}

}  // namespace streamhouse::agent
