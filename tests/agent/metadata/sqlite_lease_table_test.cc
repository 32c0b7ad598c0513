#include "agent/metadata/sqlite_lease_table.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "agent/metadata/sqlite_database.h"
#include "agent/metadata/sqlite_schema.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

// The contract of the store tests the tables through the store.
class SqliteLeaseTableTest : public testing::Test {
 protected:
  SqliteLeaseTableTest() { EXPECT_TRUE(PrepareTables(*database_).ok()); }

  TemporaryFolder folder_;
  std::unique_ptr<SqliteDatabase> database_ =
      *SqliteDatabase::Open(folder_ / "db", std::chrono::milliseconds(1000), [] { return 1000; });
};

TEST_F(SqliteLeaseTableTest, AcquiresAndReleases) {
  auto table = *SqliteLeaseTable::Prepare(*database_);
  const TopicPartition partition = {.topic = "a", .partition = 1};
  EXPECT_EQ(table.Acquire({partition}, "x", std::chrono::hours(1))->epoch, 1U);
  EXPECT_EQ(table.Acquire({partition}, "y", std::chrono::hours(1))->holder, "x");
  ASSERT_TRUE(table.ReleaseAll("a").ok());
  EXPECT_EQ(table.Acquire({partition}, "y", std::chrono::hours(1))->epoch, 2U);
}

TEST_F(SqliteLeaseTableTest, DoesNotChangeADamagedRow) {
  auto table = *SqliteLeaseTable::Prepare(*database_);
  ASSERT_TRUE(table.Acquire({.partition = {.topic = "a"}}, "x", std::chrono::hours(1)).ok());
  ASSERT_TRUE(database_->Execute("UPDATE partition_leases SET epoch = 0").ok());
  EXPECT_EQ(table.Acquire({.partition = {.topic = "a"}}, "x", std::chrono::hours(1)).status().code(),
            StatusCode::kDataLoss);
  EXPECT_EQ(table.Release({.topic = "a"}, "x", 0).code(), StatusCode::kDataLoss);
  EXPECT_EQ(table.ReleaseAll("a").code(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace streamhouse::agent
