// SqliteTopicTable: the rows of the tables `topics` and `deleted_topics`, and the ids that topics
// are given.
//
// When to use something else: SqliteMetadataStore is what others use.
// Guarantees:
// 1. An id is given once.
// 2. A row is checked whenever it is read, also before it is changed.
// Thread safety: that of SqliteDatabase. A caller that changes rows has begun a transaction.
// Cost: a prepared statement for each call.
// Errors: DataLoss for a damaged row, those of SqliteDatabase.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/metadata/sqlite_database.h"
#include "agent/metadata/topic_description.h"
#include "agent/metadata/topic_id_partition.h"

namespace streamhouse::agent {

class SqliteTopicTable {
 public:
  static Result<SqliteTopicTable> Prepare(SqliteDatabase& database);

  Result<std::optional<TopicDescription>> Find(const std::string& name);
  // In the order of their names.
  Result<std::vector<TopicDescription>> List();
  // Writes the row, whether it is there or not.
  Status Put(const TopicDescription& topic);
  Status Remove(const std::string& name);

  Status NoteDeleted(const DeletedLife& life);
  Result<std::vector<DeletedLife>> ListDeleted();
  Status ForgetDeleted(TopicId id);

  Result<TopicId> NextId();
  Result<bool> HasId(TopicId id);

 private:
  SqliteStatement select_;
  SqliteStatement list_;
  SqliteStatement upsert_;
  SqliteStatement delete_;
  SqliteStatement insert_deleted_;
  SqliteStatement list_deleted_;
  SqliteStatement delete_deleted_;
  SqliteStatement select_last_id_;
  SqliteStatement update_last_id_;
  SqliteStatement select_id_;
};

}  // namespace streamhouse::agent
