#include "agent/metadata/sqlite_topic_table.h"

#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

#include "agent/metadata/sqlite_transaction.h"

namespace streamhouse::agent {
namespace {

constexpr std::string_view kTable = "topics";
constexpr std::string_view kDeleted = "deleted_topics";

Result<TopicDescription> TopicOf(const SqliteStatement& row) {
  if (Status checked = row.CheckRow(kTable); !checked.ok()) return checked;
  return TopicDescription{.name = row.Text(0),
                          .partitions = static_cast<std::uint32_t>(row.Integer(2)),
                          .retention = {.age_max = std::chrono::milliseconds(row.Integer(3)),
                                        .bytes_max = static_cast<std::uint64_t>(row.Integer(4))},
                          .id = static_cast<TopicId>(row.Integer(1))};
}

}  // namespace

Result<SqliteTopicTable> SqliteTopicTable::Prepare(SqliteDatabase& database) {
  SqliteTopicTable table;
  Status prepared = PrepareAll(
      database,
      {{table.select_, "SELECT * FROM topics WHERE name = ?1"},
       {table.list_, "SELECT * FROM topics ORDER BY name"},
       {table.upsert_,
        "INSERT INTO topics VALUES (?1, ?2, ?3, ?4, ?5, row_checksum('topics', ?1, ?2, ?3, ?4, ?5))"
        " ON CONFLICT (name) DO UPDATE SET topic_id = excluded.topic_id, partitions = excluded.partitions,"
        " retention_ms = excluded.retention_ms, retention_bytes = excluded.retention_bytes,"
        " checksum = excluded.checksum"},
       {table.delete_, "DELETE FROM topics WHERE name = ?1"},
       {table.insert_deleted_, "INSERT INTO deleted_topics VALUES (?1, ?2, row_checksum('deleted_topics', ?1, ?2))"},
       {table.list_deleted_, "SELECT * FROM deleted_topics ORDER BY topic_id"},
       {table.delete_deleted_, "DELETE FROM deleted_topics WHERE topic_id = ?1"},
       {table.select_last_id_, "SELECT * FROM store_state WHERE name = 'last_topic_id'"},
       {table.update_last_id_,
        "UPDATE store_state SET value = ?1, checksum = row_checksum('store_state', name, ?1)"
        " WHERE name = 'last_topic_id'"},
       {table.select_id_, "SELECT 1 FROM topics WHERE topic_id = ?1"}});
  if (!prepared.ok()) return prepared;
  return table;
}

Result<std::optional<TopicDescription>> SqliteTopicTable::Find(const std::string& name) {
  SqliteUse select(select_);
  select->Bind(1, name);
  auto row = select->Step();
  if (!row.ok()) return row.status();
  if (*row == SqliteStatement::Row::kDone) return std::optional<TopicDescription>();
  auto topic = TopicOf(*select);
  if (!topic.ok()) return topic.status();
  return std::optional<TopicDescription>(*std::move(topic));
}

Result<std::vector<TopicDescription>> SqliteTopicTable::List() {
  SqliteUse list(list_);
  std::vector<TopicDescription> topics;
  for (;;) {
    auto row = list->Step();
    if (!row.ok()) return row.status();
    if (*row == SqliteStatement::Row::kDone) return topics;
    auto topic = TopicOf(*list);
    if (!topic.ok()) return topic.status();
    topics.push_back(*std::move(topic));
  }
}

Status SqliteTopicTable::Put(const TopicDescription& topic) {
  SqliteUse upsert(upsert_);
  upsert->Bind(1, topic.name)
      .Bind(2, static_cast<std::int64_t>(topic.id))
      .Bind(3, static_cast<std::int64_t>(topic.partitions))
      .Bind(4, static_cast<std::int64_t>(topic.retention.age_max.count()))
      .Bind(5, static_cast<std::int64_t>(topic.retention.bytes_max));
  return upsert->Step().status();
}

Status SqliteTopicTable::Remove(const std::string& name) {
  SqliteUse remove(delete_);
  remove->Bind(1, name);
  return remove->Step().status();
}

Status SqliteTopicTable::NoteDeleted(const DeletedLife& life) {
  SqliteUse insert(insert_deleted_);
  insert->Bind(1, static_cast<std::int64_t>(life.id)).Bind(2, life.topic);
  return insert->Step().status();
}

Result<std::vector<DeletedLife>> SqliteTopicTable::ListDeleted() {
  SqliteUse list(list_deleted_);
  std::vector<DeletedLife> lives;
  for (;;) {
    auto row = list->Step();
    if (!row.ok()) return row.status();
    if (*row == SqliteStatement::Row::kDone) return lives;
    if (Status checked = list->CheckRow(kDeleted); !checked.ok()) return checked;
    lives.push_back({.topic = list->Text(1), .id = static_cast<TopicId>(list->Integer(0))});
  }
}

Status SqliteTopicTable::ForgetDeleted(TopicId id) {
  SqliteUse remove(delete_deleted_);
  remove->Bind(1, static_cast<std::int64_t>(id));
  return remove->Step().status();
}

Result<TopicId> SqliteTopicTable::NextId() {
  std::int64_t id = 0;
  {
    SqliteUse select(select_last_id_);
    if (auto row = select->Step(); !row.ok()) return row.status();
    if (Status checked = select->CheckRow("store_state"); !checked.ok()) return checked;
    id = select->Integer(1) + 1;
  }
  SqliteUse update(update_last_id_);
  update->Bind(1, id);
  if (auto row = update->Step(); !row.ok()) return row.status();
  return static_cast<TopicId>(id);
}

Result<bool> SqliteTopicTable::HasId(TopicId id) {
  SqliteUse select(select_id_);
  select->Bind(1, static_cast<std::int64_t>(id));
  auto row = select->Step();
  if (!row.ok()) return row.status();
  return *row == SqliteStatement::Row::kHere;
}

}  // namespace streamhouse::agent
