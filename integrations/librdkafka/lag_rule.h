// LagOf(): how far a consumer is behind in a partition, as far as documents of librdkafka prove it.
//
//   lag = end - max(position, lo_offset)
//   end = ls_offset for isolation.level=read_committed, hi_offset for read_uncommitted
//
// Example: 4 where the position is 3, and the log holds [6, 10).
// librdkafka's own `consumer_lag` is the distance from the committed offset. It stays for good
// after a partition was revoked, and swings with each commit.
// When to use something else: client/lag_monitor.h, for a consumer of this project;
// position_tracker.h, for the position.
// Guarantees:
// 1. No lag of a partition that is not assigned, not fetched, or whose last fetch is old
//    (client_state.h). at_least needs no young fetch: the log may have grown since. While the fetch
//    is old it is no lower bound after retention or a deletion of records, which lo_offset does not
//    tell yet.
// 2. Neither where the position is beyond the end: the log was cut, or is another one.
// May be wrong: a lag is a distance of offsets. Transaction markers, aborted records and offsets
// that compaction removed are in it until the consumer has passed them. A topic that was deleted
// and made again with as many records looks like the old one.
// Thread safety: pure functions.
// Cost: comparisons.
#pragma once

#include <cstdint>
#include <optional>

#include "integrations/librdkafka/statistics.h"

namespace streamhouse::librdkafka {

enum class Isolation : std::uint8_t { kReadCommitted, kReadUncommitted };

// Whether what a document says of the end of a log is of now.
enum class Fetch : std::uint8_t { kOld, kYoung };

struct Lag {
  std::optional<std::int64_t> exact = {};  // in offsets
  std::optional<std::int64_t> at_least = {};
};

// By the last fetch; below 0 before the first one.
std::int64_t EndOf(const PartitionStatistics& partition, Isolation isolation);

Lag LagOf(const PartitionStatistics& partition, std::optional<std::int64_t> position, Isolation isolation, Fetch fetch);

}  // namespace streamhouse::librdkafka
