// LowerOffsets: lowers committed offsets to the ends of their logs, so that none points beyond the
// last record.
//
// A log can end before an offset that a group has committed:
// - after a loss of power: a commit is on the disk at once, the records up to a sync interval
//   later,
// - when its files were cut or moved away.
// Without LowerOffsets, the group would skip the records that are written at these offsets next.
// When to use something else: ConsumerGroups::Seek to move a group while the agent serves.
// LowerOffsets is for logs that were opened and have had no append yet.
// Guarantees:
// 1. Afterwards no committed offset of these partitions is beyond the end of its log.
// 2. Each offset that is lowered is logged with group, topic, partition and by how much.
// Thread safety: any thread, while no thread appends to these logs.
// Cost: one reading of the offsets of one topic, or of all offsets for several topics, and one
// transaction if there is something to lower.
// Errors: those of the store; then no offset is changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "agent/metadata/metadata_store.h"

namespace streamhouse::agent {

struct LogEnd {
  TopicPartition name;
  TopicId topic_id = 0;
  std::uint64_t end_offset = 0;
};

// Returns how many were lowered.
Result<std::size_t> LowerOffsets(MetadataStore& store, std::span<const LogEnd> ends);

}  // namespace streamhouse::agent
