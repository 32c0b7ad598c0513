#include "agent/log/file_system.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

std::vector<std::string>& SyncedFolders() {
  static std::vector<std::string> folders;
  return folders;
}

}  // namespace

// In place of the C library's, so that a test can see it.
extern "C" int fsync(int file) {
  const std::string link = "/proc/self/fd/" + std::to_string(file);
  SyncedFolders().push_back(std::filesystem::read_symlink(link).string());
  return static_cast<int>(::syscall(SYS_fsync, file));
}

namespace {

class FileSystemTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
  FileSystem& files_ = PosixFileSystem();
};

TEST_F(FileSystemTest, AppendsBothPartsAtTheEnd) {
  WriteRawFile(folder_ / "f", "ab");
  ASSERT_TRUE((*files_.OpenForAppend(folder_ / "f"))->Append("cd", "ef").ok());
  EXPECT_EQ(ReadRawFile(folder_ / "f"), "abcdef");
}

TEST_F(FileSystemTest, AppendsAfterTruncating) {
  auto file = files_.OpenForAppend(folder_ / "f");
  ASSERT_TRUE((*file)->Append("abcd", "").ok());
  ASSERT_TRUE((*file)->Truncate(1).ok());
  ASSERT_TRUE((*file)->Append("", "z").ok());
  ASSERT_TRUE((*file)->Sync().ok());
  EXPECT_EQ(ReadRawFile(folder_ / "f"), "az");
}

TEST_F(FileSystemTest, ReadsAFileThatItAppendsTo) {
  auto file = files_.OpenForAppend(folder_ / "f");
  ASSERT_TRUE((*file)->Append("abcd", "ef").ok());
  std::string bytes(4, '.');
  EXPECT_EQ((*file)->ReadAt(1, bytes).value(), 4U);
  EXPECT_EQ(bytes, "bcde");
  ASSERT_TRUE((*file)->Append("gh", "").ok());
  EXPECT_EQ(ReadRawFile(folder_ / "f"), "abcdefgh");
}

TEST_F(FileSystemTest, ReadsFewerBytesOnlyAtTheEnd) {
  WriteRawFile(folder_ / "f", "abcdef");
  std::string bytes(4, '.');
  auto file = files_.OpenForRead(folder_ / "f");
  EXPECT_EQ((*file)->ReadAt(1, bytes).value(), 4U);
  EXPECT_EQ(bytes, "bcde");
  EXPECT_EQ((*file)->ReadAt(4, bytes).value(), 2U);
  EXPECT_EQ((*file)->ReadAt(9, bytes).value(), 0U);
}

TEST_F(FileSystemTest, SyncsTheParentOfEachFolderThatItCreates) {
  SyncedFolders().clear();
  ASSERT_TRUE(files_.CreateFolders(folder_ / "a/b").ok());
  EXPECT_EQ(SyncedFolders(), (std::vector<std::string>{folder_.path(), folder_ / "a"}));
  ASSERT_TRUE(files_.CreateFolders(folder_ / "a/b").ok());
  EXPECT_EQ(SyncedFolders().size(), 2U);
}

TEST_F(FileSystemTest, MakesFoldersWithoutASync) {
  SyncedFolders().clear();
  ASSERT_TRUE(files_.CreateFoldersUnsynced(folder_ / "a/b").ok());
  ASSERT_TRUE(files_.CreateFoldersUnsynced(folder_ / "a/b").ok());
  EXPECT_TRUE(std::filesystem::is_directory(folder_ / "a/b"));
  EXPECT_EQ(SyncedFolders(), std::vector<std::string>());
}

TEST_F(FileSystemTest, ListsNamesSorted) {
  WriteRawFile(folder_ / "b", "");
  WriteRawFile(folder_ / "a", "");
  EXPECT_EQ(files_.ListFolder(folder_.path()).value(), (std::vector<std::string>{"a", "b"}));
}

TEST_F(FileSystemTest, CreatesParentFoldersAndAcceptsExistingOnes) {
  ASSERT_TRUE(files_.CreateFolders(folder_ / "a/b/c").ok());
  ASSERT_TRUE(files_.CreateFolders(folder_ / "a/b/c").ok());
  EXPECT_TRUE(files_.SyncFolder(folder_ / "a/b/c").ok());
}

TEST_F(FileSystemTest, TellsWhenAFileWasWritten) {
  WriteRawFile(folder_ / "file", "a");
  const std::chrono::sys_time<std::chrono::milliseconds> written(std::chrono::milliseconds(1700000000123));
  std::filesystem::last_write_time(folder_ / "file", std::chrono::file_clock::from_sys(written));
  EXPECT_EQ(files_.ModificationTime(folder_ / "file").value(), 1700000000123);
}

TEST_F(FileSystemTest, SetsWhenAFileWasWritten) {
  WriteRawFile(folder_ / "file", "a");
  ASSERT_TRUE(files_.SetModificationTime(folder_ / "file", 1700000000123).ok());
  EXPECT_EQ(files_.ModificationTime(folder_ / "file").value(), 1700000000123);
}

TEST_F(FileSystemTest, RenamesAFolderUnlessAnotherWithContentIsThere) {
  ASSERT_TRUE(files_.CreateFolders(folder_ / "a/b").ok());
  ASSERT_TRUE(files_.Rename(folder_ / "a", folder_ / "c").ok());
  EXPECT_EQ(files_.ListFolder(folder_.path()).value(), std::vector<std::string>{"c"});
  ASSERT_TRUE(files_.CreateFolders(folder_ / "a/d").ok());
  EXPECT_EQ(files_.Rename(folder_ / "a", folder_ / "c").code(), StatusCode::kUnavailable);
  EXPECT_EQ(files_.Rename(folder_ / "none", folder_ / "e").code(), StatusCode::kNotFound);
}

TEST_F(FileSystemTest, TellsTheFreeBytesOfADisk) {
  EXPECT_GT(files_.FreeBytes(folder_.path()).value(), 0U);
  EXPECT_EQ(files_.FreeBytes(folder_ / "none").status().code(), StatusCode::kNotFound);
}

TEST_F(FileSystemTest, NoticesThatAFileWasRemovedOrChangedBehindItsBack) {
  auto file = *files_.OpenForAppend(folder_ / "file");
  ASSERT_TRUE(file->Append("ab", "c").ok());
  EXPECT_TRUE(file->CheckUntouched(3).ok());
  std::filesystem::resize_file(folder_ / "file", 2);
  EXPECT_EQ(file->CheckUntouched(3).code(), StatusCode::kDataLoss);
  std::filesystem::remove(folder_ / "file");
  EXPECT_EQ(file->CheckUntouched(2), Status(StatusCode::kDataLoss, folder_ / "file" + ": the file was removed"));
}

TEST_F(FileSystemTest, NamesThePathInErrors) {
  WriteRawFile(folder_ / "file", "");
  EXPECT_EQ(files_.ModificationTime(folder_ / "none").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(files_.OpenForRead(folder_ / "none").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(files_.FileSize(folder_ / "none").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(files_.CreateFolders(folder_ / "file").code(), StatusCode::kUnavailable);
  EXPECT_EQ(files_.CreateFolders(folder_ / "file/below").code(), StatusCode::kUnavailable);
  EXPECT_NE(files_.OpenForAppend(folder_ / "no/f").status().message().find(folder_ / "no/f"), std::string::npos);
  EXPECT_NE(files_.ListFolder(folder_ / "none").status().message().find(folder_ / "none"), std::string::npos);
  EXPECT_EQ(files_.SyncFolder(folder_ / "none").code(), StatusCode::kNotFound);
}

// Goal: the caller of SyncFolder() can tell a failed sync from one that was not tried. Method:
// nothing can be synced there.
TEST_F(FileSystemTest, SaysThatTheSyncOfAFolderFailed) {
  EXPECT_EQ(files_.SyncFolder("/proc/self/fd").code(), StatusCode::kInternal);
}

TEST_F(FileSystemTest, TellsHowManyFilesTheProcessMayHaveOpen) {
  rlimit limit = {};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(files_.OpenFilesMax(), limit.rlim_cur);
}

TEST_F(FileSystemTest, ReportsAFullDisk) {
  auto full = files_.OpenForAppend("/dev/full");
  ASSERT_TRUE(full.ok());
  EXPECT_EQ((*full)->Append("a", "b").code(), StatusCode::kResourceExhausted);
}

TEST_F(FileSystemTest, LocksAFolderOnceAtATime) {
  auto lock = files_.LockFolder(folder_ / "lock");
  ASSERT_TRUE(lock.ok());
  EXPECT_EQ(files_.LockFolder(folder_ / "lock").status().code(), StatusCode::kFailedPrecondition);
  lock->reset();
  EXPECT_TRUE(files_.LockFolder(folder_ / "lock").ok());
}

}  // namespace
}  // namespace streamhouse::agent
