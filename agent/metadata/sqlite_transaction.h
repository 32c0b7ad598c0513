// SqliteUse and SqliteTransaction: scopes of a statement's use and of a transaction.
//
// Guarantees:
// 1. A statement is reset when its use is over, so that it holds no read lock.
// 2. A transaction that was not committed is rolled back.
// Thread safety: that of SqliteDatabase.
// Cost: a transaction takes the write lock when it begins, so that what it has read stays so until
// it ends.
// Errors: begun() and Commit(), those of SqliteDatabase.
#pragma once

#include "agent/metadata/sqlite_database.h"

namespace streamhouse::agent {

class SqliteUse {
 public:
  explicit SqliteUse(SqliteStatement& statement) : statement_(statement) {}
  ~SqliteUse() { statement_.Reset(); }
  SqliteUse(const SqliteUse&) = delete;
  SqliteUse& operator=(const SqliteUse&) = delete;
  SqliteStatement* operator->() { return &statement_; }
  SqliteStatement& operator*() { return statement_; }

 private:
  SqliteStatement& statement_;
};

class SqliteTransaction {
 public:
  explicit SqliteTransaction(SqliteDatabase& database)
      : database_(database), begun_(database.Execute("BEGIN IMMEDIATE")) {}
  ~SqliteTransaction() {
    // Without effect, and not worth reporting, when SQLite has rolled back by itself.
    if (begun_.ok() && !committed_) static_cast<void>(database_.Execute("ROLLBACK"));
  }
  SqliteTransaction(const SqliteTransaction&) = delete;
  SqliteTransaction& operator=(const SqliteTransaction&) = delete;

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

}  // namespace streamhouse::agent
