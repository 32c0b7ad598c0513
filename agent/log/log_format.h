// EncodeBatchHeader(), DecodeBatchHeader(), VisitRecords(): the bytes of a log segment, which are
// batches, one after the other; docs/log_format.md has the table and a worked example.
//
// A batch is a header of kBatchHeaderBytes and a body of records; all integers are little-endian.
// The header has a checksum of its own: its sizes are reliable even when the body is damaged or cut
// off. So recovery can tell a torn tail from damage.
// When to use something else: SegmentReader, to read the batches of a file.
// Guarantees:
// 1. A header that DecodeBatchHeader returns has the right checksum and a version that this program
//    knows. It has at least one record, and a body of at most kBatchBodyBytesMax with room for
//    them.
// 2. VisitRecords visits no record of a body whose size or checksum differs from the header's.
//    Records before one that is truncated are visited.
// 3. Both read within the bytes, for any content.
// Thread safety: pure functions and values; no files, no state.
// Cost: BodyChecksum and VisitRecords read the whole body once for its checksum. No allocation
// besides that of an error.
// Errors: DataLoss with the reason, FailedPrecondition for a version that this program does not
// know; callers add the file and the position.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string_view>

#include "metrics_core/status.h"
#include "proto/record_layout.h"

namespace streamhouse::agent {

inline constexpr std::uint32_t kBatchMagic = 0x424C4853;  // "SHLB" as bytes
// Of the batches that this program writes. It reads those before as well: version 1, and 2, whose
// records may have headers.
inline constexpr std::uint32_t kLogFormatVersion = 3;
inline constexpr std::uint32_t kLogFormatVersionOldest = 1;
inline constexpr std::uint32_t kLogFormatVersionWithAppendTime = 3;
inline constexpr std::size_t kBatchHeaderBytes = 64;
// In place of a producer's id: the batch has none, and may be written again.
inline constexpr std::uint64_t kNoProducer = 0;
// In place of an append time, where there is no batch.
inline constexpr std::int64_t kNeverAppended = std::numeric_limits<std::int64_t>::min();
// A header that claims a larger body is damaged: nothing that large passes the limits on requests.
// So is one whose body has no room for the headers of its records.
inline constexpr std::uint32_t kBatchBodyBytesMax = std::uint32_t{1} << 30;

// A record has the same bytes on the wire.
using v1::AppendRecord;
using v1::kRecordHeaderBytes;
using v1::RecordView;

struct BatchHeader {
  std::uint32_t version = kLogFormatVersion;
  std::uint32_t body_bytes = 0;
  std::uint32_t record_count = 0;
  std::uint64_t base_offset = 0;  // of the first record; the others follow without gaps
  std::uint64_t epoch = 0;        // of the lease under which the batch was written
  std::uint64_t producer_id = kNoProducer;
  std::uint64_t sequence = 0;  // of the first record, among those of this producer in this partition
  // By the agent's wall clock, in milliseconds since the Unix epoch. Where that clock stepped back,
  // it is before that of an earlier batch. In versions 1 and 2, the latest timestamp of the records
  // stands here: see AppendTime().
  std::int64_t append_time_ms = 0;
  std::uint32_t body_crc = 0;  // CRC-32 (zlib's) of the body

  std::uint64_t end_offset() const { return base_offset + record_count; }
  std::uint64_t batch_bytes() const { return kBatchHeaderBytes + body_bytes; }
  bool has_append_time() const { return version >= kLogFormatVersionWithAppendTime; }
  // `file_time_ms` is the time of the last write to the segment. It stands for the append time in
  // older versions, which have none.
  std::int64_t AppendTime(std::int64_t file_time_ms) const { return has_append_time() ? append_time_ms : file_time_ms; }
};

void EncodeBatchHeader(const BatchHeader& header, char (&bytes)[kBatchHeaderBytes]);

// `bytes` starts with a header; what follows is not looked at.
metrics::Result<BatchHeader> DecodeBatchHeader(std::string_view bytes);

std::uint32_t BodyChecksum(std::string_view body);

// Calls `visit` with each record, in order, until it returns kStop. The views live as long as
// `body`.
enum class Visit : std::uint8_t { kContinue, kStop };
using RecordVisitor = std::function<Visit(const RecordView&)>;
metrics::Status VisitRecords(const BatchHeader& header, std::string_view body, const RecordVisitor& visit);

}  // namespace streamhouse::agent
