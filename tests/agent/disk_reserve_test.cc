#include "agent/disk_reserve.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>

#include "agent/testing/switched_file_system.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

constexpr std::uint64_t kBytes = 1 << 20;

class DiskReserveTest : public testing::Test {
 protected:
  DiskReserveTest() { reserve_.Refill(); }
  bool HasFile() const { return std::filesystem::exists(folder_ / "reserve"); }

  TemporaryFolder folder_;
  SwitchedFileSystem files_{PosixFileSystem(), std::chrono::nanoseconds(0)};
  DiskReserve reserve_{files_, folder_.path(), kBytes};
};

TEST_F(DiskReserveTest, KeepsItsBytes) {
  EXPECT_TRUE(reserve_.Health().ok());
  EXPECT_EQ(std::filesystem::file_size(folder_ / "reserve"), kBytes);
}

TEST_F(DiskReserveTest, GivesThemUpOnceAndRefusesRecordsMeanwhile) {
  EXPECT_TRUE(reserve_.GiveUp());
  EXPECT_FALSE(reserve_.GiveUp());
  EXPECT_FALSE(HasFile());
  EXPECT_EQ(reserve_.Health().code(), StatusCode::kResourceExhausted);
  EXPECT_NE(reserve_.Health().message().find(folder_.path()), std::string::npos);
}

TEST_F(DiskReserveTest, TakesThemBackWhenThereIsRoom) {
  reserve_.GiveUp();
  files_.Switch(DiskState::kBroken);
  reserve_.Refill();
  EXPECT_FALSE(reserve_.Health().ok());
  files_.Switch(DiskState::kWell);
  reserve_.Refill();
  EXPECT_TRUE(reserve_.Health().ok());
  EXPECT_TRUE(HasFile());
}

TEST_F(DiskReserveTest, RefusesRecordsAfterOneFoundNoRoomUntilThereIsSome) {
  reserve_.NoteFull();
  EXPECT_FALSE(reserve_.Health().ok());
  EXPECT_TRUE(HasFile());
  files_.Switch(DiskState::kBroken, "probe");
  reserve_.Refill();
  EXPECT_FALSE(reserve_.Health().ok());
  files_.Switch(DiskState::kWell);
  reserve_.Refill();
  EXPECT_TRUE(reserve_.Health().ok());
}

TEST_F(DiskReserveTest, IsNoFileWithoutBytes) {
  const TemporaryFolder folder;
  DiskReserve none(files_, folder.path(), 0);
  none.Refill();
  EXPECT_TRUE(none.Health().ok());
  EXPECT_FALSE(none.GiveUp());
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace streamhouse::agent
