// ConsumerGroups: shows consumer groups to operators, and changes their committed offsets.
//
// When to use something else: GroupCoordinator for members, CommittedOffsets for their commits.
// Guarantees:
// 1. A group is changed only while it has no member, and none joins meanwhile.
// 2. A change is made to all partitions that it is meant for, or to none.
// 3. Where a topic is deleted and created again meanwhile, the change is NotFound.
// Thread safety: any thread.
// Cost: two calls of the store. A Seek() to a time reads a part of a segment per partition; the
// commits of all groups' members wait meanwhile.
// Errors: NotFound for a group with neither members nor committed offsets; FailedPrecondition while
// it has members; those of the store and the logs.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "agent/groups/group_coordinator.h"
#include "agent/groups/group_times.h"
#include "agent/metadata/metadata_store.h"
#include "agent/topics/topic_catalog.h"

namespace streamhouse::agent {

struct GroupOffset {
  TopicPartition partition;
  std::optional<std::uint64_t> committed;
  std::uint64_t log_start_offset = 0;  // both 0 where the partition is not served
  std::uint64_t high_watermark = 0;
  std::string member_id;  // of the reader; empty without one
};

struct GroupDescription {
  std::vector<std::string> member_ids;
  std::vector<GroupOffset> partitions;  // of the topics that it has committed to or that its members read
};

// The new position of a group.
struct ToEarliest {};
struct ToLatest {};
struct ToOffset {
  std::uint64_t offset = 0;  // one outside of a log stands for its nearer end
};
struct ToTime {
  std::int64_t append_time_ms = 0;  // the first record that was appended then or later
};
struct ToNeverCommitted {};
using SeekTarget = std::variant<ToEarliest, ToLatest, ToOffset, ToTime, ToNeverCommitted>;

struct GroupSeek {
  std::string group;
  std::string topic = {};                       // empty: all that the group has committed to
  std::optional<std::uint32_t> partition = {};  // absent: all of the topic
  SeekTarget to;
};

struct MovedOffset {
  TopicPartition partition;
  TopicId topic_id = 0;                     // the life of the topic that both offsets belong to
  std::optional<std::uint64_t> old_offset;  // absent: the group has never committed here
  std::optional<std::uint64_t> new_offset;
};

class ConsumerGroups {
 public:
  // All must outlive this.
  ConsumerGroups(MetadataStore& store, const TopicCatalog& topics, GroupCoordinator& members, GroupTimes& times)
      : store_(store), topics_(topics), members_(members), times_(times) {}

  // Number of members of each group with a member or a committed offset.
  Result<std::map<std::string, std::uint32_t>> List();
  Result<GroupDescription> Describe(const std::string& group);
  // In the order of topics and partitions.
  Result<std::vector<MovedOffset>> Seek(const GroupSeek& seek);
  // Removes all committed offsets of the group.
  Status Delete(const std::string& group);

 private:
  struct CommittedAt {
    TopicId topic_id = 0;
    std::uint64_t offset = 0;
  };
  using Committed = std::map<TopicPartition, CommittedAt>;

  Result<Committed> FindCommitted(const std::string& group);
  Status CheckKnown(const std::string& group, const Committed& committed);
  Result<std::vector<MovedOffset>> Plan(const GroupSeek& seek, const Committed& committed) const;
  // Of this life of the topic alone.
  Result<std::optional<std::uint64_t>> Resolve(const SeekTarget& target, const TopicPartition& partition,
                                               TopicId topic_id) const;
  Status Store(const std::string& group, const std::vector<MovedOffset>& moved);

  // Immutable after construction.
  MetadataStore& store_;
  const TopicCatalog& topics_;
  GroupCoordinator& members_;
  GroupTimes& times_;
};

}  // namespace streamhouse::agent
