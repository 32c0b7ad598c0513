#include "agent/metadata/sqlite_schema.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "agent/metadata/sqlite_transaction.h"

namespace streamhouse::agent {
namespace {

// Topic ids begin at a random place, so that a store that is made again beside old clients does not give out theirs.
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

// What version 3 has and version 2 has not: the openings of logs, and who has committed an offset.
constexpr char kAddOpenings[] = R"sql(
  CREATE TABLE log_openings (
    topic_id INTEGER NOT NULL,
    partition INTEGER NOT NULL,
    open_id INTEGER NOT NULL,
    end_offset INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (topic_id, partition, open_id)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO store_state VALUES ('log_openings', 0, row_checksum('store_state', 'log_openings', 0));
  CREATE TRIGGER openings_insert AFTER INSERT ON log_openings BEGIN
    UPDATE store_state SET (value, checksum) = (value + NEW.checksum,
      row_checksum('store_state', name, value + NEW.checksum)) WHERE name = 'log_openings'; END;
  CREATE TRIGGER openings_update AFTER UPDATE ON log_openings BEGIN
    UPDATE store_state SET (value, checksum) = (value + NEW.checksum - OLD.checksum,
      row_checksum('store_state', name, value + NEW.checksum - OLD.checksum)) WHERE name = 'log_openings'; END;
  CREATE TRIGGER openings_delete AFTER DELETE ON log_openings BEGIN
    UPDATE store_state SET (value, checksum) = (value - OLD.checksum,
      row_checksum('store_state', name, value - OLD.checksum)) WHERE name = 'log_openings'; END;
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

struct SummedTable {
  std::string_view name;
  // Add up the checksums of its rows after every change; empty where they are made with the table.
  const char* triggers;
  std::string_view select_all;
};

constexpr std::array<SummedTable, 4> kTables = {{
    {"topics",
     R"sql(
  CREATE TRIGGER topics_insert AFTER INSERT ON topics BEGIN
    UPDATE store_state SET (value, checksum) = (value + NEW.checksum,
      row_checksum('store_state', name, value + NEW.checksum)) WHERE name = 'topics'; END;
  CREATE TRIGGER topics_update AFTER UPDATE ON topics BEGIN
    UPDATE store_state SET (value, checksum) = (value + NEW.checksum - OLD.checksum,
      row_checksum('store_state', name, value + NEW.checksum - OLD.checksum)) WHERE name = 'topics'; END;
  CREATE TRIGGER topics_delete AFTER DELETE ON topics BEGIN
    UPDATE store_state SET (value, checksum) = (value - OLD.checksum,
      row_checksum('store_state', name, value - OLD.checksum)) WHERE name = 'topics'; END;)sql",
     "SELECT * FROM topics"},
    {"partition_leases",
     R"sql(
  CREATE TRIGGER leases_insert AFTER INSERT ON partition_leases BEGIN
    UPDATE store_state SET (value, checksum) = (value + NEW.checksum,
      row_checksum('store_state', name, value + NEW.checksum)) WHERE name = 'partition_leases'; END;
  CREATE TRIGGER leases_update AFTER UPDATE ON partition_leases BEGIN
    UPDATE store_state SET (value, checksum) = (value + NEW.checksum - OLD.checksum,
      row_checksum('store_state', name, value + NEW.checksum - OLD.checksum)) WHERE name = 'partition_leases'; END;
  CREATE TRIGGER leases_delete AFTER DELETE ON partition_leases BEGIN
    UPDATE store_state SET (value, checksum) = (value - OLD.checksum,
      row_checksum('store_state', name, value - OLD.checksum)) WHERE name = 'partition_leases'; END;)sql",
     "SELECT * FROM partition_leases"},
    {"committed_offsets",
     R"sql(
  CREATE TRIGGER offsets_insert AFTER INSERT ON committed_offsets BEGIN
    UPDATE store_state SET (value, checksum) = (value + NEW.checksum,
      row_checksum('store_state', name, value + NEW.checksum)) WHERE name = 'committed_offsets'; END;
  CREATE TRIGGER offsets_update AFTER UPDATE ON committed_offsets BEGIN
    UPDATE store_state SET (value, checksum) = (value + NEW.checksum - OLD.checksum,
      row_checksum('store_state', name, value + NEW.checksum - OLD.checksum)) WHERE name = 'committed_offsets'; END;
  CREATE TRIGGER offsets_delete AFTER DELETE ON committed_offsets BEGIN
    UPDATE store_state SET (value, checksum) = (value - OLD.checksum,
      row_checksum('store_state', name, value - OLD.checksum)) WHERE name = 'committed_offsets'; END;)sql",
     "SELECT * FROM committed_offsets"},
    {"log_openings", "", "SELECT * FROM log_openings"},
}};

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

Status CreateTables(SqliteDatabase& database) {
  if (Status created = database.Execute(kCreateVersion2); !created.ok()) return created;
  for (const SummedTable& table : kTables) {
    if (Status created = database.Execute(table.triggers); !created.ok()) return created;
  }
  return Status::Ok();
}

Status ConvertVersion1(SqliteDatabase& database) {
  if (Status checked = CheckPages(database); !checked.ok()) return checked;
  if (Status aside = database.Execute(kPutOldTablesAside); !aside.ok()) return aside;
  if (Status created = CreateTables(database); !created.ok()) return created;
  return database.Execute(kTakeOverOldTables);
}

// Calls `visit` with each row; its checksum is in the last column.
template <typename Visit>
Status ForEachRow(SqliteDatabase& database, std::string_view table, std::string_view select_all, const Visit& visit) {
  auto statement = SqliteStatement::Prepare(database, select_all);
  if (!statement.ok()) return statement.status();
  for (;;) {
    auto row = statement->Step();
    if (!row.ok()) return row.status();
    if (*row == SqliteStatement::Row::kDone) return Status::Ok();
    if (Status checked = statement->CheckRow(table); !checked.ok()) return checked;
    visit(*statement);
  }
}

Status CheckTable(SqliteDatabase& database, const SummedTable& table) {
  std::int64_t sum = 0;
  const auto add = [&](const SqliteStatement& row) { sum += row.Integer(row.ColumnCount() - 1); };
  if (Status checked = ForEachRow(database, table.name, table.select_all, add); !checked.ok()) return checked;
  auto statement = SqliteStatement::Prepare(database, "SELECT value FROM store_state WHERE name = ?1");
  if (!statement.ok()) return statement.status();
  statement->Bind(1, table.name);
  auto row = statement->Step();
  if (!row.ok()) return row.status();
  if (*row == SqliteStatement::Row::kHere && statement->Integer(0) == sum) return Status::Ok();
  return {StatusCode::kDataLoss, database.path() + ": table " + std::string(table.name) +
                                     " does not hold the rows that were written: the sum of their checksums is wrong"};
}

// The rows get new checksums, which must not hide damage.
Status AddMembersOfOffsets(SqliteDatabase& database) {
  const SummedTable& offsets = *std::find_if(
      kTables.begin(), kTables.end(), [](const SummedTable& table) { return table.name == "committed_offsets"; });
  if (Status checked = CheckTable(database, offsets); !checked.ok()) return checked;
  if (Status added = database.Execute(kAddMembersOfOffsets); !added.ok()) return added;
  return database.Execute(offsets.triggers);
}

// From `version` to the present one.
Status Convert(SqliteDatabase& database, std::int64_t version) {
  Status done;
  if (version == 0) done = CreateTables(database);
  if (version == 1) done = ConvertVersion1(database);
  if (version == kSqliteSchemaVersion || !done.ok()) return done;
  if (Status added = database.Execute(kAddOpenings); !added.ok()) return added;
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
  Status checked = ForEachRow(database, "store_state", "SELECT * FROM store_state", [](const SqliteStatement&) {});
  for (const SummedTable& table : kTables) {
    if (checked.ok()) checked = CheckTable(database, table);
  }
  static_cast<void>(database.Execute("COMMIT"));
  return checked;
}

}  // namespace streamhouse::agent
