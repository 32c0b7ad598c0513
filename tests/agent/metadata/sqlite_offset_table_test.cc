#include "agent/metadata/sqlite_offset_table.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "agent/metadata/sqlite_database.h"
#include "agent/metadata/sqlite_schema.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

// The contract of the store tests the tables through the store.
class SqliteOffsetTableTest : public testing::Test {
 protected:
  SqliteOffsetTableTest() { EXPECT_TRUE(PrepareTables(*database_).ok()); }

  TemporaryFolder folder_;
  std::unique_ptr<SqliteDatabase> database_ =
      *SqliteDatabase::Open(folder_ / "db", std::chrono::milliseconds(1000), [] { return 1000; });
};

TEST_F(SqliteOffsetTableTest, ChangesAndRemovesRows) {
  auto table = *SqliteOffsetTable::Prepare(*database_);
  ASSERT_TRUE(table.Change({.group = "g", .partition = {.topic_id = 1}, .offset = 5}).ok());
  ASSERT_TRUE(table.Change({.group = "g", .partition = {.topic_id = 2}, .offset = 6}).ok());
  ASSERT_TRUE(table.Change({.group = "h", .partition = {.topic_id = 2}, .offset = 7}).ok());
  ASSERT_TRUE(table.Change({.group = "h", .partition = {.topic_id = 2}}).ok());
  ASSERT_TRUE(table.RemoveAll(1).ok());
  EXPECT_EQ(*table.List({}), (std::vector<CommittedOffset>{{"g", {.topic_id = 2}, 6}}));
}

TEST_F(SqliteOffsetTableTest, DoesNotPassOnADamagedRow) {
  auto table = *SqliteOffsetTable::Prepare(*database_);
  ASSERT_TRUE(table.Change({.group = "g", .partition = {.topic_id = 1}, .offset = 5}).ok());
  ASSERT_TRUE(database_->Execute("UPDATE committed_offsets SET next_offset = 6").ok());
  EXPECT_EQ(table.Find("g", {.topic_id = 1}).status().code(), StatusCode::kDataLoss);
  EXPECT_EQ(table.List({}).status().code(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace streamhouse::agent
