#include "agent/metadata/sqlite_topic_table.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "agent/metadata/sqlite_database.h"
#include "agent/metadata/sqlite_schema.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

// The contract of the store tests the tables through the store.
class SqliteTopicTableTest : public testing::Test {
 protected:
  SqliteTopicTableTest() { EXPECT_TRUE(PrepareTables(*database_).ok()); }

  TemporaryFolder folder_;
  std::unique_ptr<SqliteDatabase> database_ =
      *SqliteDatabase::Open(folder_ / "db", std::chrono::milliseconds(1000), [] { return 1000; });
};

TEST_F(SqliteTopicTableTest, PutsFindsAndRemovesARow) {
  auto table = *SqliteTopicTable::Prepare(*database_);
  const TopicDescription topic = {.name = "a", .partitions = 2, .retention = {.bytes_max = 3}, .id = *table.NextId()};
  ASSERT_TRUE(table.Put(topic).ok());
  EXPECT_EQ(*table.Find("a"), topic);
  EXPECT_TRUE(*table.HasId(topic.id));
  ASSERT_TRUE(table.Remove("a").ok());
  EXPECT_EQ(*table.Find("a"), std::nullopt);
  EXPECT_FALSE(*table.HasId(topic.id));
  EXPECT_EQ(*table.NextId(), topic.id + 1);
}

TEST_F(SqliteTopicTableTest, DoesNotChangeADamagedRow) {
  auto table = *SqliteTopicTable::Prepare(*database_);
  ASSERT_TRUE(table.Put({.name = "a", .partitions = 2, .id = 7}).ok());
  ASSERT_TRUE(database_->Execute("UPDATE topics SET partitions = 3").ok());
  const Status status = table.Find("a").status();
  EXPECT_EQ(status.code(), StatusCode::kDataLoss);
  EXPECT_EQ(status.message(), folder_ / "db" + ": damaged row of table topics: a, 7, 3, 0, 0");
}

}  // namespace
}  // namespace streamhouse::agent
