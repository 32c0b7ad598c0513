// LagRefresh: shows the lag of every group with a commit, and the extent of every log, each time
// that it is called.
//
// When to use something else: ConsumerGroups::Describe() for one group right now.
// Invariants, after each refresh:
// 1. commits_ has the commits that this refresh has found, and no older ones. The first
//    kGroupPartitionsShownMax of them have series, the others have none.
// 2. groups_ has each group of commits_, or the first kGroupsShownMax groups.
// 3. partitions_ has at most kPartitionsShownMax partitions.
// Guarantees:
// 1. A value on the page is that of the last refresh, which read the commits first and the ends of
//    the logs after them. So a lag is the difference of a commit and an end within that refresh,
//    and never too small for a moment of it.
// 2. An unknown value has no series. After a refresh that could not read the commits, no group has
//    any.
// 3. The series of a partition, or of a group, end with the first refresh after its deletion. Names
//    are those of topics that the catalog serves, and of groups that have committed or have
//    members.
// 4. Of each kind at most kPartitionsShownMax, kGroupPartitionsShownMax and kGroupsShownMax have
//    series. Of commits and groups, these are the first in the order of group, topic id and
//    partition. The others are counted, and stay in the sums of their group. Of logs, these are the
//    ones that came first; the others are not counted.
// 5. A partition whose lease another agent has is left out. For example, an agent that takes over
//    from one that was killed shows a lag once it has the lease.
// 6. A refresh waits for no append, and no append waits for more than a look-up in memory.
// Thread safety: Refresh() from one thread at a time.
// Cost: one call of the store for all commits; bench/scale_bench.cc has the time for 10,000 of
// them.
// Errors: those of the store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "agent/groups/group_coordinator.h"
#include "agent/groups/group_times.h"
#include "agent/lag/group_partition_series.h"
#include "agent/lag/group_series.h"
#include "agent/lag/lag_metrics.h"
#include "agent/lag/partition_lag_reader.h"
#include "agent/lag/partition_series.h"
#include "agent/log/log_clocks.h"
#include "agent/metadata/metadata_store.h"
#include "agent/topics/topic_catalog.h"
#include "metrics_core/clock.h"
#include "metrics_core/mutex.h"

namespace streamhouse::agent {

struct LagClocks {
  WallClock wall = metrics::Clock::UnixMilliseconds;
  SteadyClock steady = SteadyMilliseconds;  // that of the logs
};

class LagRefresh {
 public:
  // All must outlive this.
  LagRefresh(MetadataStore& store, const TopicCatalog& topics, GroupCoordinator& members, GroupTimes& times,
             const LagMetrics& metrics, LagClocks clocks = {});
  LagRefresh(const LagRefresh&) = delete;
  LagRefresh& operator=(const LagRefresh&) = delete;

  Status Refresh();

 private:
  // A partition of a topic that is being served, or why it is not.
  struct ServedPartition {
    std::shared_ptr<Partition> partition;  // null: its log could not be opened
    LogExtent extent = {};
  };
  struct ServedTopic {
    TopicDescription topic;
    std::map<std::uint32_t, ServedPartition> partitions = {};  // without partitions of another agent
  };
  using Topics = std::unordered_map<TopicId, ServedTopic>;
  struct CommitKey {
    std::string group;
    TopicIdPartition partition;

    friend auto operator<=>(const CommitKey&, const CommitKey&) = default;
  };
  struct FollowedCommit {
    std::uint64_t committed = 0;
    std::uint64_t round = 0;  // the last refresh that found the commit
    PartitionLagReader reader = {};
    std::unique_ptr<GroupPartitionSeries> series = {};  // null: left out
  };
  using GroupLags = std::map<std::string, GroupLag>;

  Topics ListServed() const;
  void ShowPartitions(const Topics& topics);
  void Follow(const std::vector<CommittedOffset>& commits, const Topics& topics);
  GroupLags ShowCommits(const Topics& topics);
  // Groups that have ended by then are forgotten, with all that was noted before `begun`.
  void ShowGroups(const GroupLags& lags, GroupTimes::Mark begun);
  bool HasCommitsOfThisRound() const;
  bool HasGroupsOfCommits() const;

  // Immutable after construction.
  MetadataStore& store_;
  const TopicCatalog& topics_;
  GroupCoordinator& members_;
  GroupTimes& times_;
  const LagMetrics& metrics_;
  const LagClocks clocks_;

  // Touched by Refresh() alone.
  std::uint64_t round_ = 0;
  std::map<TopicIdPartition, std::unique_ptr<PartitionSeries>> partitions_;
  std::map<CommitKey, FollowedCommit> commits_;
  std::map<std::string, std::unique_ptr<GroupSeries>> groups_;

  metrics::Mutex mutex_;
  // When the last complete one began, in nanoseconds.
  std::optional<std::uint64_t> complete_since_ STREAMHOUSE_GUARDED_BY(mutex_);

  metrics::CallbackFamily::Token age_;  // last: its callback reads the others
};

}  // namespace streamhouse::agent
