#include "agent/metadata/sqlite_metadata_store.h"

#include <limits>
#include <string_view>
#include <utility>

namespace streamhouse::agent {
namespace {

constexpr char kCreateSchema[] = R"sql(
  CREATE TABLE topics (
    name TEXT PRIMARY KEY,
    partitions INTEGER NOT NULL CHECK (partitions > 0),
    retention_ms INTEGER NOT NULL,
    retention_bytes INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  -- A row stays for ever: its epoch must never start again.
  CREATE TABLE partition_leases (
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    holder TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    PRIMARY KEY (topic, partition)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE committed_offsets (
    consumer_group TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    next_offset INTEGER NOT NULL,
    PRIMARY KEY (consumer_group, topic, partition)
  ) STRICT, WITHOUT ROWID;
  PRAGMA user_version = 1;
)sql";
static_assert(kSqliteSchemaVersion == 1, "kCreateSchema sets the version");

// Two processes may do this at the same time; the second one finds the tables.
constexpr char kBegin[] = "BEGIN IMMEDIATE";

// The compare-and-set. No row comes back when another holder's lease has not expired.
constexpr std::string_view kAcquireLease = R"sql(
  INSERT INTO partition_leases (topic, partition, holder, epoch, expires_at_ms)
  VALUES (?1, ?2, ?3, 1, now_ms() + ?4)
  ON CONFLICT (topic, partition) DO UPDATE SET
    epoch = CASE WHEN holder = excluded.holder THEN epoch ELSE epoch + 1 END,
    holder = excluded.holder,
    expires_at_ms = excluded.expires_at_ms
  WHERE holder = excluded.holder OR expires_at_ms <= now_ms()
  RETURNING epoch
)sql";

// Resets a statement when its use is over, so that it holds no read lock.
class Use {
 public:
  explicit Use(SqliteStatement& statement) : statement_(statement) {}
  ~Use() { statement_.Reset(); }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  SqliteStatement* operator->() { return &statement_; }

 private:
  SqliteStatement& statement_;
};

// Rolls back unless it was committed.
class Transaction {
 public:
  explicit Transaction(SqliteDatabase& database) : database_(database), begun_(database.Execute(kBegin)) {}
  ~Transaction() {
    // Without effect, and not worth reporting, when SQLite has rolled back by itself.
    if (begun_.ok() && !committed_) static_cast<void>(database_.Execute("ROLLBACK"));
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  const Status& begun() const { return begun_; }
  Status Commit() {
    Status done = database_.Execute("COMMIT");
    committed_ = done.ok();
    return done;
  }

 private:
  SqliteDatabase& database_;
  const Status begun_;
  bool committed_ = false;
};

void BindPartition(SqliteStatement& statement, int first_parameter, const TopicPartition& partition) {
  statement.Bind(first_parameter, partition.topic);
  statement.Bind(first_parameter + 1, static_cast<std::int64_t>(partition.partition));
}

void BindRetention(SqliteStatement& statement, int first_parameter, const Retention& retention) {
  statement.Bind(first_parameter, static_cast<std::int64_t>(retention.age_max.count()));
  statement.Bind(first_parameter + 1, static_cast<std::int64_t>(retention.bytes_max));
}

}  // namespace

Result<std::unique_ptr<SqliteMetadataStore>> SqliteMetadataStore::Open(const std::string& path) {
  return OpenWithClock(path, {});
}

Result<std::unique_ptr<SqliteMetadataStore>> SqliteMetadataStore::OpenWithClock(const std::string& path,
                                                                                StoreClock clock) {
  auto database = SqliteDatabase::Open(path, kSqliteBusyTimeout, std::move(clock));
  if (!database.ok()) return database.status();
  std::unique_ptr<SqliteMetadataStore> store(new SqliteMetadataStore(*std::move(database)));
  if (Status schema = store->PrepareSchema(); !schema.ok()) return schema;
  if (Status statements = store->PrepareStatements(); !statements.ok()) return statements;
  return store;
}

Status SqliteMetadataStore::PrepareSchema() {
  auto version_statement = SqliteStatement::Prepare(*database_, "PRAGMA user_version");
  if (!version_statement.ok()) return version_statement.status();
  const auto read_version = [&]() -> Result<std::int64_t> {
    Use use(*version_statement);
    auto row = use->Step();
    if (!row.ok()) return row.status();
    return use->Integer(0);
  };
  auto version = read_version();
  if (!version.ok()) return version.status();
  if (*version > kSqliteSchemaVersion) {
    return {StatusCode::kFailedPrecondition, database_->path() + " has schema version " + std::to_string(*version) +
                                                 "; this program knows versions up to " +
                                                 std::to_string(kSqliteSchemaVersion)};
  }
  if (Status mode = database_->ExecuteWhenFree("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"); !mode.ok()) {
    return mode;
  }
  Transaction transaction(*database_);
  if (!transaction.begun().ok()) return transaction.begun();
  version = read_version();
  if (!version.ok()) return version.status();
  if (*version == 0) {
    if (Status created = database_->Execute(kCreateSchema); !created.ok()) return created;
  }
  return transaction.Commit();
}

Status SqliteMetadataStore::PrepareStatements() {
  struct Wanted {
    SqliteStatement& statement;
    std::string_view sql;
  };
  const Wanted all[] = {
      {insert_topic_,
       "INSERT INTO topics (name, partitions, retention_ms, retention_bytes) VALUES (?1, ?2, ?3, ?4)"
       " ON CONFLICT (name) DO NOTHING"},
      {update_retention_, "UPDATE topics SET retention_ms = ?2, retention_bytes = ?3 WHERE name = ?1"},
      {select_topic_, "SELECT partitions FROM topics WHERE name = ?1"},
      {list_topics_, "SELECT name, partitions, retention_ms, retention_bytes FROM topics ORDER BY name"},
      {acquire_lease_, kAcquireLease},
      {release_lease_,
       "UPDATE partition_leases SET expires_at_ms = 0"
       " WHERE topic = ?1 AND partition = ?2 AND holder = ?3 AND epoch = ?4"},
      {select_lease_,
       "SELECT holder, epoch, expires_at_ms - now_ms() FROM partition_leases WHERE topic = ?1 AND partition "
       "= ?2"},
      {upsert_offset_,
       "INSERT INTO committed_offsets (consumer_group, topic, partition, next_offset) VALUES (?1, ?2, ?3, ?4)"
       " ON CONFLICT (consumer_group, topic, partition) DO UPDATE SET next_offset = excluded.next_offset"},
      {select_offset_,
       "SELECT next_offset FROM committed_offsets WHERE consumer_group = ?1 AND topic = ?2 AND partition = "
       "?3"},
  };
  for (const Wanted& wanted : all) {
    auto statement = SqliteStatement::Prepare(*database_, wanted.sql);
    if (!statement.ok()) return statement.status();
    wanted.statement = *std::move(statement);
  }
  return Status::Ok();
}

Status SqliteMetadataStore::CreateTopic(const TopicInfo& topic) {
  const std::lock_guard lock(mutex_);
  {
    Use insert(insert_topic_);
    insert->Bind(1, topic.name).Bind(2, static_cast<std::int64_t>(topic.partitions));
    BindRetention(insert_topic_, 3, topic.retention);
    if (auto row = insert->Step(); !row.ok()) return row.status();
  }
  Use select(select_topic_);
  select->Bind(1, topic.name);
  if (auto row = select->Step(); !row.ok()) return row.status();
  if (select->Integer(0) == topic.partitions) return Status::Ok();
  return {StatusCode::kAlreadyExists,
          "topic " + topic.name + " has " + std::to_string(select->Integer(0)) + " partitions"};
}

Status SqliteMetadataStore::SetRetention(const std::string& topic, const Retention& retention) {
  const std::lock_guard lock(mutex_);
  Use update(update_retention_);
  update->Bind(1, topic);
  BindRetention(update_retention_, 2, retention);
  if (auto row = update->Step(); !row.ok()) return row.status();
  if (update->Changes() == 1) return Status::Ok();
  return {StatusCode::kNotFound, "there is no topic " + topic};
}

Result<std::vector<TopicInfo>> SqliteMetadataStore::ListTopics() {
  const std::lock_guard lock(mutex_);
  Use list(list_topics_);
  std::vector<TopicInfo> topics;
  for (;;) {
    auto row = list->Step();
    if (!row.ok()) return row.status();
    if (*row == SqliteStatement::Row::kDone) return topics;
    topics.push_back({.name = list->Text(0),
                      .partitions = static_cast<std::uint32_t>(list->Integer(1)),
                      .retention = {.age_max = std::chrono::milliseconds(list->Integer(2)),
                                    .bytes_max = static_cast<std::uint64_t>(list->Integer(3))}});
  }
}

Result<std::vector<LeaseRow>> SqliteMetadataStore::AcquireLeases(std::span<const TopicPartition> partitions,
                                                                 const std::string& holder,
                                                                 std::chrono::milliseconds duration) {
  const std::lock_guard lock(mutex_);
  Transaction transaction(*database_);
  if (!transaction.begun().ok()) return transaction.begun();
  std::vector<LeaseRow> rows;
  rows.reserve(partitions.size());
  for (const TopicPartition& partition : partitions) {
    auto row = AcquireOne(partition, holder, duration);
    if (!row.ok()) return row.status();
    rows.push_back(*std::move(row));
  }
  if (Status committed = transaction.Commit(); !committed.ok()) return committed;
  return rows;
}

Result<LeaseRow> SqliteMetadataStore::AcquireOne(const TopicPartition& partition, const std::string& holder,
                                                 std::chrono::milliseconds duration) {
  {
    Use acquire(acquire_lease_);
    BindPartition(acquire_lease_, 1, partition);
    acquire->Bind(3, holder).Bind(4, duration.count());
    auto row = acquire->Step();
    if (!row.ok()) return row.status();
    if (*row == SqliteStatement::Row::kHere) {
      return LeaseRow{
          .holder = holder, .epoch = static_cast<std::uint64_t>(acquire->Integer(0)), .remaining = duration};
    }
  }
  auto current = SelectLease(partition);
  if (!current.ok()) return current.status();
  return **std::move(current);
}

Status SqliteMetadataStore::ReleaseLease(const TopicPartition& partition, const std::string& holder,
                                         std::uint64_t epoch) {
  const std::lock_guard lock(mutex_);
  Use release(release_lease_);
  BindPartition(release_lease_, 1, partition);
  release->Bind(3, holder).Bind(4, static_cast<std::int64_t>(epoch));
  if (auto row = release->Step(); !row.ok()) return row.status();
  if (release->Changes() == 1) return Status::Ok();
  return {StatusCode::kAborted,
          "the lease of " + partition.ToString() + " is not " + holder + "'s at epoch " + std::to_string(epoch)};
}

Result<std::optional<LeaseRow>> SqliteMetadataStore::FindLease(const TopicPartition& partition) {
  const std::lock_guard lock(mutex_);
  return SelectLease(partition);
}

Result<std::optional<LeaseRow>> SqliteMetadataStore::SelectLease(const TopicPartition& partition) {
  Use select(select_lease_);
  BindPartition(select_lease_, 1, partition);
  auto row = select->Step();
  if (!row.ok()) return row.status();
  if (*row == SqliteStatement::Row::kDone) return std::optional<LeaseRow>();
  return std::optional<LeaseRow>(LeaseRow{.holder = select->Text(0),
                                          .epoch = static_cast<std::uint64_t>(select->Integer(1)),
                                          .remaining = std::chrono::milliseconds(select->Integer(2))});
}

Status SqliteMetadataStore::CommitOffset(const std::string& group, const TopicPartition& partition,
                                         std::uint64_t offset) {
  if (offset > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return {StatusCode::kInvalidArgument, "offset " + std::to_string(offset) + " is above 2^63 - 1"};
  }
  const std::lock_guard lock(mutex_);
  Use upsert(upsert_offset_);
  upsert->Bind(1, group);
  BindPartition(upsert_offset_, 2, partition);
  upsert->Bind(4, static_cast<std::int64_t>(offset));
  auto row = upsert->Step();
  return row.status();
}

Result<std::optional<std::uint64_t>> SqliteMetadataStore::FindCommittedOffset(const std::string& group,
                                                                              const TopicPartition& partition) {
  const std::lock_guard lock(mutex_);
  Use select(select_offset_);
  select->Bind(1, group);
  BindPartition(select_offset_, 2, partition);
  auto row = select->Step();
  if (!row.ok()) return row.status();
  if (*row == SqliteStatement::Row::kDone) return std::optional<std::uint64_t>();
  return std::optional<std::uint64_t>(static_cast<std::uint64_t>(select->Integer(0)));
}

}  // namespace streamhouse::agent
