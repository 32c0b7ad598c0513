#include "agent/groups/consumer_groups.h"

#include <algorithm>
#include <memory>
#include <set>
#include <unordered_map>
#include <utility>

#include "agent/base/operator_log.h"
#include "agent/groups/committed_offsets.h"

namespace streamhouse::agent {
namespace {

std::string ToText(const std::optional<std::uint64_t>& offset) {
  return offset ? std::to_string(*offset) : "none";
}

// All partitions of these topics; one that is gone has none.
std::set<TopicPartition> PartitionsOf(const TopicCatalog& topics, const std::set<std::string>& names) {
  std::set<TopicPartition> partitions;
  for (const std::string& name : names) {
    const auto count = topics.PartitionCount(name);
    for (std::uint32_t i = 0; count.ok() && i < count.value(); ++i) partitions.insert({name, i});
  }
  return partitions;
}

}  // namespace

Result<std::map<std::string, std::uint32_t>> ConsumerGroups::List() {
  auto committed = store_.ListCommittedOffsets({});
  if (!committed.ok()) return committed.status();
  std::map<std::string, std::uint32_t> groups = members_.MemberCounts();
  for (const CommittedOffset& offset : *committed) groups.try_emplace(offset.group, 0);
  return groups;
}

Result<ConsumerGroups::Committed> ConsumerGroups::FindCommitted(const std::string& group) {
  if (Status named = CheckGroupName(group); !named.ok()) return named;
  auto offsets = store_.ListCommittedOffsets({.group = group});
  if (!offsets.ok()) return offsets.status();
  std::unordered_map<TopicId, std::string> names;
  for (const ListedTopic& listed : topics_.List()) names[listed.topic.id] = listed.topic.name;
  Committed committed;
  for (const CommittedOffset& offset : *offsets) {
    const auto name = names.find(offset.partition.topic_id);
    // Of a topic that is being deleted.
    if (name == names.end()) continue;
    committed[{.topic = name->second, .partition = offset.partition.partition}] = {
        .topic_id = offset.partition.topic_id, .offset = offset.offset};
  }
  return committed;
}

Status ConsumerGroups::CheckKnown(const std::string& group, const Committed& committed) {
  if (!committed.empty() || !members_.Members(group).empty()) return Status::Ok();
  return {StatusCode::kNotFound, "there is no group " + group + ": it has neither members nor committed offsets"};
}

Result<GroupDescription> ConsumerGroups::Describe(const std::string& group) {
  auto committed = FindCommitted(group);
  if (!committed.ok()) return committed.status();
  if (Status known = CheckKnown(group, *committed); !known.ok()) return known;
  std::set<std::string> topics;
  std::map<TopicPartition, std::string> readers;
  GroupDescription description;
  for (const auto& [id, partitions] : members_.Members(group)) {
    description.member_ids.push_back(id);
    for (const TopicPartition& partition : partitions) {
      readers[partition] = id;
      topics.insert(partition.topic);
    }
  }
  for (const auto& [partition, offset] : *committed) topics.insert(partition.topic);
  for (const TopicPartition& partition : PartitionsOf(topics_, topics)) {
    GroupOffset offset;
    offset.partition = partition;
    if (const auto known = committed->find(partition); known != committed->end())
      offset.committed = known->second.offset;
    if (const auto reader = readers.find(partition); reader != readers.end()) offset.member_id = reader->second;
    if (auto found = topics_.Find(partition.topic, partition.partition); found.ok()) {
      offset.log_start_offset = (*found)->LogStartOffset();
      offset.high_watermark = (*found)->HighWatermark();
    }
    description.partitions.push_back(std::move(offset));
  }
  return description;
}

Result<std::optional<std::uint64_t>> ConsumerGroups::Resolve(const SeekTarget& target, const TopicPartition& partition,
                                                             TopicId topic_id) const {
  if (std::holds_alternative<ToNeverCommitted>(target)) return std::optional<std::uint64_t>();
  auto found = topics_.Find(partition.topic, partition.partition);
  if (!found.ok()) return found.status();
  if ((*found)->topic_id() != topic_id) return OfAnotherLife(partition.topic);
  const std::uint64_t start = (*found)->LogStartOffset();
  const std::uint64_t end = std::max(start, (*found)->HighWatermark());
  if (std::holds_alternative<ToEarliest>(target)) return std::optional(start);
  if (std::holds_alternative<ToLatest>(target)) return std::optional(end);
  if (const auto* const to = std::get_if<ToOffset>(&target)) return std::optional(std::clamp(to->offset, start, end));
  auto offset = (*found)->FindOffset(std::get<ToTime>(target).append_time_ms);
  if (!offset.ok()) return offset.status();
  return std::optional(std::clamp(*offset, start, end));
}

Result<std::vector<MovedOffset>> ConsumerGroups::Plan(const GroupSeek& seek, const Committed& committed) const {
  std::set<TopicPartition> partitions;
  if (seek.topic.empty()) {
    if (seek.partition) return Status(StatusCode::kInvalidArgument, "a partition needs its topic");
    std::set<std::string> topics;
    for (const auto& [partition, offset] : committed) topics.insert(partition.topic);
    partitions = PartitionsOf(topics_, topics);
  } else if (seek.partition) {
    partitions.insert({.topic = seek.topic, .partition = *seek.partition});
  } else {
    if (auto count = topics_.PartitionCount(seek.topic); !count.ok()) return count.status();
    partitions = PartitionsOf(topics_, {seek.topic});
  }
  std::vector<MovedOffset> moved;
  for (const TopicPartition& partition : partitions) {
    auto topic = topics_.Describe(partition.topic);
    if (!topic.ok()) return topic.status();
    auto offset = Resolve(seek.to, partition, topic->id);
    if (!offset.ok()) return offset.status();
    moved.push_back({.partition = partition, .topic_id = topic->id, .old_offset = {}, .new_offset = *offset});
    const auto old = committed.find(partition);
    if (old != committed.end() && old->second.topic_id == topic->id) moved.back().old_offset = old->second.offset;
  }
  return moved;
}

Status ConsumerGroups::Store(const std::string& group, const std::vector<MovedOffset>& moved) {
  std::vector<OffsetChange> changes;
  for (const MovedOffset& move : moved) {
    if (move.old_offset == move.new_offset) continue;
    changes.push_back({.group = group,
                       .partition = {.topic_id = move.topic_id, .partition = move.partition.partition},
                       .offset = move.new_offset});
  }
  if (Status stored = store_.ChangeOffsets(changes); !stored.ok()) return stored;
  for (const MovedOffset& move : moved) {
    if (move.old_offset == move.new_offset) continue;
    OperatorLog().info("group {} moved by an operator on {}: from {} to {}", group, move.partition.ToString(),
                       ToText(move.old_offset), ToText(move.new_offset));
  }
  return Status::Ok();
}

Result<std::vector<MovedOffset>> ConsumerGroups::Seek(const GroupSeek& seek) {
  std::vector<MovedOffset> moved;
  const Status changed = members_.ChangeWhileEmpty(seek.group, [&] {
    auto committed = FindCommitted(seek.group);
    if (!committed.ok()) return committed.status();
    if (Status known = CheckKnown(seek.group, *committed); !known.ok()) return known;
    auto planned = Plan(seek, *committed);
    if (!planned.ok()) return planned.status();
    moved = *std::move(planned);
    return Store(seek.group, moved);
  });
  if (!changed.ok()) return changed;
  return moved;
}

Status ConsumerGroups::Delete(const std::string& group) {
  auto moved = Seek({.group = group, .to = ToNeverCommitted()});
  if (!moved.ok()) return moved.status();
  times_.Forget(group);
  OperatorLog().info("group {} deleted by an operator", group);
  return Status::Ok();
}

}  // namespace streamhouse::agent
