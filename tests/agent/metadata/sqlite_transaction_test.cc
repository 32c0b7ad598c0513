#include "agent/metadata/sqlite_transaction.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "agent/metadata/sqlite_database.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

class SqliteTransactionTest : public testing::Test {
 protected:
  SqliteTransactionTest() { EXPECT_TRUE(database_->Execute("CREATE TABLE t (x)").ok()); }

  std::int64_t CountRows() {
    auto count = SqliteStatement::Prepare(*database_, "SELECT count(*) FROM t");
    SqliteUse use(*count);
    EXPECT_TRUE(use->Step().ok());
    return use->Integer(0);
  }

  TemporaryFolder folder_;
  std::unique_ptr<SqliteDatabase> database_ =
      *SqliteDatabase::Open(folder_ / "db", std::chrono::milliseconds(1000), {});
};

TEST_F(SqliteTransactionTest, KeepsCommittedRowsAndRollsBackTheOthers) {
  for (const bool commit : {true, false}) {
    SqliteTransaction transaction(*database_);
    ASSERT_TRUE(transaction.begun().ok());
    ASSERT_TRUE(database_->Execute("INSERT INTO t VALUES (1)").ok());
    EXPECT_TRUE(!commit || transaction.Commit().ok());
  }
  EXPECT_EQ(CountRows(), 1);
}

TEST_F(SqliteTransactionTest, AStatementIsFreeAgainAfterItsUse) {
  auto statement = SqliteStatement::Prepare(*database_, "SELECT 1");
  for (int i = 0; i < 2; ++i) {
    SqliteUse use(*statement);
    EXPECT_EQ(use->Step().value(), SqliteStatement::Row::kHere);
  }
}

}  // namespace
}  // namespace streamhouse::agent
