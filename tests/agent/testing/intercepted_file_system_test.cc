#include "agent/testing/intercepted_file_system.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

// Notes what comes through the gate, and refuses what it is told to.
class WatchedFileSystem final : public InterceptedFileSystem {
 public:
  WatchedFileSystem() : InterceptedFileSystem(PosixFileSystem()) {}

  Status Admit(DiskOperation operation, const std::string& path) override {
    seen.push_back(operation);
    last_path = path;
    return outcome;
  }
  void NoteSync() override { ++syncs; }

  Status outcome;
  std::vector<DiskOperation> seen;
  std::string last_path;
  int syncs = 0;
};

class InterceptedFileSystemTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
  WatchedFileSystem files_;
};

TEST_F(InterceptedFileSystemTest, AnnouncesEachOperationOnce) {
  const auto file = files_.OpenForAppend(folder_ / "f").value();
  ASSERT_TRUE(file->Append("ab", "cd").ok());
  ASSERT_TRUE(file->Sync().ok());
  ASSERT_TRUE(file->Truncate(3).ok());
  std::string bytes(9, '.');
  EXPECT_EQ(files_.OpenForRead(folder_ / "f").value()->ReadAt(0, bytes).value(), 3U);
  EXPECT_EQ(files_.seen, (std::vector{DiskOperation::kOther, DiskOperation::kAppend, DiskOperation::kSync,
                                      DiskOperation::kTruncate, DiskOperation::kOther, DiskOperation::kRead}));
  EXPECT_EQ(files_.last_path, folder_ / "f");
}

TEST_F(InterceptedFileSystemTest, NotesTheSyncsThatSucceeded) {
  EXPECT_TRUE(files_.SyncFolder(folder_.path()).ok());
  EXPECT_FALSE(files_.SyncFolder(folder_ / "none").ok());
  files_.outcome = {StatusCode::kUnavailable, "refused"};
  EXPECT_FALSE(files_.SyncFolder(folder_.path()).ok());
  EXPECT_EQ(files_.syncs, 1);
}

TEST_F(InterceptedFileSystemTest, DoesNothingOfWhatIsRefused) {
  WriteRawFile(folder_ / "f", "x");
  files_.outcome = {StatusCode::kUnavailable, "refused"};
  EXPECT_EQ(files_.RemoveFile(folder_ / "f"), files_.outcome);
  EXPECT_EQ(files_.CreateFolders(folder_ / "a"), files_.outcome);
  EXPECT_EQ(files_.OpenForAppend(folder_ / "g").status(), files_.outcome);
  files_.outcome = {};
  EXPECT_EQ(files_.ListFolder(folder_.path()).value(), std::vector<std::string>{"f"});
}

TEST_F(InterceptedFileSystemTest, WritesHalfOfAnAppendThatIsRefused) {
  const auto file = files_.OpenForAppend(folder_ / "f").value();
  files_.outcome = {StatusCode::kUnavailable, "refused"};
  EXPECT_EQ(file->Append("abcd", "efgh"), files_.outcome);
  EXPECT_EQ(file->Append("ab", "cdefgh"), files_.outcome);
  EXPECT_EQ(ReadRawFile(folder_ / "f"), "abcdabcd");
}

}  // namespace
}  // namespace streamhouse::agent
