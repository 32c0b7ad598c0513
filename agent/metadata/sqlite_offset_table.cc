#include "agent/metadata/sqlite_offset_table.h"

#include <string_view>
#include <utility>

#include "agent/metadata/sqlite_transaction.h"

namespace streamhouse::agent {
namespace {

constexpr std::string_view kTable = "committed_offsets";

void BindKey(SqliteStatement& statement, const std::string& group, const TopicIdPartition& partition) {
  statement.Bind(1, group).Bind(2, static_cast<std::int64_t>(partition.topic_id));
  statement.Bind(3, static_cast<std::int64_t>(partition.partition));
}

Result<CommittedOffset> OffsetOf(const SqliteStatement& row) {
  if (Status checked = row.CheckRow(kTable); !checked.ok()) return checked;
  return CommittedOffset{.group = row.Text(0),
                         .partition = {.topic_id = static_cast<TopicId>(row.Integer(1)),
                                       .partition = static_cast<std::uint32_t>(row.Integer(2))},
                         .offset = static_cast<std::uint64_t>(row.Integer(3)),
                         .member_id = row.Text(4)};
}

}  // namespace

Result<SqliteOffsetTable> SqliteOffsetTable::Prepare(SqliteDatabase& database) {
  SqliteOffsetTable table;
  Status prepared = PrepareAll(
      database,
      {{table.select_,
        "SELECT * FROM committed_offsets WHERE consumer_group = ?1 AND topic_id = ?2 AND partition = ?3"},
       {table.list_, "SELECT * FROM committed_offsets ORDER BY consumer_group, topic_id, partition"},
       {table.list_group_, "SELECT * FROM committed_offsets WHERE consumer_group = ?1 ORDER BY topic_id, partition"},
       {table.list_topic_, "SELECT * FROM committed_offsets WHERE topic_id = ?1 ORDER BY consumer_group, partition"},
       {table.upsert_,
        "INSERT INTO committed_offsets"
        " VALUES (?1, ?2, ?3, ?4, ?5, row_checksum('committed_offsets', ?1, ?2, ?3, ?4, ?5))"
        " ON CONFLICT (consumer_group, topic_id, partition) DO UPDATE SET next_offset = excluded.next_offset,"
        " member_id = excluded.member_id, checksum = excluded.checksum"},
       {table.delete_, "DELETE FROM committed_offsets WHERE consumer_group = ?1 AND topic_id = ?2 AND partition = ?3"},
       {table.delete_topic_, "DELETE FROM committed_offsets WHERE topic_id = ?1"}});
  if (!prepared.ok()) return prepared;
  return table;
}

Result<std::optional<CommittedOffset>> SqliteOffsetTable::Find(const std::string& group,
                                                               const TopicIdPartition& partition) {
  SqliteUse select(select_);
  BindKey(*select, group, partition);
  auto row = select->Step();
  if (!row.ok()) return row.status();
  if (*row == SqliteStatement::Row::kDone) return std::optional<CommittedOffset>();
  auto committed = OffsetOf(*select);
  if (!committed.ok()) return committed.status();
  return std::optional(*std::move(committed));
}

Result<std::vector<CommittedOffset>> SqliteOffsetTable::List(const OffsetFilter& filter) {
  SqliteUse list(filter.group ? list_group_ : filter.topic_id ? list_topic_ : list_);
  if (filter.group) {
    list->Bind(1, *filter.group);
  } else if (filter.topic_id) {
    list->Bind(1, static_cast<std::int64_t>(*filter.topic_id));
  }
  std::vector<CommittedOffset> all;
  for (;;) {
    auto row = list->Step();
    if (!row.ok()) return row.status();
    if (*row == SqliteStatement::Row::kDone) return all;
    auto committed = OffsetOf(*list);
    if (!committed.ok()) return committed.status();
    if (filter.topic_id.value_or(committed->partition.topic_id) == committed->partition.topic_id) {
      all.push_back(*std::move(committed));
    }
  }
}

Status SqliteOffsetTable::Change(const OffsetChange& change) {
  SqliteUse use(change.offset ? upsert_ : delete_);
  BindKey(*use, change.group, change.partition);
  if (change.offset) use->Bind(4, static_cast<std::int64_t>(*change.offset)).Bind(5, change.member_id);
  return use->Step().status();
}

Status SqliteOffsetTable::RemoveAll(TopicId topic_id) {
  SqliteUse remove(delete_topic_);
  remove->Bind(1, static_cast<std::int64_t>(topic_id));
  return remove->Step().status();
}

}  // namespace streamhouse::agent
