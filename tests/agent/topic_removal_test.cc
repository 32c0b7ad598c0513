#include "agent/topic_removal.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "agent/metadata/sqlite_metadata_store.h"
#include "agent/testing/faulty_file_system.h"
#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

class TopicRemovalTest : public testing::Test {
 protected:
  TopicRemovalTest() { Begin(); }

  // A topic with files has been deleted.
  void Begin() {
    std::filesystem::remove_all(log_);
    PutFolder(topic_);
    for (const DeletedLife& life : *store_->ListDeleted()) EXPECT_TRUE(store_->ForgetDeleted(life.id).ok());
    const TopicId id = store_->CreateTopic({.name = "orders", .partitions = 2})->id;
    EXPECT_TRUE(store_->DeleteTopic("orders", id).ok());
    life_ = store_->ListDeleted()->at(0);
  }
  static void PutFolder(const std::string& path) {
    for (const char* partition : {"0", "1"}) {
      std::filesystem::create_directories(path + "/" + partition);
      WriteRawFile(path + "/" + partition + "/00000000000000000000.log", "records");
    }
  }
  Status Remove(FileSystem& files, TopicFolder topic_folder = TopicFolder::kOfDeletedLife) {
    return RemoveFiles(files, *store_, log_, life_, topic_folder);
  }

  TemporaryFolder folder_;
  const std::string log_ = folder_ / "log";
  const std::string topic_ = log_ + "/orders";
  std::unique_ptr<SqliteMetadataStore> store_ = *SqliteMetadataStore::Open(folder_ / "metadata.db");
  DeletedLife life_;
};

TEST_F(TopicRemovalTest, TakesTheFolderAwayAndForgetsTheLife) {
  EXPECT_TRUE(Remove(PosixFileSystem()).ok());
  EXPECT_TRUE(std::filesystem::is_empty(log_));
  EXPECT_TRUE(store_->ListDeleted()->empty());
}

TEST_F(TopicRemovalTest, IsDoneWhereTheFolderWasMovedAway) {
  std::filesystem::rename(topic_, folder_ / "away");
  EXPECT_TRUE(Remove(PosixFileSystem()).ok());
  EXPECT_TRUE(store_->ListDeleted()->empty());
}

TEST_F(TopicRemovalTest, LeavesTheFolderOfALaterTopicOfThatName) {
  EXPECT_TRUE(Remove(PosixFileSystem(), TopicFolder::kOfLaterTopic).ok());
  EXPECT_TRUE(std::filesystem::exists(topic_ + "/1"));
}

TEST_F(TopicRemovalTest, GoesOnAfterAFailureOfAnyOperation) {
  for (int n = 1;; ++n) {
    Begin();
    FaultyFileSystem files(PosixFileSystem(), n, Fault::kOnce);
    const Status removed = Remove(files);
    EXPECT_EQ(removed.ok(), !files.has_failed()) << n;
    if (removed.ok()) break;
    EXPECT_TRUE(Remove(PosixFileSystem()).ok()) << n;
    EXPECT_TRUE(std::filesystem::is_empty(log_)) << n;
  }
}

TEST_F(TopicRemovalTest, NeverTakesAFolderThatWasPutInThePlaceOfItsOwn) {
  int renamed = 0;
  for (int n = 1;; ++n) {
    Begin();
    FaultyFileSystem files(PosixFileSystem(), n, Fault::kOnce);
    if (Remove(files).ok()) break;
    if (!IsSetAside(PosixFileSystem(), log_, life_)) continue;
    ++renamed;
    PutFolder(topic_);
    EXPECT_TRUE(Remove(PosixFileSystem()).ok()) << n;
    EXPECT_TRUE(std::filesystem::exists(topic_ + "/1/00000000000000000000.log")) << n;
  }
  EXPECT_GT(renamed, 5);
}

}  // namespace
}  // namespace streamhouse::agent
