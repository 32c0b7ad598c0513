// AppendRecord(), TakeRecord(): the bytes of one record, in a block on the wire and in a segment on
// disk alike; docs/log_format.md has the table.
//
// They are the same so that a batch travels from the producer's buffer into the log, and from there
// to a consumer, without being taken apart. The agent checks sizes and counts, and copies once.
// When to use something else: v1::Record, for a program that has only streamhouse.proto.
// Guarantees:
// 1. No key and an empty key stay different.
// 2. TakeRecord checks every size: it reads within the bytes, for any content.
// Thread safety: pure.
// Cost: a copy of the bytes; only the growth of `bytes` allocates.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace streamhouse::v1 {

static_assert(std::endian::native == std::endian::little, "the layout is little-endian; swap the bytes here");

inline constexpr std::size_t kRecordHeaderBytes = 16;
inline constexpr std::size_t kHeadersSizeBytes = 4;
// In place of a key size: the record has no key, which is not the same as an empty key.
inline constexpr std::uint32_t kNoKey = 0xFFFFFFFF;
// Keys, values and headers are smaller.
inline constexpr std::uint32_t kFieldBytesMax = std::uint32_t{1} << 30;
// In a value size: headers follow the value, after their own size.
inline constexpr std::uint32_t kHasHeaders = std::uint32_t{1} << 31;

// A record whose bytes belong to the caller.
struct RecordView {
  std::optional<std::string_view> key;
  std::string_view value;
  std::int64_t timestamp_ms = 0;  // since the Unix epoch
  std::string_view headers = {};  // as in record_headers.h; empty: none

  // Without the layout: what limits on a record and on a read count.
  std::size_t bytes() const { return (key ? key->size() : 0) + value.size() + headers.size(); }

  friend bool operator==(const RecordView&, const RecordView&) = default;
};

namespace layout {

// What every record starts with; its key, value and headers follow.
struct RecordHeader {
  std::uint32_t key_bytes;
  std::uint32_t value_bytes;
  std::int64_t timestamp_ms;
};
static_assert(sizeof(RecordHeader) == kRecordHeaderBytes);

}  // namespace layout

// Key, value and headers are each smaller than kFieldBytesMax.
inline void AppendRecord(const RecordView& record, std::string& bytes) {
  const layout::RecordHeader header = {
      .key_bytes = record.key ? static_cast<std::uint32_t>(record.key->size()) : kNoKey,
      .value_bytes = static_cast<std::uint32_t>(record.value.size()) | (record.headers.empty() ? 0 : kHasHeaders),
      .timestamp_ms = record.timestamp_ms};
  char header_bytes[sizeof(header)];
  std::memcpy(header_bytes, &header, sizeof(header));
  bytes.append(header_bytes, sizeof(header_bytes));
  if (record.key) bytes.append(*record.key);
  bytes.append(record.value);
  if (record.headers.empty()) return;
  const auto headers_bytes = static_cast<std::uint32_t>(record.headers.size());
  char size_bytes[sizeof(headers_bytes)];
  std::memcpy(size_bytes, &headers_bytes, sizeof(headers_bytes));
  bytes.append(size_bytes, sizeof(size_bytes)).append(record.headers);
}

// Cuts the first record off `bytes`; nothing, and `bytes` as it was, when no whole record is there.
inline std::optional<RecordView> TakeRecord(std::string_view& bytes) {
  // Filled in place: a copy would wait for the stores of its fields
  // (docs/decisions/data_path_bounds.md).
  std::optional<RecordView> taken;
  layout::RecordHeader header;
  if (bytes.size() < sizeof(header)) return taken;
  std::memcpy(&header, bytes.data(), sizeof(header));
  const std::uint64_t key_bytes = header.key_bytes == kNoKey ? 0 : header.key_bytes;
  const std::uint64_t value_bytes = header.value_bytes & ~kHasHeaders;
  const char* at = bytes.data() + sizeof(header);
  std::uint64_t left = bytes.size() - sizeof(header);
  if (left < key_bytes + value_bytes) return taken;
  const char* const key = at;
  at += key_bytes + value_bytes;
  left -= key_bytes + value_bytes;
  std::uint32_t headers_bytes = 0;
  if ((header.value_bytes & kHasHeaders) != 0) {
    if (left < kHeadersSizeBytes) return taken;
    std::memcpy(&headers_bytes, at, sizeof(headers_bytes));
    at += kHeadersSizeBytes;
    left -= kHeadersSizeBytes;
    // Without headers there is no flag either: a reader that does not know it would find one where
    // it expects none.
    if (headers_bytes == 0 || left < headers_bytes) return taken;
  }
  RecordView& record = taken.emplace();
  if (header.key_bytes != kNoKey) record.key.emplace(key, key_bytes);
  record.value = {key + key_bytes, value_bytes};
  record.timestamp_ms = header.timestamp_ms;
  record.headers = {at, headers_bytes};
  bytes = {at + headers_bytes, left - headers_bytes};
  return taken;
}

}  // namespace streamhouse::v1
