// The tables of a SqliteMetadataStore: their definition, their conversion from older versions, and
// their check.
//
// When to use something else: SqliteMetadataStore::Open() calls both functions.
// Guarantees:
// 1. A file of a newer version is refused and not touched.
// 2. A file of an older version is converted in one transaction, and its old program refuses it
//    afterwards.
// 3. Every row ends with a checksum of its values. `store_state` holds the sum of these checksums
//    for each table: it shows a row that is damaged, gone or back from the past.
// Thread safety: that of SqliteDatabase. Each function begins a transaction of its own: the caller
// must have none open.
// Cost: CheckTables reads everything once.
// Errors: FailedPrecondition for a newer version; DataLoss naming the table, and the row where it
// is there.
#pragma once

#include <cstdint>

#include "agent/metadata/sqlite_database.h"

namespace streamhouse::agent {

inline constexpr std::int64_t kSqliteSchemaVersion = 3;

// Makes the tables, or converts older ones. From then on the file is in WAL mode, and writes
// through `database` wait for the disk (synchronous = FULL).
Status PrepareTables(SqliteDatabase& database);

// DataLoss at the first row or table that is not as it was written.
Status CheckTables(SqliteDatabase& database);

}  // namespace streamhouse::agent
