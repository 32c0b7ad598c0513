// TopicPartition: a partition of the topic that has this name now.
//
// When to use something else: TopicIdPartition (topic_id_partition.h), for what must not pass to
// the next topic of the name.
// Guarantees: the order is that of the names, and then of the numbers.
// Thread safety: a value.
// Cost: a copy of the name.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace streamhouse::agent {

struct TopicPartition {
  std::string topic;
  std::uint32_t partition = 0;

  std::string ToString() const { return topic + "/" + std::to_string(partition); }
  friend auto operator<=>(const TopicPartition&, const TopicPartition&) = default;
};

}  // namespace streamhouse::agent
