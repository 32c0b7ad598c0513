#include "agent/groups/group_coordinator.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include "agent/base/operator_log.h"
#include "agent/groups/committed_offsets.h"
#include "metrics_core/dcheck.h"

namespace streamhouse::agent {

using fmt::literals::operator""_a;

Status GroupCoordinator::CheckMember(const GroupMember& member, std::size_t owned) const {
  if (Status named = CheckGroupName(member.group); !named.ok()) return named;
  if (Status named = CheckMemberId(member.id); !named.ok()) return named;
  if (member.topics.empty()) return {StatusCode::kInvalidArgument, "a group member needs a topic"};
  if (member.session_timeout < kSessionTimeoutMin || member.session_timeout > kSessionTimeoutMax) {
    return {StatusCode::kInvalidArgument, "a session timeout of " + std::to_string(member.session_timeout.count()) +
                                              " ms is outside of [" + std::to_string(kSessionTimeoutMin.count()) +
                                              ", " + std::to_string(kSessionTimeoutMax.count()) + "]"};
  }
  if (member.topics.size() > kTopicsPerMemberMax) {
    return {StatusCode::kInvalidArgument, "a group member has at most " + std::to_string(kTopicsPerMemberMax) +
                                              " topics, not " + std::to_string(member.topics.size())};
  }
  if (member.commit_sequence == std::numeric_limits<std::uint64_t>::max()) {
    return {StatusCode::kInvalidArgument, "no commit can follow the commit sequence 2^64 - 1"};
  }
  std::size_t partitions = 0;
  Status missing;
  for (const std::string& topic : member.topics) {
    auto known = topics_.PartitionCount(topic);
    if (known.ok()) {
      partitions += *known;
    } else if (known.status().code() != StatusCode::kNotFound) {
      return known.status();
    } else if (missing.ok()) {
      missing = known.status();
    }
  }
  // The member lets go of the partitions of a deleted topic when it gets the response.
  if (!missing.ok()) return partitions == 0 ? missing : Status::Ok();
  if (owned <= partitions) return Status::Ok();
  return {StatusCode::kInvalidArgument, "a group member whose topics have " + std::to_string(partitions) +
                                            " partitions cannot read " + std::to_string(owned)};
}

Result<std::vector<TopicPartition>> GroupCoordinator::Heartbeat(const GroupMember& member,
                                                                std::span<const TopicPartition> owned) {
  if (Status checked = CheckMember(member, owned.size()); !checked.ok()) return checked;
  // Sorted before the lock is taken, which all groups share.
  std::set<TopicPartition> reads;
  for (const TopicPartition& p : owned) {
    if (auto count = topics_.PartitionCount(p.topic); count.ok() && p.partition < *count) reads.insert(p);
  }
  if (reads.empty() || IsKnown(member)) return Renew(member, reads, {});
  // No commit may come between the look at the last ones and the claim.
  const metrics::MutexLock committing(commit_mutex_);
  auto own = FindOwnPlaces(member, reads);
  if (!own.ok()) return own.status();
  return Renew(member, reads, *own);
}

Result<std::vector<TopicPartition>> GroupCoordinator::Renew(const GroupMember& member,
                                                            const std::set<TopicPartition>& reads,
                                                            const std::set<TopicPartition>& claimed) {
  const metrics::MutexLock lock(mutex_);
  if (changing_.contains(member.group)) {
    return Status(StatusCode::kUnavailable, "group " + member.group + " is being changed by an operator");
  }
  auto found = FindOrAdd(member.group);
  if (!found.ok()) return found.status();
  Group& group = **found;
  bool has_changed = RemoveExpired(group);
  const auto known = group.members.find(member.id);
  const bool is_new = known == group.members.end();
  if (is_new && group.members.size() >= kMembersPerGroupMax) {
    return Status(StatusCode::kResourceExhausted,
                  "group " + member.group + " has " + std::to_string(kMembersPerGroupMax) + " members");
  }
  Member& self = is_new ? group.members[member.id] : known->second;
  has_changed = has_changed || is_new || self.topics != member.topics;
  self.topics = member.topics;
  self.expires_at = clock_() + member.session_timeout;
  if (is_new) {
    OperatorLog().info("group {group}: member {member} joined, {members} in all", "group"_a = member.group,
                       "member"_a = member.id, "members"_a = group.members.size());
    Claim(group, self, claimed, member.commit_sequence);
  } else {
    std::erase_if(self.granted,
                  [&](const TopicPartition& p) { return !self.target.contains(p) && !reads.contains(p); });
  }
  auto counts = CountPartitions(group);
  if (!counts.ok()) return counts.status();
  if (has_changed || *counts != group.partition_counts) {
    group.partition_counts = *std::move(counts);
    AssignTargets(group);
  }
  Grant(group, self, reads, member.commit_sequence);
  // Invariant 1.
  metrics::DCheck([&] { return IsSound(group); }, "a partition is granted to at most one member");
  std::vector<TopicPartition> may_read;
  std::set_intersection(self.granted.begin(), self.granted.end(), self.target.begin(), self.target.end(),
                        std::back_inserter(may_read));
  return may_read;
}

bool GroupCoordinator::IsKnown(const GroupMember& member) {
  const metrics::MutexLock lock(mutex_);
  const auto group = groups_.find(member.group);
  if (group == groups_.end()) return false;
  RemoveExpired(group->second);
  return group->second.members.contains(member.id);
}

Result<std::set<TopicPartition>> GroupCoordinator::FindOwnPlaces(const GroupMember& member,
                                                                 const std::set<TopicPartition>& reads) {
  std::set<TopicPartition> own;
  for (const TopicPartition& p : reads) {
    const auto topic = topics_.Describe(p.topic);
    if (!topic.ok()) continue;
    const auto last = store_.FindCommit(member.group, {.topic_id = topic->id, .partition = p.partition});
    if (!last.ok()) return last.status();
    if (!last->has_value() || (*last)->member_id == member.id) own.insert(p);
  }
  return own;
}

Result<GroupCoordinator::Group*> GroupCoordinator::FindOrAdd(const std::string& name) {
  const auto known = groups_.find(name);
  if (known != groups_.end()) return &known->second;
  if (groups_.size() >= kGroupsMax) {
    for (auto& [other, group] : groups_) RemoveExpired(group);
    std::erase_if(groups_, [](const auto& entry) { return entry.second.members.empty(); });
  }
  if (groups_.size() >= kGroupsMax) {
    return Status(StatusCode::kResourceExhausted, "there are " + std::to_string(kGroupsMax) + " consumer groups");
  }
  return &groups_[name];
}

void GroupCoordinator::Leave(const std::string& group, const std::string& member_id) {
  const metrics::MutexLock lock(mutex_);
  const auto found = groups_.find(group);
  if (found == groups_.end() || found->second.members.erase(member_id) == 0) return;
  OperatorLog().info("group {group}: member {member} left, {members} remain", "group"_a = group, "member"_a = member_id,
                     "members"_a = found->second.members.size());
  if (found->second.members.empty()) {
    groups_.erase(found);
  } else {
    AssignTargets(found->second);
  }
}

Status GroupCoordinator::Commit(const GroupCommit& commit, const std::function<Status()>& store) {
  const metrics::MutexLock committing(commit_mutex_);
  if (Status noted = NoteCommit(commit); !noted.ok()) return noted;
  return store();
}

Status GroupCoordinator::AwaitMembers() {
  auto committed = store_.ListCommittedOffsets({});
  if (!committed.ok()) return committed.status();
  const metrics::MutexLock lock(mutex_);
  awaited_until_ = clock_() + kMembersHeardWithin;
  for (const CommittedOffset& offset : *committed) {
    if (!offset.member_id.empty()) awaited_.insert(offset.group);
  }
  return Status::Ok();
}

Status GroupCoordinator::CheckEmpty(const std::string& group) {
  if (const auto found = groups_.find(group); found != groups_.end()) {
    RemoveExpired(found->second);
    if (const std::size_t members = found->second.members.size(); members > 0) {
      return {StatusCode::kFailedPrecondition,
              "group " + group + " has " + std::to_string(members) + " members; stop its consumers first"};
    }
  }
  const auto rest = std::chrono::ceil<std::chrono::seconds>(awaited_until_ - clock_());
  if (rest.count() <= 0) {
    awaited_.clear();
  } else if (awaited_.contains(group)) {
    return {StatusCode::kFailedPrecondition, "group " + group +
                                                 " may have members that the agent has not heard of since it started; "
                                                 "retry in " +
                                                 std::to_string(rest.count()) + " s"};
  }
  return Status::Ok();
}

Status GroupCoordinator::ChangeWhileEmpty(const std::string& group, const std::function<Status()>& change) {
  // A commit under way, of a member that has just left, comes before the change or not at all.
  const metrics::MutexLock committing(commit_mutex_);
  {
    const metrics::MutexLock lock(mutex_);
    if (Status empty = CheckEmpty(group); !empty.ok()) return empty;
    if (!changing_.insert(group).second) {
      return {StatusCode::kFailedPrecondition, "group " + group + " is being changed by another operator"};
    }
  }
  Status changed = change();
  const metrics::MutexLock lock(mutex_);
  changing_.erase(group);
  return changed;
}

std::map<std::string, std::uint32_t> GroupCoordinator::MemberCounts() {
  const metrics::MutexLock lock(mutex_);
  std::map<std::string, std::uint32_t> counts;
  for (auto& [name, group] : groups_) {
    RemoveExpired(group);
    if (!group.members.empty()) counts[name] = static_cast<std::uint32_t>(group.members.size());
  }
  return counts;
}

std::map<std::string, GroupActivity> GroupCoordinator::Activities() {
  const metrics::MutexLock lock(mutex_);
  std::map<std::string, GroupActivity> activities;
  if (clock_() < awaited_until_) {
    for (const std::string& name : awaited_) activities[name].state = GroupState::kAwaited;
  }
  for (auto& [name, group] : groups_) {
    RemoveExpired(group);
    if (group.members.empty()) continue;
    activities[name] = {.members = static_cast<std::uint32_t>(group.members.size()), .state = GroupState::kActive};
  }
  for (const std::string& name : changing_) activities[name].state = GroupState::kChanging;
  return activities;
}

std::map<std::string, std::set<TopicPartition>> GroupCoordinator::Members(const std::string& group) {
  const metrics::MutexLock lock(mutex_);
  std::map<std::string, std::set<TopicPartition>> members;
  const auto found = groups_.find(group);
  if (found == groups_.end()) return members;
  RemoveExpired(found->second);
  for (const auto& [id, member] : found->second.members) members[id] = member.granted;
  return members;
}

Status GroupCoordinator::NoteCommit(const GroupCommit& commit) {
  const auto out_of_date = [&commit](const std::string& why) {
    return Status(StatusCode::kAborted, "partition " + commit.partition.ToString() + why + " in group " + commit.group);
  };
  const metrics::MutexLock lock(mutex_);
  const auto found = groups_.find(commit.group);
  if (found == groups_.end()) return out_of_date(" is not this member's");
  RemoveExpired(found->second);
  const auto known = found->second.members.find(commit.member_id);
  if (known == found->second.members.end() || !known->second.granted.contains(commit.partition)) {
    return out_of_date(" is not this member's");
  }
  if (commit.sequence == 0) return Status::Ok();
  std::uint64_t& lowest = known->second.commit_sequences[commit.partition];
  if (commit.sequence < lowest) return out_of_date(" has a later commit of this member, or was given to it since");
  lowest = commit.sequence;
  return Status::Ok();
}

Result<std::map<std::string, std::uint32_t>> GroupCoordinator::CountPartitions(const Group& group) const {
  std::map<std::string, std::uint32_t> counts;
  for (const auto& [id, member] : group.members) {
    for (const std::string& topic : member.topics) {
      auto count = topics_.PartitionCount(topic);
      if (!count.ok() && count.status().code() != StatusCode::kNotFound) return count.status();
      counts[topic] = count.ok() ? *count : 0;
    }
  }
  return counts;
}

void GroupCoordinator::AssignTargets(Group& group) {
  for (auto& [id, member] : group.members) member.target.clear();
  for (const auto& [topic, partitions] : group.partition_counts) AssignTopic(group, topic, partitions);
  // Invariant 2.
  metrics::DCheck([&] { return IsSound(group); }, "a partition is meant for one member, and exists");
}

// Each member keeps its partitions, up to its share. The rest goes to the members with the fewest.
void GroupCoordinator::AssignTopic(Group& group, const std::string& topic, std::uint32_t partitions) {
  struct Share {
    Member* member;
    std::size_t count = 0;  // of this topic's partitions
  };
  std::vector<Share> shares;
  for (auto& [id, member] : group.members) {
    const auto& topics = member.topics;
    if (std::find(topics.begin(), topics.end(), topic) != topics.end()) shares.push_back({.member = &member});
  }
  if (shares.empty()) return;
  const std::size_t least = partitions / shares.size();
  std::size_t larger_shares = partitions % shares.size();
  std::vector<bool> is_taken(partitions, false);
  for (Share& share : shares) {
    for (const TopicPartition& p : share.member->granted) {
      if (p.topic != topic || p.partition >= partitions || is_taken[p.partition]) continue;
      if (share.count == least && larger_shares == 0) break;
      if (share.count == least + 1) break;
      if (share.count == least) --larger_shares;
      ++share.count;
      is_taken[p.partition] = true;
      share.member->target.insert(p);
    }
  }
  for (std::uint32_t i = 0; i < partitions; ++i) {
    if (is_taken[i]) continue;
    Share& poorest = *std::min_element(shares.begin(), shares.end(), [](const Share& a, const Share& b) {
      return std::pair(a.count, a.member->target.size()) < std::pair(b.count, b.member->target.size());
    });
    ++poorest.count;
    poorest.member->target.insert({topic, i});
  }
}

void GroupCoordinator::Claim(Group& group, Member& member, const std::set<TopicPartition>& owned,
                             std::uint64_t last_commit) {
  for (const TopicPartition& partition : owned) {
    if (IsGranted(group, partition)) continue;
    member.granted.insert(partition);
    member.commit_sequences[partition] = last_commit;
  }
}

// A member must first let go of a partition that it reads without a grant.
void GroupCoordinator::Grant(Group& group, Member& member, const std::set<TopicPartition>& reads,
                             std::uint64_t last_commit) {
  for (const TopicPartition& partition : member.target) {
    if (member.granted.contains(partition) || reads.contains(partition)) continue;
    if (IsGranted(group, partition)) continue;
    member.granted.insert(partition);
    member.commit_sequences[partition] = last_commit + 1;
  }
}

// Invariants 1 and 2. A granted partition may end with its topic; a response names only targets.
bool GroupCoordinator::IsSound(const Group& group) {
  std::set<TopicPartition> granted;
  std::set<TopicPartition> targets;
  for (const auto& [id, member] : group.members) {
    for (const TopicPartition& p : member.granted) {
      if (!granted.insert(p).second || !member.commit_sequences.contains(p)) return false;
    }
    for (const TopicPartition& p : member.target) {
      const auto count = group.partition_counts.find(p.topic);
      const bool exists = count != group.partition_counts.end() && p.partition < count->second;
      if (!targets.insert(p).second || !exists) return false;
    }
  }
  return true;
}

bool GroupCoordinator::IsGranted(const Group& group, const TopicPartition& partition) {
  return std::any_of(group.members.begin(), group.members.end(),
                     [&](const auto& entry) { return entry.second.granted.contains(partition); });
}

bool GroupCoordinator::RemoveExpired(Group& group) const {
  const std::chrono::nanoseconds now = clock_();
  const std::size_t removed = std::erase_if(group.members, [&](const auto& entry) {
    if (entry.second.expires_at > now) return false;
    OperatorLog().warn("group member {member} was not heard of in time", "member"_a = entry.first);
    return true;
  });
  if (removed > 0) AssignTargets(group);
  return removed > 0;
}

}  // namespace streamhouse::agent
