// SqliteOffsetTable: the rows of table `committed_offsets`.
//
// When to use something else: SqliteMetadataStore is what others use.
// Guarantees: a row is checked whenever it is read.
// Thread safety: that of SqliteDatabase. A caller that changes several rows has begun a
// transaction.
// Cost: a statement for each call; they are compiled once.
// Errors: DataLoss for a damaged row, those of SqliteDatabase.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/metadata/committed_offset.h"
#include "agent/metadata/sqlite_database.h"
#include "agent/metadata/topic_id_partition.h"

namespace streamhouse::agent {

class SqliteOffsetTable {
 public:
  // After PrepareTables() (sqlite_schema.h). `database` must outlive the table.
  static Result<SqliteOffsetTable> Prepare(SqliteDatabase& database);

  Result<std::optional<CommittedOffset>> Find(const std::string& group, const TopicIdPartition& partition);
  // In the order of group, topic id and partition.
  Result<std::vector<CommittedOffset>> List(const OffsetFilter& filter);
  // Writes the row; removes it where OffsetChange::offset is absent. OK when there is none to
  // remove.
  Status Change(const OffsetChange& change);
  // Those of all groups.
  Status RemoveAll(TopicId topic_id);

 private:
  SqliteStatement select_;
  SqliteStatement list_;
  SqliteStatement list_group_;
  SqliteStatement list_topic_;
  SqliteStatement upsert_;
  SqliteStatement delete_;
  SqliteStatement delete_topic_;
};

}  // namespace streamhouse::agent
