// Consumer: reads topics from where its group left off, and remembers how far it got.
//
// When to use something else: Broker::Fetch, to read a range once.
// Invariants:
// 1. A partition is subscribed at most once.
// 2. With a group, it reads only partitions that the group had given it at the last Poll().
// Guarantees:
// 1. With a group, it reads the partitions that the broker gives it. Members of a group share the
//    partitions of their topics, and share them again when one joins, leaves or falls silent.
//    Without a group, it reads all partitions that its topics had when it was built.
// 2. A change of the group takes effect in Poll(). A partition that is to be let go is committed
//    (kAutomatic) and leaves. A partition that is given is read from where the group has got to.
// 3. A member that does not call Poll() for max_poll_interval loses its partitions.
// 4. Poll() returns as soon as there is a record, and otherwise waits for its whole timeout.
// 5. Partitions are read ahead in parallel; one that is idle or failing delays no other.
// 6. At least once: with CommitMode::kAutomatic an offset is committed only when the records before
//    it are finished. A record is finished when a Poll() returned it and another Poll() or Close()
//    has followed. After a crash, or destruction without Close(), the records since the last commit
//    come again.
// 7. A failure moves no position: the same records are asked for again.
// 8. Without a group it starts where OffsetReset says and commits nothing.
// 9. A group that has committed continues at its committed offset. Where retention has passed that
//    place, it continues with the first record left; where the log ends before it, at the end.
// 10. A log that has lost its end, as after a power cut of the agent, is read on from its new end.
//     No record that was written since is left out.
// 11. A topic that was deleted and created again is read as by a group that never committed. No
//     commit for the old topic reaches the new one.
// 12. Damaged records stop a partition: Poll() returns kDataLoss with their offsets until they are
//     gone, or sought past. With report_damage they are skipped, reported and counted.
// 13. A partition that is paused is not read on, keeps its position, and is still committed and
//     lagging.
// Thread safety: Poll, Seek, Pause, Resume, Commit and Close from one thread at a time; Lag,
// Position and Committed from any thread, at any time, also during a Poll().
// Cost: a thread per partition, one for the lag, one for automatic commits and one for the group. A
// Poll() in which partitions come or go also waits for the broker. A record is not copied after it
// has been taken off the wire. Prefetched records are bounded by
// PartitionFetcher::kPrefetchedBatches fetches per partition, outside of what Poll() returned.
//
//   auto consumer = Consumer::Builder().broker(broker).options({.topics = {"orders"}, .group = "billing"}).Build();
//   while (running) {
//     auto polled = (*consumer)->Poll(std::chrono::seconds(1));
//     if (polled.ok()) for (const ConsumedRecord& record : *polled) Handle(record);
//   }
//   Status committed = (*consumer)->Close();
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/broker.h"
#include "client/consumer_metrics.h"
#include "client/internal/arrival_signal.h"
#include "client/internal/group_membership.h"
#include "client/internal/offset_committer.h"
#include "client/internal/partition_fetcher.h"
#include "client/lag_monitor.h"
#include "client/log_life.h"
#include "client/offset_reset.h"
#include "client/polled_records.h"
#include "client/record.h"
#include "metrics_core/histogram.h"
#include "metrics_core/mutex.h"
#include "metrics_core/status.h"

namespace streamhouse::client {

enum class CommitMode : std::uint8_t {
  kAutomatic,  // what is finished, every auto_commit_interval and at Close()
  kManual,     // when Commit() is called, and only then
};

struct ConsumerOptions {
  std::vector<std::string> topics = {};  // one or more; the same one twice counts once
  std::string group = {};                // none by default
  FetchOptions fetch = {};
  CommitMode commit_mode = CommitMode::kAutomatic;
  std::chrono::nanoseconds auto_commit_interval = std::chrono::seconds(5);
  std::chrono::nanoseconds lag_refresh_interval = std::chrono::seconds(30);
  GroupOptions group_options = {};
};

class Consumer {
 public:
  class Builder;

  ~Consumer();  // commits nothing; Close() does
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  // At most one fetch of each partition. Empty when there was nothing to read. When there was
  // nothing to read because a fetch or an automatic commit fails, the failure, naming the
  // partition; the call is retried meanwhile, and polling on is right. kFailedPrecondition
  // after Close().
  Result<PolledRecords> Poll(std::chrono::nanoseconds timeout);

  // Commits the position of every partition: all that Poll() has returned is finished.
  // kFailedPrecondition without a group or after Close(); otherwise the broker's failure, after
  // which the offsets go out again with the next commit.
  Status Commit();

  // The next Poll() continues there. kNotFound for a partition that is not read here, as for all
  // below.
  Status Seek(std::string_view topic, std::uint32_t partition, Offset offset);

  // Poll() returns nothing of the partition until it is resumed, or comes back after it was another
  // member's.
  Status Pause(std::string_view topic, std::uint32_t partition);
  Status Resume(std::string_view topic, std::uint32_t partition);

  // What is read here, sorted; with a group, as of the last Poll().
  std::vector<TopicPartition> Assignment() const;

  // The offset of the next record that Poll() will return.
  Result<Offset> Position(std::string_view topic, std::uint32_t partition) const;

  // What the group has committed, as the broker has it now. kFailedPrecondition without a group.
  Result<std::optional<Offset>> Committed(std::string_view topic, std::uint32_t partition) const;

  // How many records the broker has now that can be read and were not returned yet. kUnavailable
  // for a moment after the topic was deleted and created again.
  Result<std::uint64_t> Lag(std::string_view topic, std::uint32_t partition) const;

  // Stops reading, commits what is finished (kAutomatic), and takes this consumer's gauges off the
  // page. The failure of that commit, if it failed. Again: OK. With an agent that does not answer
  // it takes up to two request time-outs, one for a commit under way, and a session time-out.
  Status Close();

 private:
  struct Subscription {
    Subscription(Consumer& consumer, const TopicPartition& partition, const LogPosition& start);

    // Of the polling thread.
    void ShowPosition();

    const ConsumerTopicMetrics topic_metrics;
    const ConsumerPartitionMetrics partition_metrics;
    PartitionFetcher fetcher;
    // Of the polling thread.
    bool is_paused = false;
    std::optional<Offset> shown_position;
  };
  using Subscriptions = std::map<TopicPartition, std::shared_ptr<Subscription>>;

  Consumer(std::shared_ptr<Broker> broker, const ConsumerMetrics& metrics, ConsumerOptions options);

  bool commits_automatically() const;
  Status Start();
  Result<std::vector<TopicPartition>> AllPartitions() const;
  Status Subscribe(const TopicPartition& partition);
  void Unsubscribe(const TopicPartition& partition);
  // Makes the subscriptions what the group says; the first failure to do so.
  Status FollowGroup();
  std::shared_ptr<Subscription> Find(std::string_view topic, std::uint32_t partition) const;
  Subscriptions Snapshot() const;
  void FinishReturned();
  PolledRecords TakePrefetched();
  Status BackgroundFailure() const;
  void StopThreads();

  // Immutable after construction.
  const std::shared_ptr<Broker> broker_;
  const ConsumerMetrics metrics_;
  const ConsumerOptions options_;
  const metrics::TickHistogram poll_duration_;

  // Immutable after Start(), and used by any thread.
  ArrivalSignal arrivals_;                       // outlives the fetchers and the membership
  std::unique_ptr<OffsetCommitter> committer_;   // outlives the membership
  std::unique_ptr<GroupMembership> membership_;  // null without a group
  std::unique_ptr<LagMonitor> lag_monitor_;

  // Of the polling thread.
  bool closed_ = false;

  mutable metrics::Mutex mutex_;
  Subscriptions subscriptions_ STREAMHOUSE_GUARDED_BY(mutex_);  // changed by the polling thread alone
};

class Consumer::Builder {
 public:
  Builder& broker(std::shared_ptr<Broker> broker);
  Builder& metrics(const ConsumerMetrics& metrics);  // sinks by default
  Builder& options(ConsumerOptions options);

  // Joins the group, and asks the broker for the partitions and for where to start.
  // kInvalidArgument without a broker or a topic, or with an interval that is not positive:
  // Status::field() is "broker" or a field of ConsumerOptions. kOutOfRange when OffsetReset::kNone
  // has no offset to continue from. kUnavailable where the system has no threads left. Otherwise
  // the broker's failure.
  Result<std::unique_ptr<Consumer>> Build() const;

 private:
  std::shared_ptr<Broker> broker_;
  ConsumerMetrics metrics_;
  ConsumerOptions options_;
};

}  // namespace streamhouse::client
