// RecordBatch: records in order, end to end in one buffer, as they travel to the agent
// (proto/record_layout.h).
//
// When to use something else: RecordView for a single record that the caller keeps.
// Guarantees:
// 1. Record i reads back as it was appended; no key and an empty key stay different.
// 2. A view into a batch is valid until the batch is appended to, cleared, moved or destroyed.
// Thread safety: as for a std::vector.
// Cost: an append copies the bytes once and allocates only when a buffer grows; Clear() keeps the
// buffers.
//
//   batch.Append({.key = "k", .value = "v", .timestamp_ms = now_ms});
//   for (std::size_t i = 0; i < batch.size(); ++i) Use(batch[i]);
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/compression.h"
#include "client/record.h"
#include "proto/record_layout.h"

namespace streamhouse::client {

// Which batch this is, so that a broker can tell a retry from another batch.
struct BatchIdentity {
  std::uint64_t producer_id = 0;  // 0: the batch has no identity, and may be written twice
  std::uint64_t sequence = 0;     // of its first record, among those of this producer in this partition

  friend bool operator==(const BatchIdentity&, const BatchIdentity&) = default;
};

class RecordBatch {
 public:
  // Inverse of laid_out(). Returns nullopt unless `bytes` is exactly `records` whole records.
  static std::optional<RecordBatch> FromLaidOut(std::string bytes, std::size_t records);

  // A key or value has less than 1 GiB. Without a timestamp the record gets 0.
  void Append(const RecordView& record);

  // Travels with the records to the broker; what is fetched has none.
  void SetIdentity(const BatchIdentity& identity) { identity_ = identity; }
  const BatchIdentity& identity() const { return identity_; }

  // How a broker over a network should send it; its records are as they were appended in
  // any case.
  void SetCompression(Compression compression) { compression_ = compression; }
  Compression compression() const { return compression_; }

  // The trace that stands for the batch, as a W3C traceparent; empty: none.
  void SetTraceparent(std::string_view traceparent) { traceparent_ = traceparent; }
  const std::string& traceparent() const { return traceparent_; }

  // `bytes` of keys, values and headers.
  void Reserve(std::size_t records, std::size_t bytes);
  void Clear();  // all of it

  std::size_t size() const { return begins_.size(); }
  bool empty() const { return begins_.empty(); }

  // Keys, values and headers together.
  std::size_t bytes() const { return bytes_.size() - framing_bytes_; }

  std::string_view laid_out() const { return bytes_; }

  // i < size().
  RecordView operator[](std::size_t i) const;

 private:
  std::string bytes_;
  std::vector<std::size_t> begins_;  // of each record, in bytes_
  std::size_t framing_bytes_ = 0;    // of bytes_, what is neither key, value nor header
  BatchIdentity identity_;
  Compression compression_ = Compression::kNone;
  std::string traceparent_;
};

}  // namespace streamhouse::client
