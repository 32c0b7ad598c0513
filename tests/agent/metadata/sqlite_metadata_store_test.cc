#include "agent/metadata/sqlite_metadata_store.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "agent/metadata/sqlite_database.h"
#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"
#include "tests/support/file_size_limit.h"

namespace streamhouse::agent {
namespace {

class SqliteMetadataStoreTest : public testing::Test {
 protected:
  std::unique_ptr<SqliteMetadataStore> Open() { return *SqliteMetadataStore::Open(path_); }
  // Behind the store's back.
  std::unique_ptr<SqliteDatabase> OpenRaw() {
    return *SqliteDatabase::Open(path_, std::chrono::milliseconds(1000), {});
  }
  std::string RawText(const char* sql) {
    auto database = OpenRaw();
    auto statement = SqliteStatement::Prepare(*database, sql);
    EXPECT_EQ(statement->Step().value(), SqliteStatement::Row::kHere);
    return statement->Text(0);
  }

  TemporaryFolder folder_;
  const std::string path_ = folder_ / "metadata.db";
  const std::vector<LeaseClaim> partition_ = {{.partition = {.topic = "orders", .partition = 0}}};
};

TEST_F(SqliteMetadataStoreTest, UsesAWriteAheadLogAndSaysItsVersion) {
  auto store = Open();
  EXPECT_EQ(RawText("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(RawText("PRAGMA user_version"), "3");
}

TEST_F(SqliteMetadataStoreTest, RefusesAFileThatIsNoDatabase) {
  WriteRawFile(path_, std::string(8192, 'x'));
  EXPECT_EQ(SqliteMetadataStore::Open(path_).status().code(), StatusCode::kDataLoss);
}

TEST_F(SqliteMetadataStoreTest, KeepsNothingOfACallThatFailedHalfWay) {
  auto store = Open();
  ASSERT_TRUE(OpenRaw()
                  ->Execute("CREATE TRIGGER fail BEFORE INSERT ON partition_leases WHEN NEW.partition = 1 "
                            "BEGIN SELECT RAISE(ABORT, 'made to fail'); END")
                  .ok());
  const std::vector<LeaseClaim> two = {partition_[0], {.partition = {.topic = "orders", .partition = 1}}};
  EXPECT_FALSE(store->AcquireLeases(two, "a", std::chrono::hours(1)).ok());
  EXPECT_EQ(store->FindLease(partition_[0].partition).value(), std::nullopt);
  EXPECT_TRUE(store->AcquireLeases(partition_, "a", std::chrono::hours(1)).ok());
}

TEST_F(SqliteMetadataStoreTest, KeepsNothingOfATopicWhoseLeasesCannotBeStored) {
  auto store = Open();
  ASSERT_TRUE(OpenRaw()
                  ->Execute("CREATE TRIGGER fail BEFORE INSERT ON partition_leases WHEN NEW.partition = 1 "
                            "BEGIN SELECT RAISE(ABORT, 'made to fail'); END")
                  .ok());
  EXPECT_FALSE(store->CreateLeasedTopic({.name = "orders", .partitions = 2}, "a", std::chrono::hours(1)).ok());
  EXPECT_TRUE(store->ListTopics()->empty());
  EXPECT_EQ(store->FindLease(partition_[0].partition).value(), std::nullopt);
}

// Goal: a quota that is used up. Method: a limit on the size of files, which SQLite reports alike.
TEST_F(SqliteMetadataStoreTest, AsksForRoomWhereAQuotaIsUsedUp) {
  auto store = Open();
  std::optional<FileSizeLimit> limit;
  Status asked;
  store->set_make_room([&](const Status& failure) {
    asked = failure;
    limit.reset();
    return true;
  });
  limit.emplace(0);
  EXPECT_TRUE(store->CreateTopic({.name = "orders", .partitions = 1}).ok());
  limit.reset();
  EXPECT_EQ(asked.code(), StatusCode::kUnavailable);
  EXPECT_EQ(store->ListTopics()->size(), 1U);
}

TEST_F(SqliteMetadataStoreTest, OpensFromManyThreadsAtOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { EXPECT_TRUE(SqliteMetadataStore::Open(path_).ok()); });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace streamhouse::agent
