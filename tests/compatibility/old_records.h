// OldRecord, OldTopics: the records in the data folder of an old revision, by a formula that its
// writer and its test share.
//
// When to use something else: Ledger, where what was written is known only at run time.
// Guarantees: the formula never changes: data_*.tar.gz were written by it. Compiles against every
// revision since 649b0c3.
// Thread safety: pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/record.h"
#include "client/record_batch.h"
#include "client/record_headers.h"

namespace streamhouse::compatibility {

// Partition i of a topic got `records` - 100 * i records, in batches of kBatchRecords.
struct OldTopic {
  std::string name;
  std::uint32_t partitions = 1;
  std::uint64_t records = 0;
  std::uint64_t bytes_max = 0;  // of its retention
  std::chrono::hours age_max{0};

  std::uint64_t RecordsOf(std::uint32_t partition) const { return records - 100 * partition; }
};

struct OldCommit {
  std::string group;
  std::string topic;
  std::uint32_t partition = 0;
  std::uint64_t next = 0;
};

inline constexpr std::uint64_t kOldSegmentBytes = 8 << 10;
inline constexpr std::uint64_t kBatchRecords = 10;
inline constexpr std::uint64_t kOldProducer = 4242;

inline const std::vector<OldTopic>& OldTopics() {
  static const std::vector<OldTopic> topics = {
      {.name = "empty", .partitions = 1},
      // Longer than any clock that opens it.
      {.name = "kept", .partitions = 1, .records = 50, .age_max = std::chrono::hours(24 * 36'500)},
      {.name = "orders", .partitions = 3, .records = 500},
      {.name = "trimmed", .partitions = 2, .records = 700, .bytes_max = 20'000},
  };
  return topics;
}

inline const std::vector<OldCommit>& OldCommits() {
  static const std::vector<OldCommit> commits = {
      {.group = "audit", .topic = "orders", .partition = 2, .next = 1},
      {.group = "audit", .topic = "trimmed", .partition = 0, .next = 3},  // before the start of the log
      {.group = "audit", .topic = "trimmed", .partition = 1, .next = 600},
      {.group = "billing", .topic = "kept", .partition = 0, .next = 20},
      {.group = "billing", .topic = "orders", .partition = 0, .next = 123},
      {.group = "billing", .topic = "orders", .partition = 1, .next = 399},
      {.group = "billing", .topic = "orders", .partition = 2, .next = 300},
  };
  return commits;
}

// Owns what a RecordView borrows.
struct OldRecord {
  OldRecord(const std::string& topic, std::uint32_t partition, std::uint64_t offset)
      : value(topic + "/" + std::to_string(partition) + "/" + std::to_string(offset) + std::string(offset % 50, '.')) {
    if (offset % 3 == 1) key = "";
    if (offset % 3 == 2) key = "key " + std::to_string(offset);
    constexpr std::int64_t kFirst = 1'700'000'000'000;
    timestamp_ms = offset % 97 == 0 ? 0 : kFirst + static_cast<std::int64_t>(offset) * 1'000;
    if (offset % 7 == 0) headers.Add("number", std::to_string(offset));
    if (offset % 14 == 0) headers.Add("empty", "");
  }

  client::RecordView view() const {
    client::RecordView view = {.value = value, .timestamp_ms = timestamp_ms, .headers = headers};
    if (key) view.key = *key;
    return view;
  }

  std::optional<std::string> key;
  std::string value;
  std::int64_t timestamp_ms = 0;
  client::RecordHeaders headers;
};

// From `first` on, with the identity under which they were written.
inline client::RecordBatch OldBatch(const std::string& topic, std::uint32_t partition, std::uint64_t first) {
  client::RecordBatch batch;
  for (std::uint64_t i = 0; i < kBatchRecords; ++i) batch.Append(OldRecord(topic, partition, first + i).view());
  batch.SetIdentity({.producer_id = kOldProducer, .sequence = first});
  return batch;
}

}  // namespace streamhouse::compatibility
