#include "agent/opening_book.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>

#include "agent/log/log_openings.h"
#include "agent/metadata/sqlite_database.h"
#include "agent/metadata/sqlite_metadata_store.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

class OpeningBookTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
  std::unique_ptr<SqliteMetadataStore> store_ = *SqliteMetadataStore::Open(folder_ / "metadata.db");
  const TopicIdPartition orders_ = {.topic_id = store_->CreateTopic({.name = "orders", .partitions = 2})->id};
};

TEST_F(OpeningBookTest, RemembersOpeningsOverRestarts) {
  OpeningBook first(*store_);
  const LogOpenings cut = *first.Reopen(orders_, 90);
  ASSERT_TRUE(first.Flush().ok());
  OpeningBook second(*store_);
  EXPECT_EQ(second.Reopen(orders_, 110)->LowestEndSince(cut.current().id - 1), 90U);
  EXPECT_EQ(second.Reopen({.topic_id = orders_.topic_id, .partition = 1}, 7)->LowestEndSince(1), 7U);
}

TEST_F(OpeningBookTest, StoresWhatAnEarlierFlushCouldNot) {
  OpeningBook book(*store_);
  ASSERT_TRUE(book.Reopen(orders_, 90).ok());
  auto blocker = *SqliteDatabase::Open(folder_ / "metadata.db", std::chrono::milliseconds(0), {});
  ASSERT_TRUE(blocker->Execute("BEGIN IMMEDIATE").ok());
  EXPECT_EQ(book.Flush().code(), StatusCode::kUnavailable);
  ASSERT_TRUE(blocker->Execute("ROLLBACK").ok());
  EXPECT_TRUE(book.Flush().ok());
  EXPECT_EQ(store_->FindOpenings(orders_)->size(), 1U);
}

TEST_F(OpeningBookTest, IsNotHeldUpByATopicThatIsGone) {
  OpeningBook book(*store_);
  ASSERT_TRUE(book.Reopen(orders_, 90).ok());
  ASSERT_TRUE(store_->DeleteTopic("orders", orders_.topic_id).ok());
  EXPECT_TRUE(book.Flush().ok());
  EXPECT_TRUE(store_->FindOpenings(orders_)->empty());
}

}  // namespace
}  // namespace streamhouse::agent
