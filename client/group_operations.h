// GroupOperations: what operators see of consumer groups, and how they move them.
//
// When to use something else: Consumer::Seek(), for one's own position; Broker::Commit, to commit
// as a member.
// Guarantees of every implementation:
// 1. SeekGroup() and DeleteGroup() change a group only while it has no member.
// 2. A SeekGroup() changes all partitions that it is meant for, or none.
// Thread safety: every method, from any thread, at the same time.
// Cost: a round trip.
// Errors: kNotFound for a group with neither members nor committed offsets; kFailedPrecondition
// while it has members.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "client/broker.h"
#include "client/record.h"

namespace streamhouse::client {

struct ListedGroup {
  std::string group;
  std::uint32_t members = 0;
};

struct GroupPartition {
  TopicPartition partition;
  std::optional<Offset> committed;  // absent: the group has never committed here
  Offset log_start_offset = 0;
  Offset high_watermark = 0;
  std::string member_id;  // of the reader; empty without one
};

struct GroupDescription {
  std::vector<std::string> member_ids;
  std::vector<GroupPartition> partitions;
};

// Where a group is to stand. An offset outside of a log stands for its nearer end.
struct SeekToEarliest {};
struct SeekToLatest {};
struct SeekToOffset {
  Offset offset = 0;
};
// The first record that was appended at or after this time, in milliseconds since the Unix epoch.
struct SeekToTime {
  std::int64_t append_time_ms = 0;
};
struct SeekToNeverCommitted {};
using SeekPlace = std::variant<SeekToEarliest, SeekToLatest, SeekToOffset, SeekToTime, SeekToNeverCommitted>;

struct GroupSeek {
  std::string group;
  std::string topic = {};                       // empty: all that the group has committed to
  std::optional<std::uint32_t> partition = {};  // absent: all of the topic
  SeekPlace to = SeekToEarliest();
};

struct MovedPartition {
  TopicPartition partition;
  std::optional<Offset> old_offset;
  std::optional<Offset> new_offset;
};

class GroupOperations {
 public:
  virtual ~GroupOperations() = default;

  // Those with a member or a committed offset, in the order of their names.
  virtual Result<std::vector<ListedGroup>> ListGroups(const CallLimits& limits) = 0;
  virtual Result<GroupDescription> DescribeGroup(const std::string& group, const CallLimits& limits) = 0;
  virtual Result<std::vector<MovedPartition>> SeekGroup(const GroupSeek& seek, const CallLimits& limits) = 0;
  virtual Status DeleteGroup(const std::string& group, const CallLimits& limits) = 0;
};

}  // namespace streamhouse::client
