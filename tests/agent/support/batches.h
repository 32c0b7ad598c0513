// Batches of small records, for tests that write logs.
//
// When to use something else: BatchBuilder where a test is about keys or timestamps.
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "agent/log/batch_builder.h"
#include "agent/log/log_format.h"

namespace streamhouse::agent {

inline BatchBuilder BatchOf(std::initializer_list<std::string_view> values) {
  BatchBuilder builder;
  for (const std::string_view value : values) {
    builder.Add({.key = std::nullopt, .value = value, .timestamp_ms = 1700000000000});
  }
  return builder;
}

// The bytes of a batch in a segment. In versions 1 and 2, the latest timestamp stands where the
// append time is.
inline std::string BatchBytes(const BatchBuilder& batch, std::uint64_t base_offset, std::uint64_t epoch,
                              std::uint32_t version = kLogFormatVersion, std::int64_t append_time_ms = 1700000000000) {
  BatchHeader header = batch.MakeHeader();
  header.version = version;
  header.base_offset = base_offset;
  header.epoch = epoch;
  header.append_time_ms = append_time_ms;
  char bytes[kBatchHeaderBytes];
  EncodeBatchHeader(header, bytes);
  return std::string(bytes, sizeof(bytes)).append(batch.body());
}

}  // namespace streamhouse::agent
