#include "agent/testing/power_loss_file_system.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

class PowerLossFileSystemTest : public testing::Test {
 protected:
  std::unique_ptr<WritableFile> Write(const std::string& bytes) {
    auto file = files_.OpenForAppend(folder_ / "f").value();
    EXPECT_TRUE(file->Append(bytes, "").ok());
    return file;
  }

  TemporaryFolder folder_;
  PowerLossFileSystem files_{PosixFileSystem()};
};

TEST_F(PowerLossFileSystemTest, KeepsWhatWasSynced) {
  const auto file = Write("ab");
  ASSERT_TRUE(files_.SyncFolder(folder_.path()).ok());
  ASSERT_TRUE(file->Sync().ok());
  ASSERT_TRUE(file->Append("cdef", "").ok());
  files_.LosePower(Leftover::kNothing);
  EXPECT_EQ(ReadRawFile(folder_ / "f"), "ab");
}

TEST_F(PowerLossFileSystemTest, LeavesHalfOrZerosOfTheRestWhenToldSo) {
  for (const Leftover leftover : {Leftover::kHalf, Leftover::kZeros}) {
    PowerLossFileSystem files(PosixFileSystem());
    const std::string path = folder_ / std::to_string(static_cast<int>(leftover));
    ASSERT_TRUE(files.OpenForAppend(path).value()->Append("abcd", "").ok());
    ASSERT_TRUE(files.SyncFolder(folder_.path()).ok());
    files.LosePower(leftover);
    EXPECT_EQ(ReadRawFile(path), leftover == Leftover::kHalf ? "ab" : std::string(4, '\0'));
  }
}

TEST_F(PowerLossFileSystemTest, ForgetsAFileWhoseFolderWasNotSynced) {
  ASSERT_TRUE(Write("ab")->Sync().ok());
  files_.LosePower(Leftover::kNothing);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "f"));
}

TEST_F(PowerLossFileSystemTest, LeavesWhatWasThereBefore) {
  WriteRawFile(folder_ / "f", "ab");
  Write("cd");
  files_.LosePower(Leftover::kNothing);
  EXPECT_EQ(ReadRawFile(folder_ / "f"), "ab");
}

TEST_F(PowerLossFileSystemTest, LosesANewNameUnlessItsFolderWasSynced) {
  for (const bool is_synced : {false, true}) {
    const TemporaryFolder folder;
    PowerLossFileSystem files(PosixFileSystem());
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

TEST_F(PowerLossFileSystemTest, MayComeWhileOthersWrite) {
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

TEST_F(PowerLossFileSystemTest, FailsEverythingOnceThePowerIsOff) {
  const auto file = Write("ab");
  files_.LosePower(Leftover::kNothing);
  EXPECT_EQ(file->Append("cc", "").code(), StatusCode::kUnavailable);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "f"));
  EXPECT_EQ(files_.OpenForRead(folder_ / "f").status().code(), StatusCode::kUnavailable);
}

}  // namespace
}  // namespace streamhouse::agent
