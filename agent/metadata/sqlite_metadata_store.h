// SqliteMetadataStore: the metadata store that needs no server: one SQLite file, in WAL mode.
//
// When to use something else: where the disk is a network file system, on which SQLite is not safe.
// Guarantees:
// 1. Those of MetadataStore.
// 2. A file of a newer program is refused, and not touched; one of an older program is converted
//    (sqlite_schema.h).
// Thread safety: any thread; calls queue for one connection. Several processes may use the file at
// a time.
// Cost: a write waits for the disk (synchronous=FULL), because the store must not forget an epoch
// that a log has recorded. The leases of one call share one transaction, and so one wait.
// Errors: those of MetadataStore; Open fails with FailedPrecondition for a newer schema, and with
// DataLoss when a row or a table is not as it was written.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "agent/log/file_system.h"
#include "agent/log/log_clocks.h"
#include "agent/metadata/metadata_store.h"
#include "agent/metadata/sqlite_database.h"
#include "agent/metadata/sqlite_lease_table.h"
#include "agent/metadata/sqlite_offset_table.h"
#include "agent/metadata/sqlite_opening_table.h"
#include "agent/metadata/sqlite_topic_table.h"
#include "metrics_core/mutex.h"

namespace streamhouse::agent {

// How long a call waits for another process that is writing.
inline constexpr std::chrono::milliseconds kSqliteBusyTimeout{2000};

class SqliteMetadataStore final : public MetadataStore {
 public:
  using MakeRoom = std::function<bool(const Status& failure)>;

  static Result<std::unique_ptr<SqliteMetadataStore>> Open(const std::string& path);
  // For tests of what time does: `clock` stands for the clock of this machine.
  static Result<std::unique_ptr<SqliteMetadataStore>> OpenWithClock(const std::string& path, WallClock clock);

  // Called when a change has failed and may have found no room on the disk. If it returns true, the
  // change is retried once. To be set before the first call.
  void set_make_room(MakeRoom make_room) { make_room_ = std::move(make_room); }
  // Keeps it until the store goes.
  void set_lock(std::unique_ptr<FolderLock> lock) { lock_ = std::move(lock); }

  Result<TopicDescription> CreateTopic(const TopicDescription& topic) override;
  Result<LeasedTopic> CreateLeasedTopic(const TopicDescription& topic, const std::string& holder,
                                        std::chrono::milliseconds duration) override;
  Status DeleteTopic(const std::string& topic, TopicId id) override;
  Result<std::vector<DeletedLife>> ListDeleted() override;
  Status ForgetDeleted(TopicId id) override;
  Status AddPartitions(const std::string& topic, std::uint32_t partitions) override;
  Status SetRetention(const std::string& topic, const Retention& retention) override;
  Result<std::vector<TopicDescription>> ListTopics() override;
  Result<std::vector<LeaseRow>> AcquireLeases(std::span<const LeaseClaim> claims, const std::string& holder,
                                              std::chrono::milliseconds duration) override;
  Status ReleaseLease(const TopicPartition& partition, const std::string& holder, std::uint64_t epoch) override;
  Status RaiseEpoch(const TopicPartition& partition, std::uint64_t epoch) override;
  Result<std::optional<LeaseRow>> FindLease(const TopicPartition& partition) override;
  Result<std::optional<CommittedOffset>> FindCommit(const std::string& group,
                                                    const TopicIdPartition& partition) override;
  Result<std::vector<CommittedOffset>> ListCommittedOffsets(const OffsetFilter& filter) override;
  Status ChangeOffsets(std::span<const OffsetChange> changes) override;
  Status StoreOpenings(std::span<const StoredOpenings> logs) override;
  Result<std::vector<LogOpening>> FindOpenings(const TopicIdPartition& partition) override;

 private:
  explicit SqliteMetadataStore(std::unique_ptr<SqliteDatabase> database) : database_(std::move(database)) {}
  using Change = std::function<Status()>;

  // Runs `change` in a transaction, and takes everything back unless it returns OK.
  Status InTransaction(const Change& change) STREAMHOUSE_REQUIRES(mutex_);
  Status TryInTransaction(const Change& change) STREAMHOUSE_REQUIRES(mutex_);
  // In a transaction.
  Result<TopicDescription> FindOrPut(const TopicDescription& topic) STREAMHOUSE_REQUIRES(mutex_);
  // Changes the row of a topic.
  Status ChangeTopic(const std::string& topic, const std::function<Status(TopicDescription& row)>& change);

  // Set before any other thread has the store.
  MakeRoom make_room_ = [](const Status&) { return false; };
  std::unique_ptr<FolderLock> lock_;

  metrics::Mutex mutex_;
  std::unique_ptr<SqliteDatabase> database_ STREAMHOUSE_GUARDED_BY(mutex_);
  SqliteTopicTable topics_ STREAMHOUSE_GUARDED_BY(mutex_);
  SqliteLeaseTable leases_ STREAMHOUSE_GUARDED_BY(mutex_);
  SqliteOffsetTable offsets_ STREAMHOUSE_GUARDED_BY(mutex_);
  SqliteOpeningTable openings_ STREAMHOUSE_GUARDED_BY(mutex_);
};

}  // namespace streamhouse::agent
