#include "agent/committed_offsets.h"

namespace streamhouse::agent {

Status CheckGroupName(const std::string& group) {
  if (!group.empty() && group.size() <= kGroupNameBytesMax) return Status::Ok();
  return {StatusCode::kInvalidArgument, "a consumer group's name has 1 to " + std::to_string(kGroupNameBytesMax) +
                                            " bytes, not " + std::to_string(group.size())};
}

Status CommittedOffsets::Commit(const std::string& group, const TopicPartition& partition, std::uint64_t offset) {
  if (Status named = CheckGroupName(group); !named.ok()) return named;
  auto found = topics_.Find(partition.topic, partition.partition);
  if (!found.ok()) return found.status();
  if (const std::uint64_t end = (*found)->HighWatermark(); offset > end) {
    return {StatusCode::kOutOfRange, "offset " + std::to_string(offset) + " of " + partition.ToString() +
                                         " is beyond the high watermark " + std::to_string(end)};
  }
  return store_.CommitOffset(group, partition, offset);
}

Result<std::optional<std::uint64_t>> CommittedOffsets::Find(const std::string& group, const TopicPartition& partition) {
  if (Status named = CheckGroupName(group); !named.ok()) return named;
  if (auto found = topics_.Find(partition.topic, partition.partition); !found.ok()) return found.status();
  return store_.FindCommittedOffset(group, partition);
}

}  // namespace streamhouse::agent
