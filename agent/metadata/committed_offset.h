// CommittedOffset: how far a group has read in a partition, and what a metadata store is asked
// about it with.
//
// When to use something else: MetadataStore (metadata_store.h) keeps them; CommittedOffsets
// (agent/groups) checks an offset before it is stored.
// Guarantees: the store checks offsets and the conditions of its calls; these values check nothing.
// Thread safety: values.
// Cost: that of a copy of their texts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/metadata/topic_id_partition.h"

namespace streamhouse::agent {

struct CommittedOffset {
  std::string group;
  TopicIdPartition partition;
  std::uint64_t offset = 0;    // of the next record to read
  std::string member_id = {};  // the member that committed it; empty: none

  friend bool operator==(const CommittedOffset&, const CommittedOffset&) = default;
};

// An absent field matches every offset.
struct OffsetFilter {
  std::optional<std::string> group = {};
  std::optional<TopicId> topic_id = {};
};

// Change of a group's committed offset in a partition.
struct OffsetChange {
  std::string group;
  TopicIdPartition partition;
  std::optional<std::uint64_t> offset = {};  // absent: the group has never committed here
  std::string member_id = {};                // as in CommittedOffset
};

}  // namespace streamhouse::agent
