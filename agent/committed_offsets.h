// CommittedOffsets: how far consumer groups have read, checked before it is stored.
//
// When to use something else: MetadataStore keeps whatever it is given.
// Guarantees: an offset that was accepted lies within the log as it was then. No lease is needed: a group's progress is
// not the log's.
// Thread safety: any thread.
// Cost: one call of the store.
// Errors: InvalidArgument for a bad group, NotFound, OutOfRange for an offset beyond the log, those of the store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "agent/metadata/metadata_store.h"
#include "agent/topic_catalog.h"

namespace streamhouse::agent {

inline constexpr std::size_t kGroupNameBytesMax = 249;

// InvalidArgument unless it has 1 to kGroupNameBytesMax printable ASCII characters.
metrics::Status CheckGroupName(const std::string& group);
metrics::Status CheckMemberId(const std::string& id);

class CommittedOffsets {
 public:
  // Both must outlive this.
  CommittedOffsets(MetadataStore& store, const TopicCatalog& topics) : store_(store), topics_(topics) {}

  // `offset` is that of the next record to read.
  Status Commit(const std::string& group, const TopicPartition& partition, std::uint64_t offset);
  // Nothing when the group has never committed here.
  Result<std::optional<std::uint64_t>> Find(const std::string& group, const TopicPartition& partition);

 private:
  MetadataStore& store_;
  const TopicCatalog& topics_;
};

}  // namespace streamhouse::agent
