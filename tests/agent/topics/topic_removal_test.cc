#include "agent/topics/topic_removal.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

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
    const auto deleted = store_->ListDeleted();
    for (const DeletedLife& life : *deleted) EXPECT_TRUE(store_->ForgetDeleted(life.id).ok());
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
    return RemoveFiles(files, *store_, log_, life_, topic_folder).status();
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

TEST_F(TopicRemovalTest, LeavesTheFolderThatIsMarkedWithAnotherLifeAndForgetsItsOwn) {
  WriteRawFile(topic_ + "/topic#" + std::to_string(life_.id + 1), "");
  EXPECT_EQ(*RemoveFiles(PosixFileSystem(), *store_, log_, life_, TopicFolder::kOfDeletedLife), Removal::kForgotten);
  EXPECT_TRUE(std::filesystem::exists(topic_ + "/1/00000000000000000000.log"));
  EXPECT_TRUE(store_->ListDeleted()->empty());
}

TEST_F(TopicRemovalTest, TakesTheFolderThatIsMarkedWithItsLife) {
  WriteRawFile(topic_ + "/topic#" + std::to_string(life_.id), "");
  EXPECT_TRUE(Remove(PosixFileSystem()).ok());
  EXPECT_TRUE(std::filesystem::is_empty(log_));
}

// An operator has set aside a copy of a partition in the folder of its topic.
TEST_F(TopicRemovalTest, KeepsFoldersThatNoPartitionCanHaveAsItsName) {
  for (const std::string name : {"007", "20260101120000", "0.bak"}) {
    Begin();
    std::filesystem::create_directories(topic_ + "/" + name);
    WriteRawFile(topic_ + "/" + name + "/records.log", "records");
    EXPECT_FALSE(Remove(PosixFileSystem()).ok()) << name;
    const std::string removed = log_ + "/" + RemovedFolderName(life_.id);
    EXPECT_TRUE(std::filesystem::exists(removed + "/" + name + "/records.log")) << name;
    EXPECT_FALSE(std::filesystem::exists(removed + "/1")) << name;
  }
}

TEST_F(TopicRemovalTest, NamesTheFolderThatAnOperatorHasToMove) {
  std::filesystem::create_directories(topic_ + "/0.bak/old");
  const std::string kept = log_ + "/" + RemovedFolderName(life_.id) + "/0.bak";
  EXPECT_EQ(Remove(PosixFileSystem()).message(), kept + " is no partition's folder: move it away");
  std::filesystem::rename(kept, folder_ / "away");
  EXPECT_TRUE(Remove(PosixFileSystem()).ok());
}

// The first sync of one folder fails.
class FirstSyncFails final : public FaultyFileSystem {
 public:
  explicit FirstSyncFails(std::string folder) : FaultyFileSystem(PosixFileSystem()), folder_(std::move(folder)) {}
  Status Admit(DiskOperation operation, const std::string& path) override {
    if (operation != DiskOperation::kSync || path != folder_) return Status::Ok();
    return ++syncs == 1 ? Status(StatusCode::kUnavailable, "cannot be synced") : Status::Ok();
  }
  int syncs = 0;

 private:
  const std::string folder_;
};

// Goal: the new name of the folder is on the disk before the store forgets its life. Method: the
// first sync of the folder of all logs fails.
TEST_F(TopicRemovalTest, SyncsTheRenamingThatCouldNotBeSyncedBefore) {
  FirstSyncFails files(log_);
  EXPECT_FALSE(Remove(files).ok());
  EXPECT_TRUE(std::filesystem::exists(log_ + "/" + RemovedFolderName(life_.id) + "/1"));
  EXPECT_TRUE(Remove(files).ok());
  EXPECT_EQ(files.syncs, 2);
}

TEST_F(TopicRemovalTest, GoesOnAfterAFailureOfAnyOperation) {
  for (int n = 1;; ++n) {
    Begin();
    FaultyFileSystem files(PosixFileSystem());
    files.FailOperation(n, Fault::kOnce);
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
    FaultyFileSystem files(PosixFileSystem());
    files.FailOperation(n, Fault::kOnce);
    if (Remove(files).ok()) break;
    if (!IsRenamedForRemoval(PosixFileSystem(), log_, life_)) continue;
    ++renamed;
    PutFolder(topic_);
    EXPECT_TRUE(Remove(PosixFileSystem()).ok()) << n;
    EXPECT_TRUE(std::filesystem::exists(topic_ + "/1/00000000000000000000.log")) << n;
  }
  EXPECT_GT(renamed, 5);
}

}  // namespace
}  // namespace streamhouse::agent
