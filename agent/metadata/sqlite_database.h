// SqliteDatabase and SqliteStatement: the only place where SQLite's C interface is called.
//
// When to use something else: SqliteMetadataStore is what the agent uses.
// Guarantees:
// 1. SQL is constant text; values are bound, never pasted in.
// 2. Everything is closed by destruction, statements before their database.
// 3. In SQL, now_ms() is the time, and row_checksum(table, value, …) the checksum of a row, from 0
//    to 2^32 - 1; two rows that differ in one bit have different ones.
// Thread safety: one thread at a time.
// Cost: a statement is compiled once.
// Errors: Unavailable (busy, out of reach), ResourceExhausted (the disk is full), DataLoss
// (damaged, or no database), Internal; each with SQLite's message and the file.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "agent/log/log_clocks.h"
#include "metrics_core/status.h"

namespace streamhouse::agent {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

class SqliteDatabase {
 public:
  // Creates the file when it is not there. A locked database is waited for up to `busy_timeout`.
  // `clock` is what now_ms() returns in SQL; empty: the time of SQLite's own current_timestamp.
  static Result<std::unique_ptr<SqliteDatabase>> Open(const std::string& path, std::chrono::milliseconds busy_timeout,
                                                      WallClock clock);
  ~SqliteDatabase();
  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;

  // Runs statements that return no rows.
  Status Execute(const char* sql);
  // The same, and waits for others where SQLite itself does not: while they change the journal
  // mode, for example.
  Status ExecuteWhenFree(const char* sql);
  // Writes the state of the database at one moment into another file, synced. Others may write
  // meanwhile. Unavailable while another connection keeps readers out, after the time that Open()
  // was given.
  Status CopyTo(const std::string& path);
  const std::string& path() const { return path_; }

 private:
  friend class SqliteStatement;

  SqliteDatabase(std::string path, std::chrono::milliseconds busy_timeout, WallClock clock)
      : path_(std::move(path)), busy_timeout_(busy_timeout), clock_(std::move(clock)) {}
  static void NowMilliseconds(sqlite3_context* context, int argument_count, sqlite3_value** arguments);
  static void ChecksumRow(sqlite3_context* context, int argument_count, sqlite3_value** arguments);
  Status ErrorOf(int code) const;

  const std::string path_;
  const std::chrono::milliseconds busy_timeout_;
  const WallClock clock_;
  sqlite3* handle_ = nullptr;
};

// One use: Bind, then Step until it says kDone; then Reset, before the next. SqliteUse
// (sqlite_transaction.h) resets by itself. A Step() that fails has reset the statement already.
//
//   auto insert = SqliteStatement::Prepare(database, "INSERT INTO topics VALUES (?1, ?2)");
//   if (!insert.ok()) return insert.status();
//   const auto row = insert->Bind(1, 7).Bind(2, "orders").Step();  // kDone: it returns no rows
//   insert->Reset();
class SqliteStatement {
 public:
  enum class Row : std::uint8_t { kHere, kDone };

  static Result<SqliteStatement> Prepare(SqliteDatabase& database, std::string_view sql);
  SqliteStatement() = default;
  SqliteStatement(SqliteStatement&& other) noexcept;
  SqliteStatement& operator=(SqliteStatement&& other) noexcept;
  ~SqliteStatement();

  // Parameters and columns count as in SQLite: parameters from 1, columns from 0. Text must outlive
  // the use. Reset() keeps what was bound: a use must bind every parameter again. Step() returns
  // the error of a Bind() that failed, and does not run the statement. A parameter that the
  // statement does not have ends the program through Check(). So does a Bind() between Step() and
  // Reset().
  SqliteStatement& Bind(int parameter, std::int64_t value);
  SqliteStatement& Bind(int parameter, std::string_view text);
  Result<Row> Step();
  std::int64_t Integer(int column) const;
  std::string Text(int column) const;
  int ColumnCount() const;
  void Reset();
  // For a row of all columns of a table: OK if the last column is row_checksum() of the table's
  // name and the others. Otherwise DataLoss, naming table and row.
  Status CheckRow(std::string_view table) const;

  // Rows that the last insert, update or delete of the database has changed.
  int Changes() const;

 private:
  void NoteBound(int code);

  SqliteDatabase* database_ = nullptr;
  sqlite3_stmt* handle_ = nullptr;
  Status bound_;  // the first error of Bind() since the last Step() or Reset()
};

struct WantedStatement {
  SqliteStatement& statement;
  std::string_view sql;
};

// Stops at the first that does not compile.
Status PrepareAll(SqliteDatabase& database, std::initializer_list<WantedStatement> wanted);

}  // namespace streamhouse::agent
