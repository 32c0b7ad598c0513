#include "agent/metadata/sqlite_schema.h"

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "agent/metadata/sqlite_transaction.h"

namespace streamhouse::agent {
namespace {

// Topic ids begin at a random place, so that a store that is made again beside old clients does not
// give out theirs. A copy of a store goes on from the ids of its original.
constexpr char kCreateVersion2[] = R"sql(
  CREATE TABLE store_state (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE topics (
    name TEXT PRIMARY KEY,
    topic_id INTEGER NOT NULL UNIQUE,
    partitions INTEGER NOT NULL CHECK (partitions > 0),
    retention_ms INTEGER NOT NULL,
    retention_bytes INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  -- A row stays when its topic goes: its epoch must never start again.
  CREATE TABLE partition_leases (
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    holder TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    renewals INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,  -- 0: released
    renewed_at_ms INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (topic, partition)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE committed_offsets (
    consumer_group TEXT NOT NULL,
    topic_id INTEGER NOT NULL,
    partition INTEGER NOT NULL,
    next_offset INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (consumer_group, topic_id, partition)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX committed_offsets_by_topic ON committed_offsets (topic_id);
  INSERT INTO store_state VALUES
    ('last_topic_id', ((random() & 0x3FFFFFFF) | 1) << 32, 0),
    ('topics', 0, 0), ('partition_leases', 0, 0), ('committed_offsets', 0, 0);
  UPDATE store_state SET checksum = row_checksum('store_state', name, value);
)sql";

// New in version 3: openings of logs, deleted topics, and the member that has committed an offset.
constexpr char kAddTables[] = R"sql(
  CREATE TABLE log_openings (
    topic_id INTEGER NOT NULL,
    partition INTEGER NOT NULL,
    open_id INTEGER NOT NULL,
    end_offset INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (topic_id, partition, open_id)
  ) STRICT, WITHOUT ROWID;
  -- Lives of topics whose files are not removed yet.
  CREATE TABLE deleted_topics (
    topic_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO store_state VALUES
    ('log_openings', 0, row_checksum('store_state', 'log_openings', 0)),
    ('deleted_topics', 0, row_checksum('store_state', 'deleted_topics', 0));
)sql";

// The triggers of the table follow.
constexpr char kAddMembersOfOffsets[] = R"sql(
  ALTER TABLE committed_offsets RENAME TO old_offsets;
  CREATE TABLE committed_offsets (
    consumer_group TEXT NOT NULL,
    topic_id INTEGER NOT NULL,
    partition INTEGER NOT NULL,
    next_offset INTEGER NOT NULL,
    member_id TEXT NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (consumer_group, topic_id, partition)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO committed_offsets SELECT consumer_group, topic_id, partition, next_offset, '',
    row_checksum('committed_offsets', consumer_group, topic_id, partition, next_offset, '') FROM old_offsets;
  DROP TABLE old_offsets;
  CREATE INDEX committed_offsets_by_topic ON committed_offsets (topic_id);
  UPDATE store_state SET (value, checksum) =
    (SELECT total, row_checksum('store_state', 'committed_offsets', total)
      FROM (SELECT coalesce(sum(checksum), 0) AS total FROM committed_offsets))
    WHERE name = 'committed_offsets';
  PRAGMA user_version = 3;
)sql";
static_assert(kSqliteSchemaVersion == 3, "kAddMembersOfOffsets sets the version");

// In version 1 no topic could be deleted, so that every offset has its topic. Leases lasted 30 s.
constexpr char kPutOldTablesAside[] = R"sql(
  ALTER TABLE topics RENAME TO old_topics;
  ALTER TABLE partition_leases RENAME TO old_leases;
  ALTER TABLE committed_offsets RENAME TO old_offsets;
)sql";
constexpr char kTakeOverOldTables[] = R"sql(
  UPDATE store_state SET value = value + (SELECT count(*) FROM old_topics) WHERE name = 'last_topic_id';
  UPDATE store_state SET checksum = row_checksum('store_state', name, value) WHERE name = 'last_topic_id';
  INSERT INTO topics SELECT name, id, partitions, retention_ms, retention_bytes,
    row_checksum('topics', name, id, partitions, retention_ms, retention_bytes)
    FROM (SELECT *, (SELECT value FROM store_state WHERE name = 'last_topic_id') + 1 - row_number() OVER (ORDER BY name)
      AS id FROM old_topics);
  INSERT INTO partition_leases SELECT topic, partition, holder, epoch, 0, duration, at,
    row_checksum('partition_leases', topic, partition, holder, epoch, 0, duration, at)
    FROM (SELECT *, iif(expires_at_ms = 0, 0, 30000) AS duration, max(0, expires_at_ms - 30000) AS at FROM old_leases);
  INSERT INTO committed_offsets SELECT consumer_group, topic_id, partition, next_offset,
    row_checksum('committed_offsets', consumer_group, topic_id, partition, next_offset)
    FROM (SELECT o.consumer_group, t.topic_id, o.partition, o.next_offset
      FROM old_offsets AS o JOIN topics AS t ON t.name = o.topic);
  DROP TABLE old_topics;
  DROP TABLE old_leases;
  DROP TABLE old_offsets;
)sql";

// store_state has the sum of the checksums of each. Those of version 2 come first.
constexpr std::array<std::string_view, 5> kTables = {"topics", "partition_leases", "committed_offsets", "log_openings",
                                                     "deleted_topics"};
constexpr std::size_t kTablesOfVersion2 = 3;

// Keep the sum of a table in step with its rows.
std::string SumTriggers(std::string_view table) {
  const auto trigger = [table](std::string_view event, std::string_view new_sum) {
    const std::string name(table);
    const std::string sum(new_sum);
    return "CREATE TRIGGER " + name + "_" + std::string(event) + " AFTER " + std::string(event) + " ON " + name +
           " BEGIN UPDATE store_state SET (value, checksum) = (" + sum + ", row_checksum('store_state', name, " + sum +
           ")) WHERE name = '" + name + "'; END;";
  };
  return trigger("insert", "value + NEW.checksum") + trigger("update", "value + NEW.checksum - OLD.checksum") +
         trigger("delete", "value - OLD.checksum");
}

Result<std::int64_t> ReadInteger(SqliteDatabase& database, std::string_view sql) {
  auto statement = SqliteStatement::Prepare(database, sql);
  if (!statement.ok()) return statement.status();
  auto row = statement->Step();
  if (!row.ok()) return row.status();
  return statement->Integer(0);
}

Status RefuseNewer(const SqliteDatabase& database, std::int64_t version) {
  return {StatusCode::kFailedPrecondition, database.path() + " has schema version " + std::to_string(version) +
                                               "; this program knows versions up to " +
                                               std::to_string(kSqliteSchemaVersion)};
}

// Older versions have no checksums: this finds what SQLite can find.
Status CheckPages(SqliteDatabase& database) {
  auto statement = SqliteStatement::Prepare(database, "PRAGMA quick_check(1)");
  if (!statement.ok()) return statement.status();
  auto row = statement->Step();
  if (!row.ok()) return row.status();
  const std::string verdict = statement->Text(0);
  if (verdict == "ok") return Status::Ok();
  return {StatusCode::kDataLoss, database.path() + ": " + verdict};
}

Status AddTriggers(SqliteDatabase& database, std::span<const std::string_view> tables) {
  for (const std::string_view table : tables) {
    if (Status added = database.Execute(SumTriggers(table).c_str()); !added.ok()) return added;
  }
  return Status::Ok();
}

Status CreateTables(SqliteDatabase& database) {
  if (Status created = database.Execute(kCreateVersion2); !created.ok()) return created;
  return AddTriggers(database, std::span(kTables).first(kTablesOfVersion2));
}

Status ConvertVersion1(SqliteDatabase& database) {
  if (Status checked = CheckPages(database); !checked.ok()) return checked;
  if (Status aside = database.Execute(kPutOldTablesAside); !aside.ok()) return aside;
  if (Status created = CreateTables(database); !created.ok()) return created;
  return database.Execute(kTakeOverOldTables);
}

// Calls `visit` with each row; its checksum is in the last column.
template <typename Visit>
Status ForEachRow(SqliteDatabase& database, std::string_view table, const Visit& visit) {
  auto statement = SqliteStatement::Prepare(database, "SELECT * FROM " + std::string(table));
  if (!statement.ok()) return statement.status();
  for (;;) {
    auto row = statement->Step();
    if (!row.ok()) return row.status();
    if (*row == SqliteStatement::Row::kDone) return Status::Ok();
    if (Status checked = statement->CheckRow(table); !checked.ok()) return checked;
    visit(*statement);
  }
}

Status CheckTable(SqliteDatabase& database, std::string_view table) {
  std::int64_t sum = 0;
  const auto add = [&](const SqliteStatement& row) { sum += row.Integer(row.ColumnCount() - 1); };
  if (Status checked = ForEachRow(database, table, add); !checked.ok()) return checked;
  auto statement = SqliteStatement::Prepare(database, "SELECT value FROM store_state WHERE name = ?1");
  if (!statement.ok()) return statement.status();
  statement->Bind(1, table);
  auto row = statement->Step();
  if (!row.ok()) return row.status();
  if (*row == SqliteStatement::Row::kHere && statement->Integer(0) == sum) return Status::Ok();
  return {StatusCode::kDataLoss, database.path() + ": table " + std::string(table) +
                                     " does not hold the rows that were written: the sum of their checksums is wrong"};
}

// The rows get new checksums, which must not hide damage.
Status AddMembersOfOffsets(SqliteDatabase& database) {
  constexpr std::string_view kOffsets = "committed_offsets";
  if (Status checked = CheckTable(database, kOffsets); !checked.ok()) return checked;
  if (Status added = database.Execute(kAddMembersOfOffsets); !added.ok()) return added;
  return AddTriggers(database, std::span(&kOffsets, 1));
}

// From `version` to the present one.
Status Convert(SqliteDatabase& database, std::int64_t version) {
  Status done;
  if (version == 0) done = CreateTables(database);
  if (version == 1) done = ConvertVersion1(database);
  if (version == kSqliteSchemaVersion || !done.ok()) return done;
  if (Status added = database.Execute(kAddTables); !added.ok()) return added;
  if (Status added = AddTriggers(database, std::span(kTables).subspan(kTablesOfVersion2)); !added.ok()) return added;
  return AddMembersOfOffsets(database);
}

}  // namespace

Status PrepareTables(SqliteDatabase& database) {
  auto version = ReadInteger(database, "PRAGMA user_version");
  if (!version.ok()) return version.status();
  if (*version > kSqliteSchemaVersion) return RefuseNewer(database, *version);
  if (Status mode = database.ExecuteWhenFree("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"); !mode.ok()) {
    return mode;
  }
  // Two processes may do this at the same time; the second one finds the tables.
  SqliteTransaction transaction(database);
  if (!transaction.begun().ok()) return transaction.begun();
  version = ReadInteger(database, "PRAGMA user_version");
  if (!version.ok()) return version.status();
  if (*version > kSqliteSchemaVersion) return RefuseNewer(database, *version);
  if (Status converted = Convert(database, *version); !converted.ok()) return converted;
  return transaction.Commit();
}

Status CheckTables(SqliteDatabase& database) {
  if (Status checked = CheckPages(database); !checked.ok()) return checked;
  // One state of all tables, while others write.
  if (Status begun = database.Execute("BEGIN"); !begun.ok()) return begun;
  Status checked = ForEachRow(database, "store_state", [](const SqliteStatement&) {});
  for (const std::string_view table : kTables) {
    if (checked.ok()) checked = CheckTable(database, table);
  }
  // Nothing was written that could be lost.
  static_cast<void>(database.Execute("COMMIT"));
  return checked;
}

}  // namespace streamhouse::agent
