// OffsetCommitter: tells the broker what a group has finished with, when asked and, if wanted, by
// itself at each commit interval.
//
// When to use something else: Consumer; this is its inside.
// Invariants:
// 1. last_sequence() only rises: each commit is sent with a higher sequence than all before it.
// 2. A commit that ends has begun, and no other has begun meanwhile.
// Guarantees:
// 1. Only positions passed to Finish() are committed: the latest one of each partition, higher or
//    lower than the one before.
// 2. A position goes only to the log that it counts in. A position that the broker already has is
//    not committed again.
// 3. A failed commit loses nothing: the offset is committed with the next one.
// 4. Commits do not overlap, and each has a higher sequence than the one before. So a commit whose
//    response was lost cannot undo a later one.
// 5. No commit of a partition is sent after Remove().
// Thread safety: every method, from any thread; no lock that Finish() takes is held during a call
// to the broker.
// Cost: a call to the broker per partition that has moved; a thread if it commits by itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "client/broker.h"
#include "client/consumer_metrics.h"
#include "client/log_life.h"
#include "client/record.h"
#include "metrics_core/mutex.h"
#include "metrics_core/status.h"

namespace streamhouse::client {

class OffsetCommitter {
 public:
  struct CommittedPartition {
    TopicPartition partition;
    std::optional<LogPosition> committed;  // as far as the broker is known to have it
    ConsumerPartitionMetrics metrics;
  };

  // `member_id` may be empty, as in GroupMember.
  OffsetCommitter(std::shared_ptr<Broker> broker, std::string group, std::string member_id,
                  std::chrono::nanoseconds request_timeout);
  ~OffsetCommitter();  // GiveUp()
  OffsetCommitter(const OffsetCommitter&) = delete;
  OffsetCommitter& operator=(const OffsetCommitter&) = delete;

  // From now on, commits every `interval` until Stop(). Once. kUnavailable where the system has no
  // thread left.
  Status CommitEvery(std::chrono::nanoseconds interval);

  // Takes care of one more partition, and sets the gauge of what is already committed.
  void Add(CommittedPartition added);

  // Forgets a partition; no gauge of it is set afterwards. Waits for its commit under way, which
  // the request time-out bounds.
  void Remove(const TopicPartition& partition);

  // The group is done with everything before `next`; nothing for a partition that is not taken care
  // of.
  void Finish(const TopicPartition& partition, const LogPosition& next);

  // Commits what is finished now. The first failure; it does not keep other partitions from their
  // commits.
  Status CommitFinished();

  // Of the last commit that was sent; 0 before the first one.
  std::uint64_t last_sequence() const;

  // What the latest commit failed with, while none has succeeded since; otherwise OK.
  Status failure() const;

  // Ends the commits of its own, and waits for one under way, which its request time-out bounds:
  // cut short, it might still arrive, and what is committed would be unknown. CommitFinished()
  // still works.
  void Stop();

  // The same, but cuts a commit under way short; for a caller that commits nothing afterwards.
  // CommitFinished() fails from now on.
  void GiveUp();

 private:
  struct Progress {
    std::optional<LogPosition> finished;
    std::optional<LogPosition> committed;
    ConsumerPartitionMetrics metrics;
  };

  void Run(std::chrono::nanoseconds interval);
  std::vector<TopicPartition> Uncommitted() const;
  Status CommitOne(const TopicPartition& partition, const CallLimits& limits) STREAMHOUSE_REQUIRES(commit_mutex_);
  // What there is to commit of the partition, if there still is something. EndCommit() follows.
  std::optional<LogPosition> BeginCommit(const TopicPartition& partition) STREAMHOUSE_REQUIRES(commit_mutex_);
  void EndCommit(const std::optional<LogPosition>& committed) STREAMHOUSE_REQUIRES(commit_mutex_);

  // Immutable after construction.
  const std::shared_ptr<Broker> broker_;
  const std::string group_;
  const std::string member_id_;
  const std::chrono::nanoseconds request_timeout_;

  metrics::Mutex commit_mutex_;  // one commit at a time; taken before mutex_

  mutable metrics::Mutex mutex_;
  metrics::CondVar stopped_;
  metrics::CondVar commit_ended_;
  std::optional<TopicPartition> under_way_ STREAMHOUSE_GUARDED_BY(mutex_);  // its commit is
  std::uint64_t last_sequence_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
  std::map<TopicPartition, Progress> progress_ STREAMHOUSE_GUARDED_BY(mutex_);
  Status failure_ STREAMHOUSE_GUARDED_BY(mutex_);

  // Any thread.
  std::stop_source stop_;
  std::stop_source give_up_;

  std::thread thread_;  // of the thread that calls CommitEvery(), Stop() and GiveUp()
};

}  // namespace streamhouse::client
