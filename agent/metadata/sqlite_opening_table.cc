#include "agent/metadata/sqlite_opening_table.h"

#include <cstdint>
#include <string_view>

#include "agent/metadata/sqlite_transaction.h"

namespace streamhouse::agent {
namespace {

constexpr std::string_view kTable = "log_openings";

void BindKey(SqliteStatement& statement, const TopicIdPartition& partition) {
  statement.Bind(1, static_cast<std::int64_t>(partition.topic_id));
  statement.Bind(2, static_cast<std::int64_t>(partition.partition));
}

}  // namespace

Result<SqliteOpeningTable> SqliteOpeningTable::Prepare(SqliteDatabase& database) {
  SqliteOpeningTable table;
  Status prepared = PrepareAll(
      database, {{table.select_, "SELECT * FROM log_openings WHERE topic_id = ?1 AND partition = ?2 ORDER BY open_id"},
                 {table.insert_,
                  "INSERT INTO log_openings VALUES (?1, ?2, ?3, ?4, row_checksum('log_openings', ?1, ?2, ?3, ?4))"},
                 {table.delete_, "DELETE FROM log_openings WHERE topic_id = ?1 AND partition = ?2"},
                 {table.delete_topic_, "DELETE FROM log_openings WHERE topic_id = ?1"}});
  if (!prepared.ok()) return prepared;
  return table;
}

Result<std::vector<LogOpening>> SqliteOpeningTable::Find(const TopicIdPartition& partition) {
  SqliteUse select(select_);
  BindKey(*select, partition);
  std::vector<LogOpening> openings;
  for (;;) {
    auto row = select->Step();
    if (!row.ok()) return row.status();
    if (*row == SqliteStatement::Row::kDone) return openings;
    if (Status checked = select->CheckRow(kTable); !checked.ok()) return checked;
    openings.push_back({.id = static_cast<std::uint64_t>(select->Integer(2)),
                        .end_offset = static_cast<std::uint64_t>(select->Integer(3))});
  }
}

Status SqliteOpeningTable::Put(const StoredOpenings& log) {
  SqliteUse remove(delete_);
  BindKey(*remove, log.partition);
  if (auto removed = remove->Step(); !removed.ok()) return removed.status();
  for (const LogOpening& opening : log.openings) {
    SqliteUse insert(insert_);
    BindKey(*insert, log.partition);
    insert->Bind(3, static_cast<std::int64_t>(opening.id)).Bind(4, static_cast<std::int64_t>(opening.end_offset));
    if (auto inserted = insert->Step(); !inserted.ok()) return inserted.status();
  }
  return Status::Ok();
}

Status SqliteOpeningTable::RemoveAll(TopicId topic_id) {
  SqliteUse remove(delete_topic_);
  remove->Bind(1, static_cast<std::int64_t>(topic_id));
  return remove->Step().status();
}

}  // namespace streamhouse::agent
