#include "agent/metadata/sqlite_metadata_store.h"

#include <utility>

#include "agent/metadata/sqlite_schema.h"
#include "agent/metadata/sqlite_transaction.h"
#include "agent/metadata/store_rules.h"

namespace streamhouse::agent {

Result<std::unique_ptr<SqliteMetadataStore>> SqliteMetadataStore::Open(const std::string& path) {
  return OpenWithClock(path, {});
}

Result<std::unique_ptr<SqliteMetadataStore>> SqliteMetadataStore::OpenWithClock(const std::string& path,
                                                                                WallClock clock) {
  auto database = SqliteDatabase::Open(path, kSqliteBusyTimeout, std::move(clock));
  if (!database.ok()) return database.status();
  if (Status prepared = PrepareTables(**database); !prepared.ok()) return prepared;
  if (Status checked = CheckTables(**database); !checked.ok()) return checked;
  auto topics = SqliteTopicTable::Prepare(**database);
  if (!topics.ok()) return topics.status();
  auto leases = SqliteLeaseTable::Prepare(**database);
  if (!leases.ok()) return leases.status();
  auto offsets = SqliteOffsetTable::Prepare(**database);
  if (!offsets.ok()) return offsets.status();
  auto openings = SqliteOpeningTable::Prepare(**database);
  if (!openings.ok()) return openings.status();
  std::unique_ptr<SqliteMetadataStore> store(new SqliteMetadataStore(*std::move(database)));
  const metrics::MutexLock lock(store->mutex_);
  store->topics_ = *std::move(topics);
  store->leases_ = *std::move(leases);
  store->offsets_ = *std::move(offsets);
  store->openings_ = *std::move(openings);
  return store;
}

Status SqliteMetadataStore::InTransaction(const Change& change) {
  Status done = TryInTransaction(change);
  // SQLite has no code of its own for a quota that is used up: it is Unavailable.
  const bool may_lack_room = done.code() == StatusCode::kResourceExhausted || done.code() == StatusCode::kUnavailable;
  if (may_lack_room && make_room_(done)) done = TryInTransaction(change);
  // There may be room later.
  return done.code() == StatusCode::kResourceExhausted ? Status(StatusCode::kUnavailable, done.message()) : done;
}

Status SqliteMetadataStore::TryInTransaction(const Change& change) {
  SqliteTransaction transaction(*database_);
  if (!transaction.begun().ok()) return transaction.begun();
  if (Status changed = change(); !changed.ok()) return changed;
  return transaction.Commit();
}

Status SqliteMetadataStore::ChangeTopic(const std::string& topic,
                                        const std::function<Status(TopicDescription& row)>& change) {
  const metrics::MutexLock lock(mutex_);
  return InTransaction([&]() STREAMHOUSE_REQUIRES(mutex_) -> Status {
    auto found = topics_.Find(topic);
    if (!found.ok()) return found.status();
    if (!found->has_value()) return NoTopic(topic);
    if (Status changed = change(**found); !changed.ok()) return changed;
    return topics_.Put(**found);
  });
}

Result<TopicDescription> SqliteMetadataStore::FindOrPut(const TopicDescription& topic) {
  auto found = topics_.Find(topic.name);
  if (!found.ok()) return found.status();
  if (found->has_value()) {
    if (Status checked = CheckSamePartitions(topic, **found); !checked.ok()) return checked;
    return **found;
  }
  auto id = topics_.NextId();
  if (!id.ok()) return id.status();
  TopicDescription stored = topic;
  stored.id = *id;
  if (Status put = topics_.Put(stored); !put.ok()) return put;
  return stored;
}

Result<TopicDescription> SqliteMetadataStore::CreateTopic(const TopicDescription& topic) {
  const metrics::MutexLock lock(mutex_);
  TopicDescription created;
  Status done = InTransaction([&]() STREAMHOUSE_REQUIRES(mutex_) -> Status {
    auto stored = FindOrPut(topic);
    if (stored.ok()) created = *std::move(stored);
    return stored.status();
  });
  if (!done.ok()) return done;
  return created;
}

Result<LeasedTopic> SqliteMetadataStore::CreateLeasedTopic(const TopicDescription& topic, const std::string& holder,
                                                           std::chrono::milliseconds duration) {
  const metrics::MutexLock lock(mutex_);
  LeasedTopic created;
  Status done = InTransaction([&]() STREAMHOUSE_REQUIRES(mutex_) -> Status {
    auto stored = FindOrPut(topic);
    if (!stored.ok()) return stored.status();
    created = {.topic = *std::move(stored), .leases = {}};
    for (std::uint32_t i = 0; i < topic.partitions; ++i) {
      auto row = leases_.Acquire({.partition = {.topic = topic.name, .partition = i}}, holder, duration);
      if (!row.ok()) return row.status();
      created.leases.push_back(*std::move(row));
    }
    return Status::Ok();
  });
  if (!done.ok()) return done;
  return created;
}

Status SqliteMetadataStore::DeleteTopic(const std::string& topic, TopicId id) {
  const metrics::MutexLock lock(mutex_);
  return InTransaction([&]() STREAMHOUSE_REQUIRES(mutex_) -> Status {
    auto found = topics_.Find(topic);
    if (!found.ok()) return found.status();
    if (!found->has_value() || (*found)->id != id) return NoTopic(topic);
    if (Status removed = topics_.Remove(topic); !removed.ok()) return removed;
    if (Status noted = topics_.NoteDeleted({.topic = topic, .id = id}); !noted.ok()) return noted;
    if (Status removed = offsets_.RemoveAll(id); !removed.ok()) return removed;
    if (Status removed = openings_.RemoveAll(id); !removed.ok()) return removed;
    return leases_.ReleaseAll(topic);
  });
}

Result<std::vector<DeletedLife>> SqliteMetadataStore::ListDeleted() {
  const metrics::MutexLock lock(mutex_);
  return topics_.ListDeleted();
}

Status SqliteMetadataStore::ForgetDeleted(TopicId id) {
  const metrics::MutexLock lock(mutex_);
  return InTransaction([&]() STREAMHOUSE_REQUIRES(mutex_) { return topics_.ForgetDeleted(id); });
}

Status SqliteMetadataStore::AddPartitions(const std::string& topic, std::uint32_t partitions) {
  return ChangeTopic(topic, [&](TopicDescription& row) -> Status {
    if (Status checked = CheckMorePartitions(row, partitions); !checked.ok()) return checked;
    row.partitions = partitions;
    return Status::Ok();
  });
}

Status SqliteMetadataStore::SetRetention(const std::string& topic, const Retention& retention) {
  return ChangeTopic(topic, [&](TopicDescription& row) {
    row.retention = retention;
    return Status::Ok();
  });
}

Result<std::vector<TopicDescription>> SqliteMetadataStore::ListTopics() {
  const metrics::MutexLock lock(mutex_);
  return topics_.List();
}

Result<std::vector<LeaseRow>> SqliteMetadataStore::AcquireLeases(std::span<const LeaseClaim> claims,
                                                                 const std::string& holder,
                                                                 std::chrono::milliseconds duration) {
  const metrics::MutexLock lock(mutex_);
  std::vector<LeaseRow> rows;
  rows.reserve(claims.size());
  Status acquired = InTransaction([&]() STREAMHOUSE_REQUIRES(mutex_) -> Status {
    rows.clear();
    for (const LeaseClaim& claim : claims) {
      auto row = leases_.Acquire(claim, holder, duration);
      if (!row.ok()) return row.status();
      rows.push_back(*std::move(row));
    }
    return Status::Ok();
  });
  if (!acquired.ok()) return acquired;
  return rows;
}

Status SqliteMetadataStore::ReleaseLease(const TopicPartition& partition, const std::string& holder,
                                         std::uint64_t epoch) {
  const metrics::MutexLock lock(mutex_);
  return InTransaction([&]() STREAMHOUSE_REQUIRES(mutex_) { return leases_.Release(partition, holder, epoch); });
}

Status SqliteMetadataStore::RaiseEpoch(const TopicPartition& partition, std::uint64_t epoch) {
  const metrics::MutexLock lock(mutex_);
  return InTransaction([&]() STREAMHOUSE_REQUIRES(mutex_) { return leases_.RaiseEpoch(partition, epoch); });
}

Result<std::optional<LeaseRow>> SqliteMetadataStore::FindLease(const TopicPartition& partition) {
  const metrics::MutexLock lock(mutex_);
  return leases_.Find(partition);
}

Result<std::optional<CommittedOffset>> SqliteMetadataStore::FindCommit(const std::string& group,
                                                                       const TopicIdPartition& partition) {
  const metrics::MutexLock lock(mutex_);
  return offsets_.Find(group, partition);
}

Result<std::vector<CommittedOffset>> SqliteMetadataStore::ListCommittedOffsets(const OffsetFilter& filter) {
  const metrics::MutexLock lock(mutex_);
  return offsets_.List(filter);
}

Status SqliteMetadataStore::ChangeOffsets(std::span<const OffsetChange> changes) {
  const metrics::MutexLock lock(mutex_);
  return InTransaction([&]() STREAMHOUSE_REQUIRES(mutex_) -> Status {
    for (const OffsetChange& change : changes) {
      if (Status checked = CheckOffset(change.offset.value_or(0)); !checked.ok()) return checked;
      auto has_topic = topics_.HasId(change.partition.topic_id);
      if (!has_topic.ok()) return has_topic.status();
      if (change.offset && !*has_topic) return NoTopicWithId(change.partition.topic_id);
      if (Status changed = offsets_.Change(change); !changed.ok()) return changed;
    }
    return Status::Ok();
  });
}

Status SqliteMetadataStore::StoreOpenings(std::span<const StoredOpenings> logs) {
  const metrics::MutexLock lock(mutex_);
  return InTransaction([&]() STREAMHOUSE_REQUIRES(mutex_) -> Status {
    for (const StoredOpenings& log : logs) {
      auto has_topic = topics_.HasId(log.partition.topic_id);
      if (!has_topic.ok()) return has_topic.status();
      if (!*has_topic) continue;
      if (Status put = openings_.Put(log); !put.ok()) return put;
    }
    return Status::Ok();
  });
}

Result<std::vector<LogOpening>> SqliteMetadataStore::FindOpenings(const TopicIdPartition& partition) {
  const metrics::MutexLock lock(mutex_);
  return openings_.Find(partition);
}

}  // namespace streamhouse::agent
