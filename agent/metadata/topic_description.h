// TopicDescription: a topic as a metadata store keeps it; and DeletedLife, a topic after its
// deletion.
//
// When to use something else: MetadataStore (metadata_store.h) keeps them.
// Guarantees: the agent checks them before it calls a store:
// 1. Names are printable ASCII of at most 249 bytes.
// 2. Retentions are at most 2^63 - 1.
// Thread safety: values.
// Cost: that of a copy of their texts.
#pragma once

#include <cstdint>
#include <string>

#include "agent/log/retention.h"
#include "agent/metadata/topic_id_partition.h"

namespace streamhouse::agent {

struct TopicDescription {
  std::string name;
  std::uint32_t partitions = 0;
  Retention retention = {};
  TopicId id = 0;  // given by the store

  friend bool operator==(const TopicDescription&, const TopicDescription&) = default;
};

// A life of a topic that was deleted, and whose files may still be there.
struct DeletedLife {
  std::string topic;
  TopicId id = 0;

  friend bool operator==(const DeletedLife&, const DeletedLife&) = default;
};

}  // namespace streamhouse::agent
