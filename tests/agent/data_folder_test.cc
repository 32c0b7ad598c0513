#include "agent/data_folder.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "agent/testing/faulty_file_system.h"
#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

class DataFolderTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
};

TEST_F(DataFolderTest, CreatesTheFolderAndNamesItsParts) {
  auto folder = DataFolder::Open(PosixFileSystem(), folder_ / "a/b");
  ASSERT_TRUE(folder.ok());
  EXPECT_EQ(folder->metadata_path(), folder_ / "a/b/metadata.db");
  EXPECT_EQ(folder->log_folder(), folder_ / "a/b/log");
}

TEST_F(DataFolderTest, IsForOneAgentAtATime) {
  std::optional<DataFolder> first = *DataFolder::Open(PosixFileSystem(), folder_.path());
  const Status status = DataFolder::Open(PosixFileSystem(), folder_.path()).status();
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(status.message(), "data folder " + folder_.path() + " is in use by another agent");
  first.reset();
  EXPECT_TRUE(DataFolder::Open(PosixFileSystem(), folder_.path()).ok());
}

// A file system in which another has the lock at first.
class LockedAtFirst final : public FaultyFileSystem {
 public:
  LockedAtFirst() : FaultyFileSystem(PosixFileSystem()) {}
  Status Admit(DiskOperation /*operation*/, const std::string& path) override {
    if (!path.ends_with("/lock") || refusals_-- <= 0) return Status::Ok();
    return {StatusCode::kFailedPrecondition, path + " was made to be locked"};
  }

 private:
  int refusals_ = 3;
};

TEST_F(DataFolderTest, WaitsForABackupThatHasTheLockForAMoment) {
  LockedAtFirst files;
  EXPECT_TRUE(DataFolder::Open(files, folder_.path()).ok());
}

TEST_F(DataFolderTest, NamesAFolderThatCannotBeUsed) {
  WriteRawFile(folder_ / "file", "");
  const Status status = DataFolder::Open(PosixFileSystem(), folder_ / "file").status();
  EXPECT_EQ(status.message().find("cannot use data folder " + folder_.path() + "/file: "), 0U) << status.message();
  EXPECT_EQ(status.message().find('\n'), std::string::npos);
}

TEST_F(DataFolderTest, ReportsAFolderThatCannotBeWrittenTo) {
  FaultyFileSystem files(PosixFileSystem());
  files.FailOperation(2, Fault::kOnce);
  const Status status = DataFolder::Open(files, folder_.path()).status();
  EXPECT_EQ(status.message().find("cannot use data folder " + folder_.path() + ": "), 0U) << status.message();
}

}  // namespace
}  // namespace streamhouse::agent
