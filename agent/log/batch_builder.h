// BatchBuilder: collects records into the body of one batch, ready to be appended.
//
// It does all of the work that needs no offset (copying, the checksum) on the caller's thread, so
// that the log's writer lock is held only for the write itself.
// When to use something else: AppendRecord where only bytes are wanted.
// Invariants:
// 1. body() is record_count() whole records. Its size is kRecordHeaderBytes for each of them,
//    v1::kHeadersSizeBytes for each with headers, and message_bytes().
// 2. largest_record_bytes() is one of the numbers that message_bytes() adds up.
// Guarantees: records stand in the order in which they were added.
// Thread safety: one thread.
// Cost: a copy of each record, and none of records that are borrowed; no allocation after Reserve
// of enough bytes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/log/log_format.h"
#include "proto/record_headers.h"
#include "proto/record_layout.h"

namespace streamhouse::agent {

class BatchBuilder {
 public:
  // Room for records whose keys and values take this many bytes.
  void Reserve(std::size_t record_count, std::size_t data_bytes) {
    body_.reserve(record_count * kRecordHeaderBytes + data_bytes);
  }

  // The producer of the batch, so that it is not written twice (producer_sequences.h). Without a
  // call the batch has no producer.
  void SetProducer(std::uint64_t producer_id, std::uint64_t sequence) {
    producer_id_ = producer_id;
    sequence_ = sequence;
  }

  void Add(const RecordView& record) {
    AppendRecord(record, body_);
    Note(record);
  }

  // Instead of Add(): takes the records of a finished body, without a copy. The caller owns the
  // bytes, which must outlive this builder. False unless `records` is exactly `record_count` whole
  // records; the builder must not be used then.
  [[nodiscard]] bool Borrow(std::string_view records, std::uint32_t record_count) {
    borrowed_ = records;
    for (std::optional<RecordView> record; record_count_ < record_count && (record = v1::TakeRecord(records));) {
      if (!v1::AreWholeHeaders(record->headers)) return false;
      Note(*record);
    }
    return record_count_ == record_count && records.empty();
  }

  std::uint32_t record_count() const { return record_count_; }
  bool empty() const { return record_count_ == 0; }
  std::string_view body() const { return borrowed_.empty() ? body_ : borrowed_; }
  // Key, value and headers of the largest record.
  std::size_t largest_record_bytes() const { return largest_record_bytes_; }

  // Keys, values and headers of all records.
  std::uint64_t message_bytes() const { return message_bytes_; }

  // A header for this body; it reads the whole body once for the checksum.
  BatchHeader MakeHeader() const {
    return {.body_bytes = static_cast<std::uint32_t>(body().size()),
            .record_count = record_count_,
            .producer_id = producer_id_,
            .sequence = sequence_,
            .body_crc = BodyChecksum(body())};
  }

 private:
  void Note(const RecordView& record) {
    largest_record_bytes_ = std::max(largest_record_bytes_, record.bytes());
    message_bytes_ += record.bytes();
    ++record_count_;
  }

  std::string body_;
  std::string_view borrowed_;
  std::uint32_t record_count_ = 0;
  std::size_t largest_record_bytes_ = 0;
  std::uint64_t message_bytes_ = 0;
  std::uint64_t producer_id_ = kNoProducer;
  std::uint64_t sequence_ = 0;
};

}  // namespace streamhouse::agent
