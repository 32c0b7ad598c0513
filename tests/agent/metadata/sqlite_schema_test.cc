#include "agent/metadata/sqlite_schema.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "agent/metadata/sqlite_database.h"
#include "agent/metadata/sqlite_metadata_store.h"
#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

// As version 1 made it.
constexpr char kVersion1[] = R"sql(
  PRAGMA journal_mode = WAL;
  CREATE TABLE topics (
    name TEXT PRIMARY KEY,
    partitions INTEGER NOT NULL CHECK (partitions > 0),
    retention_ms INTEGER NOT NULL,
    retention_bytes INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE partition_leases (
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    holder TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    PRIMARY KEY (topic, partition)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE committed_offsets (
    consumer_group TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    next_offset INTEGER NOT NULL,
    PRIMARY KEY (consumer_group, topic, partition)
  ) STRICT, WITHOUT ROWID;
  PRAGMA user_version = 1;
  INSERT INTO topics VALUES ('orders', 2, 5, 6), ('payments', 1, 0, 0);
  INSERT INTO partition_leases VALUES ('orders', 0, 'agent', 7, 9000000000000), ('orders', 1, 'agent', 8, 0);
  INSERT INTO committed_offsets VALUES ('g', 'orders', 1, 42), ('h', 'payments', 0, 43);
)sql";

class SqliteSchemaTest : public testing::Test {
 protected:
  Result<std::unique_ptr<SqliteMetadataStore>> Open() const { return SqliteMetadataStore::Open(path_); }
  // Behind the store's back.
  void Run(const char* sql) const {
    auto database = *SqliteDatabase::Open(path_, std::chrono::milliseconds(1000), {});
    const Status done = database->Execute(sql);
    ASSERT_TRUE(done.ok()) << done.message();
  }
  // A store with a row in every table.
  void Fill() const {
    auto store = *Open();
    const TopicId id = store->CreateTopic({.name = "orders", .partitions = 1})->id;
    ASSERT_TRUE(store->CommitOffset("g", {.topic_id = id}, 7).ok());
    const StoredOpenings log = {.partition = {.topic_id = id}, .openings = {{.id = 1, .end_offset = 2}}};
    ASSERT_TRUE(store->StoreOpenings({&log, 1}).ok());
    const LeaseClaim claim = {.partition = {.topic = "orders"}};
    ASSERT_TRUE(store->AcquireLeases({&claim, 1}, "agent", std::chrono::hours(1)).ok());
    const TopicId deleted = store->CreateTopic({.name = "deleted", .partitions = 1})->id;
    ASSERT_TRUE(store->DeleteTopic("deleted", deleted).ok());
  }
  std::string WhyItIsRefused() const {
    const Status status = Open().status();
    EXPECT_EQ(status.code(), StatusCode::kDataLoss);
    return status.message();
  }

  TemporaryFolder folder_;
  const std::string path_ = folder_ / "metadata.db";
};

TEST_F(SqliteSchemaTest, TakesOverTheTopicsOfVersion1) {
  Run(kVersion1);
  auto store = *Open();
  const auto topics = *store->ListTopics();
  ASSERT_EQ(topics.size(), 2U);
  EXPECT_EQ(topics[0], (TopicDescription{.name = "orders",
                                         .partitions = 2,
                                         .retention = {.age_max = std::chrono::milliseconds(5), .bytes_max = 6},
                                         .id = topics[0].id}));
  EXPECT_NE(topics[0].id, topics[1].id);
  EXPECT_GT(store->CreateTopic({.name = "new", .partitions = 1})->id, std::max(topics[0].id, topics[1].id));
}

TEST_F(SqliteSchemaTest, TakesOverTheOffsetsAndLeasesOfVersion1) {
  Run(kVersion1);
  auto store = *Open();
  const auto topics = *store->ListTopics();
  EXPECT_EQ(store->FindCommittedOffset("g", {.topic_id = topics[0].id, .partition = 1}).value(), 42U);
  EXPECT_EQ(store->FindCommittedOffset("h", {.topic_id = topics[1].id, .partition = 0}).value(), 43U);
  const auto held = *store->FindLease({.topic = "orders", .partition = 0});
  EXPECT_EQ(held->epoch, 7U);
  EXPECT_EQ(held->duration, std::chrono::seconds(30));
  EXPECT_EQ(store->FindLease({.topic = "orders", .partition = 1}).value(), (LeaseRow{.holder = "agent", .epoch = 8}));
}

// In a store that Fill() has made.
constexpr char kBackToVersion2[] = R"sql(
  ALTER TABLE committed_offsets RENAME TO new_offsets;
  CREATE TABLE committed_offsets (
    consumer_group TEXT NOT NULL,
    topic_id INTEGER NOT NULL,
    partition INTEGER NOT NULL,
    next_offset INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (consumer_group, topic_id, partition)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO committed_offsets SELECT consumer_group, topic_id, partition, next_offset,
    row_checksum('committed_offsets', consumer_group, topic_id, partition, next_offset) FROM new_offsets;
  DROP TABLE new_offsets;
  CREATE INDEX committed_offsets_by_topic ON committed_offsets (topic_id);
  UPDATE store_state SET value = (SELECT sum(checksum) FROM committed_offsets) WHERE name = 'committed_offsets';
  UPDATE store_state SET checksum = row_checksum('store_state', name, value);
  DROP TABLE log_openings;
  DROP TABLE deleted_topics;
  DELETE FROM store_state WHERE name IN ('log_openings', 'deleted_topics');
  PRAGMA user_version = 2;
)sql";

TEST_F(SqliteSchemaTest, ConvertsNoRowThatIsDamaged) {
  Fill();
  Run(kBackToVersion2);
  Run("UPDATE committed_offsets SET next_offset = 8");
  EXPECT_NE(WhyItIsRefused().find("damaged row of table committed_offsets: g, "), std::string::npos);
}

TEST_F(SqliteSchemaTest, TakesOverVersion2WithAllItsRows) {
  Fill();
  const auto topics = *(*Open())->ListTopics();
  const auto lease = *(*Open())->FindLease({.topic = "orders"});
  Run(kBackToVersion2);
  auto store = *Open();
  const TopicIdPartition log = {.topic_id = topics.at(0).id};
  EXPECT_EQ(*store->ListTopics(), topics);
  EXPECT_EQ(*store->FindLease({.topic = "orders"}), lease);
  EXPECT_EQ(*store->ListCommittedOffsets({}), (std::vector<CommittedOffset>{{"g", log, 7}}));
  EXPECT_TRUE(store->FindOpenings(log)->empty());
  EXPECT_TRUE(store->ListDeleted()->empty());
}

TEST_F(SqliteSchemaTest, WritesEveryTableOfAStoreThatWasOfVersion2) {
  Fill();
  const auto deleted = *(*Open())->ListDeleted();
  Run(kBackToVersion2);
  const TopicIdPartition log = {.topic_id = (*Open())->ListTopics()->at(0).id};
  const StoredOpenings opened = {.partition = log, .openings = {{.id = 1, .end_offset = 2}}};
  ASSERT_TRUE((*Open())->StoreOpenings({&opened, 1}).ok());
  ASSERT_TRUE((*Open())->CommitOffset("g", log, 8, "m").ok());
  EXPECT_EQ(*(*Open())->FindOpenings(log), opened.openings);
  EXPECT_EQ(*(*Open())->FindCommittedOffset("g", log), 8U);
  const TopicId created = (*Open())->CreateTopic({.name = "new", .partitions = 1})->id;
  EXPECT_GT(created, deleted.at(0).id) << "no identity is given twice";
  ASSERT_TRUE((*Open())->DeleteTopic("new", created).ok());
  EXPECT_EQ((*Open())->ListDeleted()->at(0).id, created);
}

TEST_F(SqliteSchemaTest, ConvertsOnceAndOpensAgain) {
  Run(kVersion1);
  const auto topics = *(*Open())->ListTopics();
  EXPECT_EQ(*(*Open())->ListTopics(), topics);
}

TEST_F(SqliteSchemaTest, RefusesANewerVersionAndLeavesItAlone) {
  Run("PRAGMA user_version = 4");
  const std::string before = ReadRawFile(path_);
  const Status status = Open().status();
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(status.message(), path_ + " has schema version 4; this program knows versions up to 3");
  EXPECT_EQ(ReadRawFile(path_), before);
}

TEST_F(SqliteSchemaTest, NamesTheTableAndTheRowThatIsDamaged) {
  Fill();
  Run("UPDATE committed_offsets SET next_offset = 8");
  EXPECT_EQ(WhyItIsRefused().find(path_ + ": damaged row of table committed_offsets: g, "), 0U) << WhyItIsRefused();
}

TEST_F(SqliteSchemaTest, NoticesADamagedRowOfEveryTable) {
  for (const char* damage :
       {"UPDATE topics SET partitions = 2", "UPDATE topics SET name = 'order'", "UPDATE partition_leases SET epoch = 2",
        "UPDATE committed_offsets SET partition = 1", "UPDATE log_openings SET end_offset = 3",
        "UPDATE deleted_topics SET name = 'orders'", "UPDATE store_state SET value = 1 WHERE name = 'last_topic_id'"}) {
    std::filesystem::remove(path_);
    Fill();
    Run(damage);
    EXPECT_NE(WhyItIsRefused().find("damaged row of table "), std::string::npos) << damage;
  }
}

// As a flipped bit in a page can do it: no row is wrong, and one is missing.
TEST_F(SqliteSchemaTest, NoticesARowThatIsGone) {
  for (const std::string table :
       {"topics", "partition_leases", "committed_offsets", "log_openings", "deleted_topics"}) {
    std::filesystem::remove(path_);
    Fill();
    Run(("DROP TRIGGER " + table + "_delete; DELETE FROM " + table).c_str());
    EXPECT_NE(WhyItIsRefused().find("table " + table + " does not hold the rows that were written"), std::string::npos);
  }
}

TEST_F(SqliteSchemaTest, FindsARowThatIsDamagedWhileItServes) {
  Fill();
  auto store = *Open();
  const TopicId id = store->ListTopics()->at(0).id;
  Run("UPDATE topics SET partitions = 2; UPDATE committed_offsets SET next_offset = 8;"
      "UPDATE partition_leases SET epoch = 2");
  EXPECT_EQ(store->ListTopics().status().code(), StatusCode::kDataLoss);
  EXPECT_EQ(store->FindCommittedOffset("g", {.topic_id = id}).status().code(), StatusCode::kDataLoss);
  EXPECT_EQ(store->FindLease({.topic = "orders"}).status().code(), StatusCode::kDataLoss);
  EXPECT_EQ(store->SetRetention("orders", {}).code(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace streamhouse::agent
