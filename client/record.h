// RecordView, TopicPartition, Offset: the nouns of producing and consuming.
//
// When to use something else: RecordBatch owns the bytes of many records; a RecordView owns
// nothing.
// Guarantees: plain values.
// Thread safety: as for any value.
// Cost: a view is nine words; copying it copies no bytes of the record.
//
//   producer->Send("orders", {.key = "customer-7", .value = payload});
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client/record_headers.h"

namespace streamhouse::client {

// The place of a record in its partition, counted from 0.
using Offset = std::uint64_t;

struct TopicPartition {
  std::string topic;
  std::uint32_t partition = 0;

  // "topic/partition", for messages.
  std::string ToString() const { return topic + "/" + std::to_string(partition); }

  friend auto operator<=>(const TopicPartition&, const TopicPartition&) = default;
};

// One record, borrowed: the maker of the view keeps the bytes.
struct RecordView {
  // Absent means: no key, which is not the same as an empty key.
  std::optional<std::string_view> key = {};
  std::string_view value = {};
  // Milliseconds since the Unix epoch. Absent means: the producer says when; a record that was read
  // always has it.
  std::optional<std::int64_t> timestamp_ms = {};
  // A "traceparent" among them (W3C Trace Context) makes the record an exemplar of its producer's
  // and agent's latencies.
  HeadersView headers = {};

  // What metrics and limits call the bytes of a record.
  std::size_t bytes() const { return (key ? key->size() : 0) + value.size() + headers.bytes(); }

  friend bool operator==(const RecordView&, const RecordView&) = default;
};

}  // namespace streamhouse::client
