#include "agent/topic_removal.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "agent/testing/faulty_file_system.h"
#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

class TopicRemovalTest : public testing::Test {
 protected:
  TopicRemovalTest() {
    for (const char* partition : {"0", "1"}) {
      std::filesystem::create_directories(topic_ + "/" + partition);
      WriteRawFile(topic_ + "/" + partition + "/00000000000000000000.log", "records");
    }
  }

  bool Exists() const { return std::filesystem::exists(topic_); }

  TemporaryFolder folder_;
  const std::string topic_ = folder_ / "log/orders";
};

TEST_F(TopicRemovalTest, TakesEverythingAwayThatIsMarked) {
  EXPECT_FALSE(IsMarkedForRemoval(PosixFileSystem(), topic_));
  ASSERT_TRUE(MarkForRemoval(PosixFileSystem(), topic_).ok());
  EXPECT_TRUE(IsMarkedForRemoval(PosixFileSystem(), topic_));
  EXPECT_TRUE(RemoveMarked(PosixFileSystem(), topic_).ok());
  EXPECT_FALSE(Exists());
}

TEST_F(TopicRemovalTest, AMarkCanBeWithdrawn) {
  ASSERT_TRUE(MarkForRemoval(PosixFileSystem(), topic_).ok());
  EXPECT_TRUE(WithdrawMark(PosixFileSystem(), topic_).ok());
  EXPECT_FALSE(IsMarkedForRemoval(PosixFileSystem(), topic_));
  EXPECT_TRUE(std::filesystem::exists(topic_ + "/1"));
}

TEST_F(TopicRemovalTest, LeavesNoMarkWhenAnyOperationOfMarkingFails) {
  for (int n = 1;; ++n) {
    FaultyFileSystem files(PosixFileSystem(), n, Fault::kOnce);
    const Status marked = MarkForRemoval(files, topic_);
    EXPECT_EQ(IsMarkedForRemoval(PosixFileSystem(), topic_), marked.ok()) << n;
    if (!files.has_failed()) break;
  }
}

TEST_F(TopicRemovalTest, MarksATopicWhoseFolderWasMovedAway) {
  std::filesystem::remove_all(topic_);
  EXPECT_TRUE(MarkForRemoval(PosixFileSystem(), topic_).ok());
  EXPECT_TRUE(RemoveMarked(PosixFileSystem(), topic_).ok());
  EXPECT_FALSE(Exists());
}

// Whatever fails: what is left still has its mark, or is an empty folder, and the next attempt takes it away.
TEST_F(TopicRemovalTest, GoesOnAfterAFailureOfAnyOperation) {
  for (int n = 1;; ++n) {
    ASSERT_TRUE(MarkForRemoval(PosixFileSystem(), topic_).ok());
    FaultyFileSystem files(PosixFileSystem(), n, Fault::kOnce);
    const Status removed = RemoveMarked(files, topic_);
    EXPECT_EQ(removed.ok(), !files.has_failed());
    if (removed.ok()) break;
    EXPECT_TRUE(IsMarkedForRemoval(PosixFileSystem(), topic_) || std::filesystem::is_empty(topic_));
  }
  EXPECT_FALSE(Exists());
}

}  // namespace
}  // namespace streamhouse::agent
