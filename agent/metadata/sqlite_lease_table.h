// SqliteLeaseTable: the rows of table `partition_leases`.
//
// When to use something else: SqliteMetadataStore is what others use.
// Guarantees:
// 1. A row is never removed, so that its epoch never starts again.
// 2. A row is checked whenever it is read, also before it is changed.
// Thread safety: that of SqliteDatabase. A caller that changes rows has begun a transaction.
// Cost: some prepared statements for each call.
// Errors: DataLoss for a damaged row, those of SqliteDatabase.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "agent/metadata/lease_row.h"
#include "agent/metadata/sqlite_database.h"
#include "agent/metadata/topic_partition.h"

namespace streamhouse::agent {

class SqliteLeaseTable {
 public:
  static Result<SqliteLeaseTable> Prepare(SqliteDatabase& database);

  Result<std::optional<LeaseRow>> Find(const TopicPartition& partition);
  Result<LeaseRow> Acquire(const LeaseClaim& claim, const std::string& holder, std::chrono::milliseconds duration);
  // Aborted unless the row has this holder and this epoch.
  Status Release(const TopicPartition& partition, const std::string& holder, std::uint64_t epoch);
  // A row that has no holder yet, or was released, has at least this epoch, and no holder.
  Status RaiseEpoch(const TopicPartition& partition, std::uint64_t epoch);
  // Those of all partitions of a topic.
  Status ReleaseAll(const std::string& topic);

 private:
  Status Put(const TopicPartition& partition, const LeaseRow& row);

  SqliteStatement select_;
  SqliteStatement select_partitions_;
  SqliteStatement upsert_;
  SqliteStatement now_;
};

}  // namespace streamhouse::agent
