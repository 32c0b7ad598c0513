#include "agent/metadata/sqlite_lease_table.h"

#include <string_view>
#include <utility>
#include <vector>

#include "agent/metadata/sqlite_transaction.h"
#include "agent/metadata/store_rules.h"

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

Result<std::optional<LeaseRow>> SqliteLeaseTable::Find(const TopicPartition& partition) {
  SqliteUse select(select_);
  select->Bind(1, partition.topic).Bind(2, static_cast<std::int64_t>(partition.partition));
  auto row = select->Step();
  if (!row.ok()) return row.status();
  if (*row == SqliteStatement::Row::kDone) return std::optional<LeaseRow>();
  if (Status checked = select->CheckRow(kTable); !checked.ok()) return checked;
  return std::optional<LeaseRow>(LeaseRow{.holder = select->Text(2),
                                          .epoch = static_cast<std::uint64_t>(select->Integer(3)),
                                          .renewals = static_cast<std::uint64_t>(select->Integer(4)),
                                          .duration = std::chrono::milliseconds(select->Integer(5))});
}

Status SqliteLeaseTable::Put(const TopicPartition& partition, const LeaseRow& row) {
  SqliteUse now(now_);
  if (auto stepped = now->Step(); !stepped.ok()) return stepped.status();
  SqliteUse upsert(upsert_);
  upsert->Bind(1, partition.topic).Bind(2, static_cast<std::int64_t>(partition.partition)).Bind(3, row.holder);
  upsert->Bind(4, static_cast<std::int64_t>(row.epoch)).Bind(5, static_cast<std::int64_t>(row.renewals));
  upsert->Bind(6, static_cast<std::int64_t>(row.duration.count())).Bind(7, now->Integer(0));
  return upsert->Step().status();
}

Result<LeaseRow> SqliteLeaseTable::Acquire(const LeaseClaim& claim, const std::string& holder,
                                           std::chrono::milliseconds duration) {
  auto found = Find(claim.partition);
  if (!found.ok()) return found.status();
  LeaseRow row = found->value_or(LeaseRow());
  if (!AcquireRow(row, claim, holder, duration)) return row;
  if (Status put = Put(claim.partition, row); !put.ok()) return put;
  return row;
}

Status SqliteLeaseTable::Release(const TopicPartition& partition, const std::string& holder, std::uint64_t epoch) {
  auto found = Find(partition);
  if (!found.ok()) return found.status();
  LeaseRow row = found->value_or(LeaseRow());
  if (Status released = ReleaseRow(row, partition, holder, epoch); !released.ok()) return released;
  return Put(partition, row);
}

Status SqliteLeaseTable::RaiseEpoch(const TopicPartition& partition, std::uint64_t epoch) {
  auto found = Find(partition);
  if (!found.ok()) return found.status();
  LeaseRow row = found->value_or(LeaseRow());
  return RaiseRow(row, epoch) ? Put(partition, row) : Status::Ok();
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
    auto row = Find(partition);
    if (!row.ok()) return row.status();
    (*row)->duration = std::chrono::milliseconds(0);
    if (Status put = Put(partition, **row); !put.ok()) return put;
  }
  return Status::Ok();
}

}  // namespace streamhouse::agent
