#include "agent/metadata/sqlite_opening_table.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <vector>

#include "agent/log/log_openings.h"
#include "agent/metadata/sqlite_database.h"
#include "agent/metadata/sqlite_schema.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

// The contract of the store tests the tables through the store.
class SqliteOpeningTableTest : public testing::Test {
 protected:
  SqliteOpeningTableTest() { EXPECT_TRUE(PrepareTables(*database_).ok()); }

  TemporaryFolder folder_;
  std::unique_ptr<SqliteDatabase> database_ =
      *SqliteDatabase::Open(folder_ / "db", std::chrono::milliseconds(1000), [] { return 1000; });
};

TEST_F(SqliteOpeningTableTest, ReplacesTheOpeningsOfALog) {
  auto table = *SqliteOpeningTable::Prepare(*database_);
  ASSERT_TRUE(table.Put({.partition = {.topic_id = 1}, .openings = {{7, 70}, {8, 80}}}).ok());
  ASSERT_TRUE(table.Put({.partition = {.topic_id = 2}, .openings = {{5, 50}}}).ok());
  ASSERT_TRUE(table.Put({.partition = {.topic_id = 1}, .openings = {{8, 80}, {9, 90}}}).ok());
  EXPECT_EQ(*table.Find({.topic_id = 1}), (std::vector<LogOpening>{{8, 80}, {9, 90}}));
  ASSERT_TRUE(table.RemoveAll(1).ok());
  EXPECT_TRUE(table.Find({.topic_id = 1})->empty());
  EXPECT_EQ(*table.Find({.topic_id = 2}), (std::vector<LogOpening>{{5, 50}}));
}

TEST_F(SqliteOpeningTableTest, DoesNotPassOnADamagedRow) {
  auto table = *SqliteOpeningTable::Prepare(*database_);
  ASSERT_TRUE(table.Put({.partition = {.topic_id = 1}, .openings = {{7, 70}}}).ok());
  ASSERT_TRUE(database_->Execute("UPDATE log_openings SET end_offset = 71").ok());
  EXPECT_EQ(table.Find({.topic_id = 1}).status().code(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace streamhouse::agent
