// TopicCatalog: the topics of this agent and their partitions, by name.
//
// When to use something else: MetadataStore is where topics are kept; the catalog is what is being
// served.
// Invariants:
// 1. Each partition that is served is counted once, in served_.
// Guarantees:
// 1. A topic that was created is served at once, and again after a restart.
// 2. A partition whose log cannot be opened then is logged, and Unavailable with the reason. The
//    topic is known all the same, and its other partitions are served.
// 3. Finding a partition never waits for a disk or for the store.
// 4. A log that takes no more batches is logged once, its lease is given up, and it stays so until
//    the agent starts again (docs/decisions/failed_sync.md).
// Thread safety: any thread. Inside, create_mutex_ and retention_mutex_ are locked before mutex_,
// never while it is held.
// Cost: Find is one shared lock and one hash look-up.
// Errors:
// - InvalidArgument for a bad name or number of partitions.
// - NotFound, AlreadyExists.
// - ResourceExhausted for more partitions than the process may have files open for
//   (kPartitionsPercentMax).
// - Unavailable for a partition that is not served.
// - Those of the store and logs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/lease/lease_keeper.h"
#include "agent/log/file_system.h"
#include "agent/log/partition_log.h"
#include "agent/log/retention.h"
#include "agent/metadata/metadata_store.h"
#include "agent/topics/disk_reserve.h"
#include "agent/topics/lowered_offsets.h"
#include "agent/topics/partition.h"
#include "agent/topics/pending_openings.h"
#include "agent/topics/record_metrics.h"
#include "agent/topics/stray_logs.h"
#include "agent/topics/topic_folders.h"
#include "metrics_core/counter.h"
#include "metrics_core/histogram.h"
#include "metrics_core/shared_mutex.h"

namespace streamhouse::agent {

// Each partition takes a folder and a file descriptor.
inline constexpr std::uint32_t kPartitionsPerTopicMax = 1000;

// So many of the files that the process may open are for partitions. The others are for
// connections, old segments that are read, and the metadata: without one, not even a client that
// wants to delete a topic gets in.
inline constexpr std::uint64_t kPartitionsPercentMax = 75;

enum class StrayLogPolicy : std::uint8_t { kRefuse, kAdopt };

struct ListedTopic {
  TopicDescription topic;
  Status served;  // not OK: the first partition that is not, and why
};

// The content of a deleted topic.
struct DeletedTopic {
  std::uint32_t partitions = 0;
  std::uint64_t records = 0;
};

class TopicCatalog {
 public:
  struct Options {
    std::string log_folder;
    PartitionLogOptions log;
    std::size_t record_bytes_max = 0;
    metrics::TickHistogram write_latency = {};
    RecordMetrics record_metrics = {};
    DiskReserve* reserve = nullptr;
    metrics::Counter offsets_lowered = {};  // committed offsets that were beyond the end of their log
  };

  // All must outlive the catalog.
  TopicCatalog(FileSystem& files, MetadataStore& store, LeaseKeeper& leases, Options options);

  // Serves the topics that the store knows; recovers their logs, lowers committed offsets to their
  // ends (lowered_offsets.h), and begins to hold their leases. Fails when the store does, not for a
  // partition that cannot be served.
  Status Load();

  // OK when the topic exists with this number of partitions already; its retention then stays as it
  // is. Opens the logs of such a topic that could not be opened before; Unavailable when one still
  // cannot. Logs that are in its folder without a topic are taken over (kAdopt: NotFound when there
  // are none, InvalidArgument when there are more of them) or left alone (kRefuse:
  // FailedPrecondition). Where some of these are damaged, the others are taken over and served, and
  // the first damage is told with Unavailable.
  Status Create(const TopicDescription& topic, StrayLogPolicy logs = StrayLogPolicy::kRefuse);

  // Whether Load() has found logs of this name without a topic.
  bool HasStrayLogs(const std::string& topic) const { return strays_.Contains(topic); }

  // The topic has `partitions` afterwards, more than before; its others are not touched.
  // FailedPrecondition where the folder of a new partition holds records already.
  Status AddPartitions(const std::string& topic, std::uint32_t partitions);

  // Its records, leases and committed offsets end with it (topic_removal.h). Files that cannot be
  // removed now are logged, and retried by ApplyRetention(), by Load(), and when a topic of
  // this name is created. FailedPrecondition where its folder holds records of partitions that it
  // does not have. Internal where its folder cannot be synced; then it is not deleted.
  Result<DeletedTopic> Delete(const std::string& topic);

  // Once it returns, nothing more is removed by the limits of before.
  Status SetRetention(const std::string& topic, const Retention& retention);

  Result<std::shared_ptr<Partition>> Find(std::string_view topic, std::uint32_t partition) const;
  Result<std::uint32_t> PartitionCount(std::string_view topic) const;
  Result<TopicDescription> Describe(std::string_view topic) const;
  // In the order of their names.
  std::vector<ListedTopic> List() const;

  // Not OK while there is one of these; names each of them, with the reason:
  // - a partition that is not served,
  // - a log with records that readers could not read,
  // - a log that takes no more batches,
  // - a folder with logs and without a topic, until ApplyRetention() finds that it was moved away.
  // Never waits.
  Status LogHealth() const;

  // Counts records that were refused because Find() did not find their partition.
  void NoteRefused(std::string_view topic, std::uint32_t partition, std::uint64_t records) const;

  // Passes the loss of a lease on to the log, as a fence.
  void LoseLease(const TopicPartition& partition, std::uint64_t fence);

  // Wakes all waiters for records, and refuses later ones.
  void Drain();
  // Removes the segments that are beyond the retention of their topic at that moment of the steady
  // clock. A failed removal is logged, and retried the next time. A log that takes no more batches
  // is skipped without a message, as it has been logged.
  void ApplyRetention(std::int64_t now_ms);

  // Both go on to the other logs after an error, and return the first error. CloseLogs logs each
  // error. SyncLogs, which is called again and again, logs none of a log that takes no more
  // batches: it has been logged.
  Status SyncLogs();
  Status CloseLogs();

 private:
  using Partitions = std::vector<std::shared_ptr<Partition>>;
  // Or why it is not served: DataLoss because of damage, otherwise Unavailable.
  using ServedPartition = Result<std::shared_ptr<Partition>>;
  struct Topic {
    TopicId id = 0;
    Retention retention;
    std::shared_ptr<TopicRecordMetrics> record_metrics;
    std::vector<ServedPartition> partitions = {};
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  Result<std::unique_ptr<PartitionLog>> OpenLog(const TopicPartition& name) const;
  std::shared_ptr<Partition> Serve(const TopicPartition& name, const Topic& topic, std::unique_ptr<PartitionLog> log);
  ServedPartition TryToServe(const TopicPartition& name, const Topic& topic) STREAMHOUSE_REQUIRES(create_mutex_);
  ServedPartition ServeOpened(const TopicPartition& name, const Topic& topic,
                              Result<std::unique_ptr<PartitionLog>> log);
  void CountFound(const Topic& topic, const ServedPartition& served) STREAMHOUSE_REQUIRES(create_mutex_);
  Status CheckOpenFiles(std::uint64_t more_partitions) const STREAMHOUSE_REQUIRES(create_mutex_);
  Result<std::size_t> ApplyRetentionTo(const std::string& topic, Partition& partition, std::int64_t now_ms);
  void StoreOpenings();
  std::vector<LogEnd> AllLogEnds() const;
  Status LowerOffsetsBeyond(std::span<const LogEnd> ends);
  Status CreateNew(const TopicDescription& topic, StrayLogPolicy found) STREAMHOUSE_REQUIRES(create_mutex_);
  Status FirstUnserved(const std::string& topic) const;
  // It stays where it is until the topic is deleted, which takes create_mutex_ too.
  const Topic& KnownTopic(const std::string& topic) const STREAMHOUSE_REQUIRES(create_mutex_);
  Status RetryUnserved(const std::string& topic) STREAMHOUSE_REQUIRES(create_mutex_);
  Status FinishRemovals(std::string_view topic = {}) STREAMHOUSE_REQUIRES(create_mutex_);
  void LogRemovalFailure(TopicId id, const std::string& message) STREAMHOUSE_REQUIRES(create_mutex_);
  Status FindStrayLogs();
  Status CheckUnused(const std::string& topic, std::uint32_t first, std::uint32_t end) const;
  std::vector<TopicPartition> Unserved(const std::string& topic) const;
  static void Retire(const std::vector<ServedPartition>& partitions);
  static TopicDescription InfoOf(const std::string& name, const Topic& topic);
  Partitions All() const;

  // Immutable after construction.
  FileSystem& files_;
  MetadataStore& store_;
  LeaseKeeper& leases_;
  const Options options_;

  // Any thread.
  TopicFolders folders_;
  StrayLogs strays_;
  PendingOpenings openings_;

  metrics::Mutex create_mutex_;  // one creation at a time; taken before mutex_
  // Why files of deleted topics stay, as logged last.
  std::unordered_map<TopicId, std::string> removal_failures_ STREAMHOUSE_GUARDED_BY(create_mutex_);
  std::uint64_t served_ STREAMHOUSE_GUARDED_BY(create_mutex_) = 0;  // partitions

  metrics::Mutex retention_mutex_;  // held while something is removed by the limits of one moment; taken before mutex_

  // Held for moments only. Shared: each Produce and Fetch looks a partition up.
  mutable metrics::SharedMutex mutex_;
  std::unordered_map<std::string, Topic, Hash, std::equal_to<>> topics_ STREAMHOUSE_GUARDED_BY(mutex_);
};

}  // namespace streamhouse::agent
