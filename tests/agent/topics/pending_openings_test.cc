#include "agent/topics/pending_openings.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "agent/log/log_openings.h"
#include "agent/metadata/sqlite_database.h"
#include "agent/metadata/sqlite_metadata_store.h"
#include "tests/agent/support/batches.h"
#include "tests/agent/support/catalog_fixture.h"
#include "tests/agent/support/intercepted_store.h"
#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"
#include "tests/support/eventually.h"

namespace streamhouse::agent {
namespace {

class PendingOpeningsTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
  std::unique_ptr<SqliteMetadataStore> store_ = *SqliteMetadataStore::Open(folder_ / "metadata.db");
  const TopicIdPartition orders_ = {.topic_id = store_->CreateTopic({.name = "orders", .partitions = 2})->id};
};

TEST_F(PendingOpeningsTest, RemembersOpeningsOverRestarts) {
  PendingOpenings first(*store_);
  const LogOpenings cut = *first.Reopen(orders_, 90);
  ASSERT_TRUE(first.Flush().ok());
  PendingOpenings second(*store_);
  EXPECT_EQ(second.Reopen(orders_, 110)->LowestEndSince(cut.current().id - 1), 90U);
  EXPECT_EQ(second.Reopen({.topic_id = orders_.topic_id, .partition = 1}, 7)->LowestEndSince(1), 7U);
}

TEST_F(PendingOpeningsTest, StoresWhatAnEarlierFlushCouldNot) {
  PendingOpenings pending(*store_);
  ASSERT_TRUE(pending.Reopen(orders_, 90).ok());
  auto blocker = *SqliteDatabase::Open(folder_ / "metadata.db", std::chrono::milliseconds(0), {});
  ASSERT_TRUE(blocker->Execute("BEGIN IMMEDIATE").ok());
  EXPECT_TRUE(pending.Health().ok());
  EXPECT_EQ(pending.Flush().code(), StatusCode::kUnavailable);
  EXPECT_EQ(pending.Health().message().find("cannot store the openings of logs"), 0U) << pending.Health().message();
  ASSERT_TRUE(blocker->Execute("ROLLBACK").ok());
  EXPECT_TRUE(pending.Flush().ok());
  EXPECT_TRUE(pending.Health().ok());
  EXPECT_EQ(store_->FindOpenings(orders_)->size(), 1U);
}

// Goal: neither a health check nor the opening of another log waits for the store. Method: both
// while it stores.
TEST_F(PendingOpeningsTest, WaitsForNoFlushUnderWay) {
  InterceptedStore store(std::move(store_));
  PendingOpenings pending(store);
  ASSERT_TRUE(pending.Reopen(orders_, 90).ok());
  std::future<void> asked;
  store.before_store_openings = [&] {
    asked = std::async(std::launch::async, [&] {
      EXPECT_TRUE(pending.Health().ok());
      EXPECT_TRUE(pending.Reopen({.topic_id = orders_.topic_id, .partition = 1}, 7).ok());
    });
    EXPECT_TRUE(InTime(asked));
    return Status::Ok();
  };
  EXPECT_TRUE(pending.Flush().ok());
  const TopicIdPartition other = {.topic_id = orders_.topic_id, .partition = 1};
  EXPECT_TRUE(store.FindOpenings(other)->empty());
  store.before_store_openings = [] { return Status::Ok(); };
  EXPECT_TRUE(pending.Flush().ok());
  EXPECT_EQ(store.FindOpenings(other)->size(), 1U);
}

TEST_F(PendingOpeningsTest, IsNotHeldUpByATopicThatIsGone) {
  PendingOpenings pending(*store_);
  ASSERT_TRUE(pending.Reopen(orders_, 90).ok());
  ASSERT_TRUE(store_->DeleteTopic("orders", orders_.topic_id).ok());
  EXPECT_TRUE(pending.Flush().ok());
  EXPECT_TRUE(store_->FindOpenings(orders_)->empty());
}

// Openings in the catalog.
class CatalogOpeningsTest : public CatalogFixture {
 protected:
  // Creates the topic, or serves the rest of its partitions again.
  void Create(std::uint32_t partitions) {
    ASSERT_TRUE(topics_->Create({.name = "orders", .partitions = partitions}).ok());
  }
  void Append(std::uint32_t partition) {
    ASSERT_TRUE(topics_->Find("orders", partition).value()->Append(BatchOf({"a"})).ok());
  }
  void Restart() {
    Reopen();
    ASSERT_TRUE(topics_->Load().ok());
    ASSERT_TRUE(leases_->RenewNow().ok());
  }
  const LogOpenings& Openings(std::uint32_t partition) {
    return topics_->Find("orders", partition).value()->openings();
  }
};

// A creation pays no look-up; the first opening after it is stored.
TEST_F(CatalogOpeningsTest, StoresNoOpeningOfATopicThatIsNew) {
  Create(1);
  Append(0);
  const TopicIdPartition orders = {.topic_id = topics_->Describe("orders")->id};
  EXPECT_TRUE(store_->FindOpenings(orders)->empty());
  Restart();
  EXPECT_EQ(store_->FindOpenings(orders)->size(), 1U);
}

TEST_F(CatalogOpeningsTest, IsNotHealthyUntilItsOpeningsAreStored) {
  Create(1);
  Reopen();
  auto blocker = *SqliteDatabase::Open(folder_ / "metadata.db", std::chrono::milliseconds(0), {});
  ASSERT_TRUE(blocker->Execute("BEGIN IMMEDIATE").ok());
  ASSERT_TRUE(topics_->Load().ok());
  const Status health = topics_->LogHealth();
  EXPECT_EQ(health.message().find("cannot store the openings of logs"), 0U) << health.message();
  ASSERT_TRUE(blocker->Execute("ROLLBACK").ok());
  topics_->ApplyRetention(0);
  EXPECT_TRUE(topics_->LogHealth().ok());
}

TEST_F(CatalogOpeningsTest, ADamagedPartitionRemembersWhereItsLogEndedWhenItWasServedAgain) {
  const std::string segment = folder_ / "log/orders/1/00000000000000000000.log";
  Create(3);
  for (int i = 0; i < 2; ++i) Append(1);
  FlipBit(segment, 41);
  Restart();
  ASSERT_FALSE(topics_->Find("orders", 1).ok());
  FlipBit(segment, 41);
  Create(3);
  const std::uint64_t open_id = Openings(1).current().id;
  for (int i = 0; i < 2; ++i) Append(1);
  Restart();
  EXPECT_EQ(Openings(1).LowestEndSince(open_id - 1), 2U);
  EXPECT_EQ(Openings(1).LowestEndSince(open_id), 4U);
}

}  // namespace
}  // namespace streamhouse::agent
