#include "agent/groups/committed_offsets.h"

#include <algorithm>

namespace streamhouse::agent {

namespace {

Status CheckName(const std::string& name, const std::string& what) {
  if (name.empty() || name.size() > kGroupNameBytesMax) {
    return {StatusCode::kInvalidArgument,
            what + " has 1 to " + std::to_string(kGroupNameBytesMax) + " bytes, not " + std::to_string(name.size())};
  }
  // It stands in log lines, where a line break would forge another.
  const auto is_printable = [](char c) { return c >= ' ' && c <= '~'; };
  if (std::all_of(name.begin(), name.end(), is_printable)) return Status::Ok();
  return {StatusCode::kInvalidArgument, what + " has printable ASCII characters only"};
}

}  // namespace

Status CheckGroupName(const std::string& group) {
  return CheckName(group, "a consumer group's name");
}

Status CheckMemberId(const std::string& id) {
  return CheckName(id, "a group member's id");
}

Status CommittedOffsets::Commit(const std::string& group, const TopicPartition& partition, std::uint64_t offset,
                                const CommittedLog& log, const std::string& member_id) {
  if (Status named = CheckGroupName(group); !named.ok()) return named;
  auto found = topics_.Find(partition.topic, partition.partition);
  if (!found.ok()) return found.status();
  if (log.topic_id != 0 && log.topic_id != (*found)->topic_id()) return OfAnotherLife(partition.topic);
  const LogOpenings& openings = (*found)->openings();
  const bool was_opened_again = log.open_id != 0 && log.open_id != openings.current().id;
  if (const std::uint64_t end = openings.LowestEndSince(log.open_id); was_opened_again && offset > end) {
    return {StatusCode::kAborted,
            "the log of " + partition.ToString() + " was opened again, with its end at " + std::to_string(end)};
  }
  if (const std::uint64_t end = (*found)->HighWatermark(); offset > end) {
    return {StatusCode::kOutOfRange, "offset " + std::to_string(offset) + " of " + partition.ToString() +
                                         " is beyond the high watermark " + std::to_string(end)};
  }
  return store_.CommitOffset(group, {.topic_id = (*found)->topic_id(), .partition = partition.partition}, offset,
                             member_id);
}

Result<FoundOffset> CommittedOffsets::Find(const std::string& group, const TopicPartition& partition) {
  if (Status named = CheckGroupName(group); !named.ok()) return named;
  auto found = topics_.Find(partition.topic, partition.partition);
  if (!found.ok()) return found.status();
  const TopicId topic_id = (*found)->topic_id();
  auto offset = store_.FindCommittedOffset(group, {.topic_id = topic_id, .partition = partition.partition});
  if (!offset.ok()) return offset.status();
  return FoundOffset{.offset = *offset, .topic_id = topic_id};
}

Status OfAnotherLife(const std::string& topic) {
  return {StatusCode::kNotFound, "topic " + topic + " was deleted, and created again since"};
}

}  // namespace streamhouse::agent
