#include "client/record_batch.h"

#include <string_view>

#include "metrics_core/status.h"

namespace streamhouse::client {

void RecordBatch::Append(const RecordView& record) {
  metrics::Check(record.bytes() < kNoKey, "a record of 4 GiB");
  const auto key_size = record.key ? static_cast<std::uint32_t>(record.key->size()) : kNoKey;
  entries_.push_back({.begin = bytes_.size(),
                      .key_size = key_size,
                      .value_size = static_cast<std::uint32_t>(record.value.size()),
                      .timestamp_ms = record.timestamp_ms.value_or(0)});
  if (record.key) bytes_.append(*record.key);
  bytes_.append(record.value);
}

void RecordBatch::Reserve(std::size_t records, std::size_t bytes) {
  entries_.reserve(records);
  bytes_.reserve(bytes);
}

void RecordBatch::Clear() {
  entries_.clear();
  bytes_.clear();
  identity_ = {};
}

RecordView RecordBatch::operator[](std::size_t i) const {
  const Entry& entry = entries_[i];
  const std::string_view bytes = bytes_;
  const bool has_key = entry.key_size != kNoKey;
  const std::size_t key_size = has_key ? entry.key_size : 0;
  RecordView record = {.value = bytes.substr(entry.begin + key_size, entry.value_size),
                       .timestamp_ms = entry.timestamp_ms};
  if (has_key) record.key = bytes.substr(entry.begin, key_size);
  return record;
}

}  // namespace streamhouse::client
