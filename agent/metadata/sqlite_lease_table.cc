#include "agent/metadata/sqlite_lease_table.h"

#include <string_view>
#include <utility>
#include <vector>

#include "agent/metadata/sqlite_transaction.h"

namespace streamhouse::agent {
namespace {

constexpr std::string_view kTable = "partition_leases";

}  // namespace

Result<SqliteLeaseTable> SqliteLeaseTable::Prepare(SqliteDatabase& database) {
  SqliteLeaseTable table;
  Status prepared = PrepareAll(
      database, {{table.select_, "SELECT * FROM partition_leases WHERE topic = ?1 AND partition = ?2"},
                 {table.select_partitions_, "SELECT partition FROM partition_leases WHERE topic = ?1"},
                 {table.upsert_,
                  "INSERT INTO partition_leases VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
                  " row_checksum('partition_leases', ?1, ?2, ?3, ?4, ?5, ?6, ?7))"
                  " ON CONFLICT (topic, partition) DO UPDATE SET holder = excluded.holder, epoch = excluded.epoch,"
                  " renewals = excluded.renewals, duration_ms = excluded.duration_ms,"
                  " renewed_at_ms = excluded.renewed_at_ms, checksum = excluded.checksum"},
                 {table.now_, "SELECT now_ms()"}});
  if (!prepared.ok()) return prepared;
  return table;
}

Result<std::int64_t> SqliteLeaseTable::Now() {
  SqliteUse now(now_);
  if (auto row = now->Step(); !row.ok()) return row.status();
  return now->Integer(0);
}

Result<std::optional<SqliteLeaseTable::Row>> SqliteLeaseTable::Select(const TopicPartition& partition) {
  auto now = Now();
  if (!now.ok()) return now.status();
  SqliteUse select(select_);
  select->Bind(1, partition.topic).Bind(2, static_cast<std::int64_t>(partition.partition));
  auto row = select->Step();
  if (!row.ok()) return row.status();
  if (*row == SqliteStatement::Row::kDone) return std::optional<Row>();
  if (Status checked = select->CheckRow(kTable); !checked.ok()) return checked;
  return std::optional<Row>(Row{.holder = select->Text(2),
                                .epoch = select->Integer(3),
                                .renewals = select->Integer(4),
                                .duration_ms = select->Integer(5),
                                .renewed_at_ms = select->Integer(6),
                                .now_ms = *now});
}

Status SqliteLeaseTable::Put(const TopicPartition& partition, const Row& row) {
  SqliteUse upsert(upsert_);
  upsert->Bind(1, partition.topic).Bind(2, static_cast<std::int64_t>(partition.partition)).Bind(3, row.holder);
  upsert->Bind(4, row.epoch).Bind(5, row.renewals).Bind(6, row.duration_ms).Bind(7, row.renewed_at_ms);
  return upsert->Step().status();
}

Result<std::optional<LeaseRow>> SqliteLeaseTable::Find(const TopicPartition& partition) {
  auto row = Select(partition);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<LeaseRow>();
  return std::optional<LeaseRow>(LeaseRow{
      .holder = (*row)->holder, .epoch = static_cast<std::uint64_t>((*row)->epoch), .remaining = (*row)->remaining()});
}

Result<LeaseRow> SqliteLeaseTable::Acquire(const TopicPartition& partition, const std::string& holder,
                                           std::chrono::milliseconds duration) {
  auto found = Select(partition);
  if (!found.ok()) return found.status();
  auto now = Now();
  if (!now.ok()) return now.status();
  Row row = found->value_or(Row{.holder = holder, .epoch = 1});
  const bool is_free = row.remaining().count() <= 0;
  if (row.holder != holder && !is_free) {
    return LeaseRow{.holder = row.holder, .epoch = static_cast<std::uint64_t>(row.epoch), .remaining = row.remaining()};
  }
  if (row.holder != holder) ++row.epoch;
  row.holder = holder;
  ++row.renewals;
  row.duration_ms = duration.count();
  row.renewed_at_ms = *now;
  if (Status put = Put(partition, row); !put.ok()) return put;
  return LeaseRow{.holder = holder, .epoch = static_cast<std::uint64_t>(row.epoch), .remaining = duration};
}

Status SqliteLeaseTable::Release(const TopicPartition& partition, const std::string& holder, std::uint64_t epoch) {
  auto row = Select(partition);
  if (!row.ok()) return row.status();
  if (!row->has_value() || (*row)->holder != holder || static_cast<std::uint64_t>((*row)->epoch) != epoch) {
    return {StatusCode::kAborted,
            "the lease of " + partition.ToString() + " is not " + holder + "'s at epoch " + std::to_string(epoch)};
  }
  (*row)->duration_ms = 0;
  return Put(partition, **row);
}

Status SqliteLeaseTable::ReleaseAll(const std::string& topic) {
  std::vector<TopicPartition> partitions;
  {
    SqliteUse select(select_partitions_);
    select->Bind(1, topic);
    for (;;) {
      auto row = select->Step();
      if (!row.ok()) return row.status();
      if (*row == SqliteStatement::Row::kDone) break;
      partitions.push_back({.topic = topic, .partition = static_cast<std::uint32_t>(select->Integer(0))});
    }
  }
  for (const TopicPartition& partition : partitions) {
    auto row = Select(partition);
    if (!row.ok()) return row.status();
    (*row)->duration_ms = 0;
    if (Status put = Put(partition, **row); !put.ok()) return put;
  }
  return Status::Ok();
}

}  // namespace streamhouse::agent
