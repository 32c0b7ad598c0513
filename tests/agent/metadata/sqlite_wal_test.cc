#include "agent/metadata/sqlite_wal.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "agent/log/file_system.h"
#include "agent/metadata/sqlite_database.h"
#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

constexpr std::size_t kFrameBytes = 24 + 4096;
constexpr std::size_t kFirstFrame = 32;

// A database with three transactions in its log, as a process that was killed leaves it.
class SqliteWalTest : public testing::Test {
 protected:
  SqliteWalTest() {
    EXPECT_TRUE(database_->Execute("PRAGMA journal_mode = WAL; CREATE TABLE t (x)").ok());
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(database_->Execute("INSERT INTO t VALUES (1)").ok());
    WriteRawFile(copy_ + "-wal", ReadRawFile(folder_ / "db-wal"));
  }
  Status Check() { return CheckWal(PosixFileSystem(), copy_); }
  std::size_t LogBytes() { return ReadRawFile(copy_ + "-wal").size(); }
  void Cut(std::size_t bytes) { WriteRawFile(copy_ + "-wal", ReadRawFile(copy_ + "-wal").substr(0, bytes)); }

  TemporaryFolder folder_;
  const std::string copy_ = folder_ / "copy";
  std::unique_ptr<SqliteDatabase> database_ =
      *SqliteDatabase::Open(folder_ / "db", std::chrono::milliseconds(1000), {});
};

TEST_F(SqliteWalTest, AcceptsAWholeLogAndAMissingOne) {
  EXPECT_TRUE(Check().ok());
  EXPECT_TRUE(CheckWal(PosixFileSystem(), folder_ / "none").ok());
}

TEST_F(SqliteWalTest, FindsAnyDamageToItsHeader) {
  for (std::size_t i = 0; i < kFirstFrame; ++i) {
    FlipBit(copy_ + "-wal", i);
    EXPECT_EQ(Check().code(), StatusCode::kDataLoss) << i;
    FlipBit(copy_ + "-wal", i);
  }
}

TEST_F(SqliteWalTest, FindsDamageBeforeTheLastTransaction) {
  FlipBit(copy_ + "-wal", kFirstFrame + kFrameBytes / 2);
  const Status status = Check();
  EXPECT_EQ(status.code(), StatusCode::kDataLoss);
  EXPECT_EQ(status.message().find(copy_ + "-wal at byte 32: damaged"), 0U) << status.message();
}

TEST_F(SqliteWalTest, TakesALogThatALossOfPowerCutOrChanged) {
  const std::size_t whole = LogBytes();
  Cut(whole - 1);
  EXPECT_TRUE(Check().ok());
  FlipBit(copy_ + "-wal", whole - kFrameBytes / 2);
  EXPECT_TRUE(Check().ok());
  Cut(kFirstFrame - 1);
  EXPECT_TRUE(Check().ok());
  Cut(0);
  EXPECT_TRUE(Check().ok());
}

}  // namespace
}  // namespace streamhouse::agent
