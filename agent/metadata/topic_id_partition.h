// TopicIdPartition: a partition of one life of a topic.
//
// A topic that is deleted and made again has another id. So offsets and logs of the deleted one are
// never taken for those of the new one.
// When to use something else: TopicPartition (topic_partition.h), for a partition by name.
// Guarantees: the order is that of the ids, and then of the numbers.
// Thread safety: a value.
// Cost: a copy of two numbers.
#pragma once

#include <compare>
#include <cstdint>

namespace streamhouse::agent {

// One life of a topic; 0: none.
using TopicId = std::uint64_t;

struct TopicIdPartition {
  TopicId topic_id = 0;
  std::uint32_t partition = 0;

  friend auto operator<=>(const TopicIdPartition&, const TopicIdPartition&) = default;
};

}  // namespace streamhouse::agent
