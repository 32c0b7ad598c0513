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

// Which batch this is, so that a broker can tell one that is sent again from another one.
struct BatchIdentity {
  std::uint64_t producer_id = 0;  // 0: the batch has no identity, and may be written twice
  std::uint64_t sequence = 0;     // of its first record, among those of this producer in this partition

  friend bool operator==(const BatchIdentity&, const BatchIdentity&) = default;
};

class RecordBatch {
 public:
  // A key or value has less than 4 GiB. Without a timestamp the record gets 0.
  void Append(const RecordView& record);

  // Travels with the records to the broker; what is fetched has none.
  void SetIdentity(const BatchIdentity& identity) { identity_ = identity; }
  const BatchIdentity& identity() const { return identity_; }

  void Reserve(std::size_t records, std::size_t bytes);
  void Clear();  // the records, and the identity

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
  BatchIdentity identity_;
};

}  // namespace streamhouse::client
