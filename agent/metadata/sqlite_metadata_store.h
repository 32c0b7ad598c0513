// SqliteMetadataStore: the metadata store that needs no server: one SQLite file, in WAL mode.
//
// When to use something else: where agents run on several machines; SQLite over a network file system is not safe.
// Guarantees: those of MetadataStore. Its clock is that of this machine, which all users of the file share. A file that
// a newer program has written is refused, and not touched.
// Thread safety: any thread; calls queue for one connection. Several processes may use the file at a time.
// Cost: a write waits for the disk (synchronous=FULL: an epoch must not be forgotten that a log has recorded); the
// leases of one call share one transaction, and so one wait.
// Errors: those of MetadataStore; Open fails with FailedPrecondition for a newer schema.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "agent/metadata/metadata_store.h"
#include "agent/metadata/sqlite_database.h"

namespace streamhouse::agent {

inline constexpr std::int64_t kSqliteSchemaVersion = 1;
// How long a call waits for another process that is writing.
inline constexpr std::chrono::milliseconds kSqliteBusyTimeout{2000};

class SqliteMetadataStore final : public MetadataStore {
 public:
  static Result<std::unique_ptr<SqliteMetadataStore>> Open(const std::string& path);
  // For tests of what time does: `clock` stands for the store's clock.
  static Result<std::unique_ptr<SqliteMetadataStore>> OpenWithClock(const std::string& path, StoreClock clock);

  Status CreateTopic(const TopicInfo& topic) override;
  Status SetRetention(const std::string& topic, const Retention& retention) override;
  Result<std::vector<TopicInfo>> ListTopics() override;
  Result<std::vector<LeaseRow>> AcquireLeases(std::span<const TopicPartition> partitions, const std::string& holder,
                                              std::chrono::milliseconds duration) override;
  Status ReleaseLease(const TopicPartition& partition, const std::string& holder, std::uint64_t epoch) override;
  Result<std::optional<LeaseRow>> FindLease(const TopicPartition& partition) override;
  Status CommitOffset(const std::string& group, const TopicPartition& partition, std::uint64_t offset) override;
  Result<std::optional<std::uint64_t>> FindCommittedOffset(const std::string& group,
                                                           const TopicPartition& partition) override;

 private:
  explicit SqliteMetadataStore(std::unique_ptr<SqliteDatabase> database) : database_(std::move(database)) {}
  Status PrepareSchema();
  Status PrepareStatements();
  Result<std::optional<LeaseRow>> SelectLease(const TopicPartition& partition);
  Result<LeaseRow> AcquireOne(const TopicPartition& partition, const std::string& holder,
                              std::chrono::milliseconds duration);

  std::mutex mutex_;
  // guarded by mutex_
  std::unique_ptr<SqliteDatabase> database_;
  SqliteStatement insert_topic_;
  SqliteStatement update_retention_;
  SqliteStatement select_topic_;
  SqliteStatement list_topics_;
  SqliteStatement acquire_lease_;
  SqliteStatement release_lease_;
  SqliteStatement select_lease_;
  SqliteStatement upsert_offset_;
  SqliteStatement select_offset_;
};

}  // namespace streamhouse::agent
