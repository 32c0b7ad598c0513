#include "agent/topics/disk_reserve.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include "agent/testing/faulty_file_system.h"
#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

constexpr std::uint64_t kBytes = 1 << 20;

class DiskReserveTest : public testing::Test {
 protected:
  DiskReserveTest() { reserve_.Refill(); }
  bool HasFile() const { return std::filesystem::exists(folder_ / "reserve"); }

  TemporaryFolder folder_;
  FaultyFileSystem files_{PosixFileSystem()};
  DiskReserve reserve_{files_, folder_.path(), kBytes};
};

TEST_F(DiskReserveTest, KeepsItsBytes) {
  EXPECT_TRUE(reserve_.Health().ok());
  EXPECT_EQ(std::filesystem::file_size(folder_ / "reserve"), kBytes);
}

TEST_F(DiskReserveTest, GivesItsBytesUpOnceAndRefusesRecordsMeanwhile) {
  EXPECT_TRUE(reserve_.GiveUp());
  EXPECT_FALSE(reserve_.GiveUp());
  EXPECT_FALSE(HasFile());
  EXPECT_EQ(reserve_.Health().code(), StatusCode::kResourceExhausted);
  EXPECT_NE(reserve_.Health().message().find(folder_.path()), std::string::npos);
}

TEST_F(DiskReserveTest, TakesItsBytesBackWhenThereIsRoom) {
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

// A disk of which so many bytes are free.
class SmallDisk final : public FaultyFileSystem {
 public:
  SmallDisk() : FaultyFileSystem(PosixFileSystem()) {}
  Status Admit(DiskOperation /*operation*/, const std::string& path) override {
    return quota_is_used_up ? Status(StatusCode::kResourceExhausted, path + ": over quota") : Status::Ok();
  }
  Result<std::uint64_t> FreeBytes(const std::string& folder) override {
    if (!std::filesystem::exists(folder + "/reserve")) free_bytes += std::exchange(freed_by_removal, 0);
    return free_bytes;
  }

  std::uint64_t free_bytes = 0;
  bool quota_is_used_up = false;
  std::uint64_t freed_by_removal = 0;  // of the reserve, the first time
};

TEST(DiskReserveRoomTest, LeavesTheRoomThatItGaveToTheMetadata) {
  const TemporaryFolder folder;
  SmallDisk disk;
  DiskReserve reserve(disk, folder.path(), kBytes);
  disk.free_bytes = kBytes + kRoomBytes;
  reserve.Refill();
  ASSERT_TRUE(reserve.Health().ok());
  ASSERT_TRUE(reserve.GiveUp());
  for (const std::uint64_t free : {kBytes - 1, kBytes, kBytes + kRoomBytes - 1}) {
    disk.free_bytes = free;
    reserve.Refill();
    EXPECT_FALSE(std::filesystem::exists(folder / "reserve")) << free;
    EXPECT_FALSE(reserve.Health().ok()) << free;
  }
  disk.free_bytes = kBytes + kRoomBytes;
  reserve.Refill();
  EXPECT_TRUE(reserve.Health().ok());
}

TEST(DiskReserveRoomTest, ReplacesALargerOneWhereThereIsRoomForTheSmallerOneOnly) {
  const TemporaryFolder folder;
  SmallDisk disk;
  WriteRawFile(folder / "reserve", std::string(4 * kBytes, 'x'));
  disk.free_bytes = kRoomBytes;
  disk.freed_by_removal = 4 * kBytes;
  DiskReserve reserve(disk, folder.path(), kBytes);
  reserve.Refill();
  EXPECT_TRUE(reserve.Health().ok()) << reserve.Health().message();
  EXPECT_EQ(std::filesystem::file_size(folder / "reserve"), kBytes);
}

TEST(DiskReserveRoomTest, LacksRoomWhereNoneCanBeTakenHoweverMuchIsFree) {
  const TemporaryFolder folder;
  SmallDisk disk;
  DiskReserve reserve(disk, folder.path(), kBytes);
  EXPECT_TRUE(reserve.LacksRoom());
  disk.free_bytes = 100 * kRoomBytes;
  EXPECT_FALSE(reserve.LacksRoom());
  disk.quota_is_used_up = true;
  EXPECT_TRUE(reserve.LacksRoom());
}

TEST_F(DiskReserveTest, TakesADiskThatFailsForNoLackOfRoom) {
  files_.Switch(DiskState::kBroken, "probe");
  EXPECT_FALSE(reserve_.LacksRoom());
}

// A quota may allow less than the disk has.
TEST_F(DiskReserveTest, GivesBackWhatItTookWhereNothingElseFitsBesideIt) {
  reserve_.GiveUp();
  files_.Switch(DiskState::kBroken, "probe");
  reserve_.Refill();
  EXPECT_FALSE(HasFile());
  EXPECT_FALSE(reserve_.Health().ok());
}

TEST_F(DiskReserveTest, IsNoFileWithoutBytes) {
  const TemporaryFolder folder;
  WriteRawFile(folder / "reserve", "from before a restart");
  DiskReserve none(files_, folder.path(), 0);
  none.Refill();
  EXPECT_TRUE(none.Health().ok());
  EXPECT_FALSE(none.GiveUp());
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace streamhouse::agent
