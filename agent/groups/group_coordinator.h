// GroupCoordinator: which member of a consumer group reads which partition.
//
// Each member sends heartbeats with the partitions that it reads; the response is the partitions
// that it may read. A partition changes hands in two steps. First the response to its reader leaves
// it out. It is given to the next reader when the old one has let go of it, has left the group, or
// has sent no heartbeat for its session timeout.
// When to use something else: CommittedOffsets, for how far a group has got; it needs no members.
// Invariants:
// 1. A partition is granted to at most one member.
// 2. A partition that is meant for a member exists, and is meant for no other member.
// Guarantees:
// 1. Every partition of a topic that a member subscribes to is given to a member, as soon as its
//    last reader lets go.
// 2. The members that subscribe to a topic share its partitions evenly: their numbers differ by at
//    most one. As few partitions as possible move.
//    Example: 5 partitions and 2 members: 3 and 2.
// 3. Members are not stored. A member is new to the agent after a restart, or after its session has
//    ended. It keeps a partition that it reads if no other member has it, and the group's last
//    commit is its own or there is none. Otherwise it must let go first, and begins again where the
//    group has got to.
// 4. So no member that comes back commits behind the commit of another member or of an operator.
//    Limit: `groups reset` and `groups delete` leave no commit. A member that was silent meanwhile
//    goes on at its own position and commits.
// 5. A commit never replaces a later one of the same member, however long it was on its way: its
//    sequence tells. With each heartbeat a member tells the sequence of its last commit. A
//    partition that it keeps as in 3 takes no commit from before that one. A partition that it is
//    given takes no commit up to that one: others may have had the partition since, and committed.
// Example of 3: "a" reads partition 0, committed 10, and is silent for its session timeout. "b"
// gets the partition, commits 20 and leaves. "a" comes back at position 15: it must let go, and
// begins again at 20. Had "b" committed nothing, "a" would go on at 15.
// Thread safety: any thread.
// Cost: a lock; commits of members queue for the store. A new member costs a look-up in the store
// for each partition that it reads; commits wait meanwhile. A change of the members, or of the
// topics' partitions, costs time in proportion to partitions times members.
// Errors:
// - InvalidArgument for bad names, for no topic or more than kTopicsPerMemberMax, for more
//   partitions read than the topics have, and for the commit sequence 2^64 - 1.
// - NotFound when none of the topics exists. A missing topic among others has no partitions.
// - Unavailable while an operator changes the group.
// - ResourceExhausted beyond kMembersPerGroupMax or kGroupsMax.
// - Those of the store.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "agent/groups/group_activity.h"
#include "agent/lease/lease.h"
#include "agent/metadata/metadata_store.h"
#include "agent/topics/topic_catalog.h"
#include "metrics_core/mutex.h"

namespace streamhouse::agent {

inline constexpr std::size_t kMembersPerGroupMax = 1'000;
inline constexpr std::size_t kTopicsPerMemberMax = 1'000;
inline constexpr std::size_t kGroupsMax = 10'000;
// A member may ask for a session timeout within these.
inline constexpr std::chrono::milliseconds kSessionTimeoutMin{100};
inline constexpr std::chrono::milliseconds kSessionTimeoutMax{300'000};

// A member whose session timeout is this or less is heard of within that time after the agent has
// started.
inline constexpr std::chrono::milliseconds kMembersHeardWithin{6'000};

struct GroupMember {
  std::string group;
  std::string id;  // different from that of every other member
  std::vector<std::string> topics;
  std::chrono::milliseconds session_timeout{0};
  std::uint64_t commit_sequence = 0;  // of the last commit that it has sent, below 2^64 - 1
};

// A member commits an offset of a partition.
struct GroupCommit {
  std::string group;
  std::string member_id;
  TopicPartition partition;
  std::uint64_t sequence = 0;  // rises from commit to commit of a member
};

class GroupCoordinator {
 public:
  // Both must outlive the coordinator.
  GroupCoordinator(MetadataStore& store, const TopicCatalog& topics, LeaseClock clock = BootTime)
      : store_(store), topics_(topics), clock_(std::move(clock)) {}

  // The agent calls it once at its start, before it serves the first request. Groups in which
  // members have committed may still have them. Until kMembersHeardWithin has passed,
  // ChangeWhileEmpty() refuses these groups. It does not wait for members with a longer session
  // timeout.
  Status AwaitMembers();

  // The member lives, and reads `owned`. Returns the partitions that it may read. It must let go of
  // every other partition of `owned`. A partition that the call grants takes commits with a
  // sequence above member.commit_sequence only.
  // Example: a heartbeat with commit_sequence 7 grants partition 0. A commit with sequence 7 is
  // then Aborted; 8 is stored. Sequence 0 is not compared.
  Result<std::vector<TopicPartition>> Heartbeat(const GroupMember& member, std::span<const TopicPartition> owned);

  // Frees the member's partitions. Has no effect when there is no such member.
  void Leave(const std::string& group, const std::string& member_id);

  // Runs `store` for a commit of that member, one commit at a time: the last commit is stored last.
  // Aborted, without running it, when the commit is out of date:
  // - the partition is another member's,
  // - the member is not known,
  // - its sequence is too low, as in guarantee 5 (0: not looked at).
  Status Commit(const GroupCommit& commit, const std::function<Status()>& store);

  // Runs `read`, which looks up what a group has committed, while no commit of a member is under
  // way. So the next reader of a partition begins behind the last commit of its previous reader,
  // even if that commit was checked in time and is still being stored.
  template <typename Read>
  auto ReadCommits(const Read& read) {
    const metrics::MutexLock committing(commit_mutex_);
    return read();
  }

  // Runs `change` while the group has no member, and keeps new ones out meanwhile.
  // FailedPrecondition, without running it, when it has members, may have some that were not heard
  // of yet, or is being changed.
  Status ChangeWhileEmpty(const std::string& group, const std::function<Status()>& change);

  // The groups that have members, with how many.
  std::map<std::string, std::uint32_t> MemberCounts();
  // The groups that are not empty (group_activity.h).
  std::map<std::string, GroupActivity> Activities();
  // By the ids of the members: what each may read.
  std::map<std::string, std::set<TopicPartition>> Members(const std::string& group);

 private:
  struct Member {
    std::vector<std::string> topics;
    std::chrono::nanoseconds expires_at{0};
    std::set<TopicPartition> granted;                          // only this member may read them
    std::set<TopicPartition> target;                           // meant for this member
    std::map<TopicPartition, std::uint64_t> commit_sequences;  // the lowest that is not out of date
  };
  struct Group {
    std::map<std::string, Member> members;
    std::map<std::string, std::uint32_t> partition_counts;  // of the topics, when the targets were made
  };

  Status CheckMember(const GroupMember& member, std::size_t owned) const;
  bool IsKnown(const GroupMember& member);
  // Of what a new member reads, where the last commit is its own, or there is none.
  Result<std::set<TopicPartition>> FindOwnPlaces(const GroupMember& member, const std::set<TopicPartition>& reads)
      STREAMHOUSE_REQUIRES(commit_mutex_);
  // A new member keeps what it has `claimed`.
  Result<std::vector<TopicPartition>> Renew(const GroupMember& member, const std::set<TopicPartition>& reads,
                                            const std::set<TopicPartition>& claimed);
  Status CheckEmpty(const std::string& group) STREAMHOUSE_REQUIRES(mutex_);
  Result<Group*> FindOrAdd(const std::string& name) STREAMHOUSE_REQUIRES(mutex_);
  Result<std::map<std::string, std::uint32_t>> CountPartitions(const Group& group) const;
  static void AssignTargets(Group& group);
  static void AssignTopic(Group& group, const std::string& topic, std::uint32_t partitions);
  static void Claim(Group& group, Member& member, const std::set<TopicPartition>& owned, std::uint64_t last_commit);
  static void Grant(Group& group, Member& member, const std::set<TopicPartition>& reads, std::uint64_t last_commit);
  static bool IsSound(const Group& group);
  static bool IsGranted(const Group& group, const TopicPartition& partition);
  Status NoteCommit(const GroupCommit& commit) STREAMHOUSE_REQUIRES(commit_mutex_);
  bool RemoveExpired(Group& group) const;

  // Immutable after construction.
  MetadataStore& store_;
  const TopicCatalog& topics_;
  const LeaseClock clock_;

  // One commit or change at a time, while the store writes, and none while a new member joins.
  // Taken before mutex_.
  metrics::Mutex commit_mutex_;

  metrics::Mutex mutex_;  // held for moments only
  std::map<std::string, Group> groups_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::set<std::string> changing_ STREAMHOUSE_GUARDED_BY(mutex_);  // by ChangeWhileEmpty()
  // Groups whose members may not have been heard of, until then:
  std::set<std::string> awaited_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::chrono::nanoseconds awaited_until_ STREAMHOUSE_GUARDED_BY(mutex_){0};
};

}  // namespace streamhouse::agent
