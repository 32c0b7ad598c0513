// SqliteOpeningTable: the rows of table `log_openings`.
//
// When to use something else: SqliteMetadataStore is what others use.
// Guarantees: a row is checked whenever it is read.
// Thread safety: that of SqliteDatabase. A caller that changes rows has begun a transaction.
// Cost: some prepared statements for each call.
// Errors: DataLoss for a damaged row, those of SqliteDatabase.
#pragma once

#include <vector>

#include "agent/log/log_openings.h"
#include "agent/metadata/sqlite_database.h"
#include "agent/metadata/stored_openings.h"
#include "agent/metadata/topic_id_partition.h"

namespace streamhouse::agent {

class SqliteOpeningTable {
 public:
  static Result<SqliteOpeningTable> Prepare(SqliteDatabase& database);

  // In the order of their ids.
  Result<std::vector<LogOpening>> Find(const TopicIdPartition& partition);
  // Takes the place of what was there.
  Status Put(const StoredOpenings& log);
  // Those of all partitions.
  Status RemoveAll(TopicId topic_id);

 private:
  SqliteStatement select_;
  SqliteStatement insert_;
  SqliteStatement delete_;
  SqliteStatement delete_topic_;
};

}  // namespace streamhouse::agent
