// RecordBatch: records in order, their keys and values end to end in one buffer.
//
// When to use something else: RecordView for a single record that somebody else keeps.
// Guarantees: record i reads back as it was appended; no key and an empty key stay different. A view into a batch is
// valid until the batch is appended to, cleared, moved or destroyed.
// Thread safety: as for a std::vector.
// Cost: an append copies the bytes once and allocates only when a buffer grows; Clear() keeps the buffers.
//
//   batch.Append({.key = "k", .value = "v", .timestamp_ms = now_ms});
//   for (std::size_t i = 0; i < batch.size(); ++i) Use(batch[i]);
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "client/record.h"

namespace streamhouse::client {

class RecordBatch {
 public:
  // A key or value has less than 4 GiB. Without a timestamp the record gets 0.
  void Append(const RecordView& record);

  void Reserve(std::size_t records, std::size_t bytes);
  void Clear();

  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }

  // Keys and values together.
  std::size_t bytes() const { return bytes_.size(); }

  // i < size().
  RecordView operator[](std::size_t i) const;

 private:
  static constexpr std::uint32_t kNoKey = UINT32_MAX;

  struct Entry {
    std::size_t begin;
    std::uint32_t key_size;  // or kNoKey
    std::uint32_t value_size;
    std::int64_t timestamp_ms;
  };

  std::string bytes_;
  std::vector<Entry> entries_;
};

}  // namespace streamhouse::client
