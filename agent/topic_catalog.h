// TopicCatalog: the topics of this agent and their partitions, by name.
//
// When to use something else: MetadataStore is where topics are kept; the catalog is what is being served.
// Guarantees: a topic that was created is served at once, and again after a restart; all partitions of a topic are
// there, or none. Finding one never waits for a disk or for the store. A log that takes no more batches is logged once,
// its lease is given up, and it stays so until the agent starts again (docs/decisions/failed_sync.md).
// Thread safety: any thread.
// Cost: Find is one shared lock and one hash look-up.
// Errors: InvalidArgument for a bad name or number of partitions, NotFound, AlreadyExists, those of the store and logs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/lease/lease_keeper.h"
#include "agent/log/file_system.h"
#include "agent/log/partition_log.h"
#include "agent/log/retention.h"
#include "agent/metadata/metadata_store.h"
#include "agent/partition.h"

namespace streamhouse::agent {

// Each partition takes a folder and two file descriptors.
inline constexpr std::uint32_t kPartitionsPerTopicMax = 1000;

struct ListedTopic {
  TopicInfo topic;
  Status served;  // or why not
};

class TopicCatalog {
 public:
  struct Options {
    std::string log_folder;
    PartitionLogOptions log;
    std::size_t record_bytes_max = 0;
    WriteMetrics metrics;
  };

  // All must outlive the catalog.
  TopicCatalog(FileSystem& files, MetadataStore& store, LeaseKeeper& leases, Options options);

  // Serves the topics that the store knows; recovers their logs, and begins to hold their leases. A topic whose logs
  // cannot be opened is logged and not served; Create() tries again, and until then LogHealth() says so. Fails when the
  // store does.
  Status Load();

  // OK when the topic exists with this number of partitions already; its retention then stays as it is.
  Status Create(const TopicInfo& topic);

  // From the next ApplyRetention() on.
  Status SetRetention(const std::string& topic, const Retention& retention);

  Result<std::shared_ptr<Partition>> Find(std::string_view topic, std::uint32_t partition) const;
  Result<std::uint32_t> PartitionCount(std::string_view topic) const;
  Result<TopicInfo> Describe(std::string_view topic) const;
  // In the order of their names; with those that are not served.
  std::vector<ListedTopic> List() const;

  // Names every topic that is not served and every log that takes no more batches, with the reason. Never waits.
  Status LogHealth() const;

  // Passes the loss of a lease on to the log, as a fence.
  void LoseLease(const TopicPartition& partition, std::uint64_t fence);

  // Wakes all who wait for records, now and from now on.
  void Drain();
  // Removes what is beyond the retention of each topic; what cannot be removed is logged, and tried the next time. A
  // log that takes no more batches is passed over in silence, as it has been logged.
  void ApplyRetention(std::int64_t now_ms);

  // Both go on to the other logs after an error, and return the first. CloseLogs logs each; SyncLogs, which comes again
  // and again, leaves out those of logs that take no more batches, as these have been logged.
  Status SyncLogs();
  Status CloseLogs();

 private:
  using Partitions = std::vector<std::shared_ptr<Partition>>;
  struct Topic {
    Retention retention;
    Partitions partitions;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  using Logs = std::vector<std::unique_ptr<PartitionLog>>;  // by partition
  Result<Logs> OpenLogs(const TopicInfo& topic) const;
  std::optional<TopicInfo> TakeUnserved(const std::string& name);
  void Serve(const TopicInfo& topic, Logs logs);
  static TopicInfo InfoOf(const std::string& name, const Topic& topic);
  Partitions All() const;

  FileSystem& files_;
  MetadataStore& store_;
  LeaseKeeper& leases_;
  const Options options_;

  std::mutex create_mutex_;  // one creation at a time; taken before mutex_

  mutable std::shared_mutex mutex_;  // held for moments only
  // guarded by mutex_
  std::unordered_map<std::string, Topic, Hash, std::equal_to<>> topics_;
  std::unordered_map<std::string, ListedTopic> unserved_;  // what Load() could not open
};

}  // namespace streamhouse::agent
