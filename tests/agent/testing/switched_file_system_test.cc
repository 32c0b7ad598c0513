#include "agent/testing/switched_file_system.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>

#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"
#include "tests/support/eventually.h"

namespace streamhouse::agent {
namespace {

class SwitchedFileSystemTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
  SwitchedFileSystem files_{PosixFileSystem(), std::chrono::hours(1)};
};

TEST_F(SwitchedFileSystemTest, BreaksAndIsWellAgain) {
  const auto file = files_.OpenForAppend(folder_ / "f").value();
  files_.Switch(DiskState::kBroken);
  EXPECT_EQ(file->Append("ab", "").code(), StatusCode::kUnavailable);
  EXPECT_EQ(file->Sync().code(), StatusCode::kUnavailable);
  files_.Switch(DiskState::kWell);
  EXPECT_TRUE(file->Append("c", "").ok());
  EXPECT_EQ(ReadRawFile(folder_ / "f"), "ac");
}

TEST_F(SwitchedFileSystemTest, BreaksOnlyThePathsThatAreNamed) {
  files_.Switch(DiskState::kBroken, "bad");
  EXPECT_FALSE(files_.OpenForAppend(folder_ / "bad").ok());
  EXPECT_TRUE(files_.OpenForAppend(folder_ / "good").ok());
}

TEST_F(SwitchedFileSystemTest, DelaysWhatWritesUntilTheDiskIsWell) {
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

TEST_F(SwitchedFileSystemTest, DelaysNoLongerThanToldTo) {
  SwitchedFileSystem files(PosixFileSystem(), std::chrono::milliseconds(1));
  const auto file = files.OpenForAppend(folder_ / "f").value();
  files.Switch(DiskState::kSlow);
  EXPECT_TRUE(file->Append("ab", "").ok());
  EXPECT_TRUE(file->Sync().ok());
}

}  // namespace
}  // namespace streamhouse::agent
