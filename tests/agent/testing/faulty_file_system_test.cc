#include "agent/testing/faulty_file_system.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"
#include "tests/support/eventually.h"

namespace streamhouse::agent {
namespace {

// The nth operation fails.
class FailedOperationTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
};

TEST_F(FailedOperationTest, PassesEachOperationOnBeforeItsTime) {
  FaultyFileSystem files(PosixFileSystem());
  files.FailOperation(100, Fault::kFromThenOn);
  ASSERT_TRUE(files.CreateFolders(folder_ / "a").ok());
  ASSERT_TRUE(files.SyncFolder(folder_ / "a").ok());
  auto file = files.OpenForAppend(folder_ / "a/f");
  ASSERT_TRUE((*file)->Append("ab", "cd").ok());
  ASSERT_TRUE((*file)->Sync().ok());
  ASSERT_TRUE((*file)->Truncate(3).ok());
  std::string bytes(9, '.');
  EXPECT_EQ((*files.OpenForRead(folder_ / "a/f"))->ReadAt(0, bytes).value(), 3U);
  EXPECT_EQ(files.FileSize(folder_ / "a/f").value(), 3U);
  EXPECT_EQ(files.ListFolder(folder_ / "a")->size(), 1U);
  EXPECT_TRUE(files.LockFolder(folder_ / "a/lock").ok());
  EXPECT_FALSE(files.has_failed());
}

TEST_F(FailedOperationTest, FailsTheOperationThatWasNamedAndNoOther) {
  FaultyFileSystem files(PosixFileSystem());
  files.FailOperation(2, Fault::kOnce);
  EXPECT_TRUE(files.CreateFolders(folder_ / "a").ok());
  EXPECT_FALSE(files.SyncFolder(folder_ / "a").ok());
  EXPECT_TRUE(files.has_failed());
  EXPECT_TRUE(files.SyncFolder(folder_ / "a").ok());
}

TEST_F(FailedOperationTest, StaysBroken) {
  FaultyFileSystem files(PosixFileSystem());
  files.FailOperation(1, Fault::kFromThenOn);
  EXPECT_FALSE(files.CreateFolders(folder_ / "a").ok());
  EXPECT_FALSE(files.OpenForAppend(folder_ / "f").ok());
  EXPECT_FALSE(files.OpenForRead(folder_ / "f").ok());
  EXPECT_FALSE(files.FileSize(folder_ / "f").ok());
  EXPECT_FALSE(files.ListFolder(folder_ / "f").ok());
  EXPECT_FALSE(files.LockFolder(folder_ / "lock").ok());
}

// Notes the operations that begin, and refuses the chosen ones.
class WatchedFileSystem final : public FaultyFileSystem {
 public:
  WatchedFileSystem() : FaultyFileSystem(PosixFileSystem()) {}

  Status Admit(DiskOperation operation, const std::string& path) override {
    seen.push_back(operation);
    last_path = path;
    return outcome;
  }

  Status outcome;
  std::vector<DiskOperation> seen;
  std::string last_path;
};

class RefusedOperationTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
  WatchedFileSystem files_;
};

TEST_F(RefusedOperationTest, IsAskedForOnce) {
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

TEST_F(RefusedOperationTest, CountsNoSync) {
  EXPECT_TRUE(files_.SyncFolder(folder_.path()).ok());
  EXPECT_FALSE(files_.SyncFolder(folder_ / "none").ok());
  files_.outcome = {StatusCode::kUnavailable, "refused"};
  EXPECT_FALSE(files_.SyncFolder(folder_.path()).ok());
  EXPECT_EQ(files_.syncs(), 1);
}

TEST_F(RefusedOperationTest, LeavesTheFolderUnchanged) {
  WriteRawFile(folder_ / "f", "x");
  files_.outcome = {StatusCode::kUnavailable, "refused"};
  EXPECT_EQ(files_.RemoveFile(folder_ / "f"), files_.outcome);
  EXPECT_EQ(files_.CreateFolders(folder_ / "a"), files_.outcome);
  EXPECT_EQ(files_.OpenForAppend(folder_ / "g").status(), files_.outcome);
  files_.outcome = {};
  EXPECT_EQ(files_.ListFolder(folder_.path()).value(), std::vector<std::string>{"f"});
}

TEST_F(RefusedOperationTest, WritesHalfOfAnAppend) {
  const auto file = files_.OpenForAppend(folder_ / "f").value();
  files_.outcome = {StatusCode::kUnavailable, "refused"};
  EXPECT_EQ(file->Append("abcd", "efgh"), files_.outcome);
  EXPECT_EQ(file->Append("ab", "cdefgh"), files_.outcome);
  EXPECT_EQ(ReadRawFile(folder_ / "f"), "abcdabcd");
}

class SwitchedDiskTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
  FaultyFileSystem files_{PosixFileSystem()};
};

TEST_F(SwitchedDiskTest, BreaksAndIsWellAgain) {
  const auto file = files_.OpenForAppend(folder_ / "f").value();
  files_.Switch(DiskState::kBroken);
  EXPECT_EQ(file->Append("ab", "").code(), StatusCode::kUnavailable);
  EXPECT_EQ(file->Sync().code(), StatusCode::kUnavailable);
  files_.Switch(DiskState::kWell);
  EXPECT_TRUE(file->Append("c", "").ok());
  EXPECT_EQ(ReadRawFile(folder_ / "f"), "ac");
}

TEST_F(SwitchedDiskTest, BreaksOnlyThePathsThatAreNamed) {
  files_.Switch(DiskState::kBroken, "bad");
  EXPECT_FALSE(files_.OpenForAppend(folder_ / "bad").ok());
  EXPECT_TRUE(files_.OpenForAppend(folder_ / "good").ok());
}

TEST_F(SwitchedDiskTest, DelaysWhatWritesUntilTheDiskIsWell) {
  const auto file = files_.OpenForAppend(folder_ / "f").value();
  files_.Switch(DiskState::kSlow);
  EXPECT_EQ(files_.FileSize(folder_ / "f").value(), 0U);
  auto written = std::async(std::launch::async, [&] { return file->Append("ab", "").ok(); });
  ASSERT_TRUE(Eventually([&] { return files_.delayed() == 1; }));
  EXPECT_EQ(ReadRawFile(folder_ / "f"), "");
  files_.Switch(DiskState::kWell);
  EXPECT_TRUE(written.get());
  EXPECT_EQ(ReadRawFile(folder_ / "f"), "ab");
}

TEST_F(SwitchedDiskTest, DelaysNoLongerThanToldTo) {
  FaultyFileSystem files(PosixFileSystem(), std::chrono::milliseconds(1));
  const auto file = files.OpenForAppend(folder_ / "f").value();
  files.Switch(DiskState::kSlow);
  EXPECT_TRUE(file->Append("ab", "").ok());
  EXPECT_TRUE(file->Sync().ok());
}

class LostPowerTest : public testing::Test {
 protected:
  std::unique_ptr<WritableFile> Write(const std::string& bytes) {
    auto file = files_.OpenForAppend(folder_ / "f").value();
    EXPECT_TRUE(file->Append(bytes, "").ok());
    return file;
  }

  TemporaryFolder folder_;
  FaultyFileSystem files_{PosixFileSystem()};
};

TEST_F(LostPowerTest, KeepsSyncedBytes) {
  const auto file = Write("ab");
  ASSERT_TRUE(files_.SyncFolder(folder_.path()).ok());
  ASSERT_TRUE(file->Sync().ok());
  ASSERT_TRUE(file->Append("cdef", "").ok());
  files_.LosePower(Leftover::kNothing);
  EXPECT_EQ(ReadRawFile(folder_ / "f"), "ab");
}

TEST_F(LostPowerTest, LeavesHalfOrZerosOfTheRestWhenToldSo) {
  for (const Leftover leftover : {Leftover::kHalf, Leftover::kZeros}) {
    FaultyFileSystem files(PosixFileSystem());
    const std::string path = folder_ / std::to_string(static_cast<int>(leftover));
    ASSERT_TRUE(files.OpenForAppend(path).value()->Append("abcd", "").ok());
    ASSERT_TRUE(files.SyncFolder(folder_.path()).ok());
    files.LosePower(leftover);
    EXPECT_EQ(ReadRawFile(path), leftover == Leftover::kHalf ? "ab" : std::string(4, '\0'));
  }
}

TEST_F(LostPowerTest, ForgetsAFileWhoseFolderWasNotSynced) {
  ASSERT_TRUE(Write("ab")->Sync().ok());
  files_.LosePower(Leftover::kNothing);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "f"));
}

// SQLite writes to its files itself, beside those of this object.
TEST_F(LostPowerTest, LeavesFilesOfOthersInAFolderThatItSyncs) {
  WriteRawFile(folder_ / "foreign", "");
  ASSERT_TRUE(files_.SyncFolder(folder_.path()).ok());
  AppendToRawFile(folder_ / "foreign", "ab");
  files_.LosePower(Leftover::kNothing);
  EXPECT_EQ(ReadRawFile(folder_ / "foreign"), "ab");
}

TEST_F(LostPowerTest, ForgetsAFolderWhoseParentWasNotSynced) {
  ASSERT_TRUE(files_.CreateFoldersUnsynced(folder_ / "kept/below").ok());
  ASSERT_TRUE(files_.SyncFolder(folder_ / "kept").ok());
  ASSERT_TRUE(files_.SyncFolder(folder_.path()).ok());
  ASSERT_TRUE(files_.CreateFoldersUnsynced(folder_ / "lost/below").ok());
  ASSERT_TRUE(files_.SyncFolder(folder_ / "lost").ok());
  files_.LosePower(Leftover::kNothing);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "kept/below"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "lost"));
}

TEST_F(LostPowerTest, LeavesFilesFromBefore) {
  WriteRawFile(folder_ / "f", "ab");
  Write("cd");
  files_.LosePower(Leftover::kNothing);
  EXPECT_EQ(ReadRawFile(folder_ / "f"), "ab");
}

TEST_F(LostPowerTest, LosesANewNameUnlessItsFolderWasSynced) {
  for (const bool is_synced : {false, true}) {
    const TemporaryFolder folder;
    FaultyFileSystem files(PosixFileSystem());
    ASSERT_TRUE(files.CreateFolders(folder / "old").ok());
    const auto file = files.OpenForAppend(folder / "old/f").value();
    ASSERT_TRUE(file->Append("ab", "").ok());
    ASSERT_TRUE(files.SyncFolder(folder / "old").ok());
    ASSERT_TRUE(file->Sync().ok());
    ASSERT_TRUE(files.Rename(folder / "old", folder / "new").ok());
    ASSERT_TRUE(!is_synced || files.SyncFolder(folder.path()).ok());
    files.LosePower(Leftover::kNothing);
    EXPECT_EQ(std::filesystem::exists(folder / "new"), is_synced);
    EXPECT_EQ(ReadRawFile(folder / (is_synced ? "new/f" : "old/f")), "ab");
  }
}

TEST_F(LostPowerTest, MayComeWhileOthersWrite) {
  const auto file = Write("ab");
  ASSERT_TRUE(files_.SyncFolder(folder_.path()).ok());
  ASSERT_TRUE(file->Sync().ok());
  std::jthread writer([&] {
    while (file->Append("cd", "").ok()) continue;
  });
  files_.LosePower(Leftover::kNothing);
  writer.join();
  EXPECT_EQ(ReadRawFile(folder_ / "f"), "ab");
}

TEST_F(LostPowerTest, FailsEachOperationOnceThePowerIsOff) {
  const auto file = Write("ab");
  files_.LosePower(Leftover::kNothing);
  EXPECT_EQ(file->Append("cc", "").code(), StatusCode::kUnavailable);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "f"));
  EXPECT_EQ(files_.OpenForRead(folder_ / "f").status().code(), StatusCode::kUnavailable);
}

TEST_F(LostPowerTest, TakesTheHalfOfAnAppendThatABrokenDiskHadRefused) {
  const auto file = Write("ab");
  ASSERT_TRUE(files_.SyncFolder(folder_.path()).ok());
  ASSERT_TRUE(file->Sync().ok());
  files_.Switch(DiskState::kBroken);
  EXPECT_FALSE(file->Append("cdef", "").ok());
  EXPECT_FALSE(file->Sync().ok());
  files_.LosePower(Leftover::kNothing);
  EXPECT_EQ(ReadRawFile(folder_ / "f"), "ab");
}

TEST_F(LostPowerTest, DoesNotWaitForASlowDisk) {
  const auto file = Write("ab");
  files_.Switch(DiskState::kSlow);
  auto written = std::async(std::launch::async, [&] { return file->Append("cd", "").ok(); });
  ASSERT_TRUE(Eventually([&] { return files_.delayed() == 1; }));
  files_.LosePower(Leftover::kNothing);
  EXPECT_FALSE(written.get());
}

}  // namespace
}  // namespace streamhouse::agent
