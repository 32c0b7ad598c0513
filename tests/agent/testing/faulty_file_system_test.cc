#include "agent/testing/faulty_file_system.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

class FaultyFileSystemTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
};

TEST_F(FaultyFileSystemTest, PassesEverythingOnBeforeItsTime) {
  FaultyFileSystem files(PosixFileSystem(), 100, Fault::kFromThenOn);
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

TEST_F(FaultyFileSystemTest, FailsTheOperationThatWasNamedAndNoOther) {
  FaultyFileSystem files(PosixFileSystem(), 2, Fault::kOnce);
  EXPECT_TRUE(files.CreateFolders(folder_ / "a").ok());
  EXPECT_FALSE(files.SyncFolder(folder_ / "a").ok());
  EXPECT_TRUE(files.has_failed());
  EXPECT_TRUE(files.SyncFolder(folder_ / "a").ok());
}

TEST_F(FaultyFileSystemTest, StaysBroken) {
  FaultyFileSystem files(PosixFileSystem(), 1, Fault::kFromThenOn);
  EXPECT_FALSE(files.CreateFolders(folder_ / "a").ok());
  EXPECT_FALSE(files.OpenForAppend(folder_ / "f").ok());
  EXPECT_FALSE(files.OpenForRead(folder_ / "f").ok());
  EXPECT_FALSE(files.FileSize(folder_ / "f").ok());
  EXPECT_FALSE(files.ListFolder(folder_ / "f").ok());
  EXPECT_FALSE(files.LockFolder(folder_ / "lock").ok());
}

}  // namespace
}  // namespace streamhouse::agent
