// Cost of the creation of a topic, and a loss of power in the middle of it.
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "agent/log/partition_log.h"
#include "agent/testing/faulty_file_system.h"
#include "agent/topics/topic_catalog.h"
#include "tests/agent/support/batches.h"
#include "tests/agent/support/catalog_fixture.h"
#include "tests/agent/support/raw_file.h"

namespace streamhouse::agent {
namespace {

int g_syncs = 0;

}  // namespace

// In place of the C library's, so that a test counts those of SQLite, too.
extern "C" int fsync(int file) {
  ++g_syncs;
  return static_cast<int>(::syscall(SYS_fsync, file));
}
extern "C" int fdatasync(int file) {
  ++g_syncs;
  return static_cast<int>(::syscall(SYS_fdatasync, file));
}

namespace {

class TopicCreationTest : public CatalogFixture {
 protected:
  // It refers to files of the tests.
  ~TopicCreationTest() override { topics_.reset(); }

  void Start() {
    Reopen();
    EXPECT_TRUE(topics_->Load().ok());
    EXPECT_TRUE(leases_->RenewNow().ok());
  }
  bool Has(const std::string& name) const { return std::filesystem::exists(folder_ / "log/" + name); }
  // Of another log.
  void PutRecord(const std::string& partition) const {
    auto log = *PartitionLog::Open(PosixFileSystem(), folder_ / "log/" + partition, {});
    EXPECT_TRUE(log->Append(BatchOf({"other"}), 1).ok());
  }
  Status Append(const std::string& topic, std::uint32_t partition) {
    return (*topics_->Find(topic, partition))->Append(BatchOf({"a"})).status();
  }
};

TEST_F(TopicCreationTest, SyncsItsFolderAndTheMetadataAlone) {
  ASSERT_TRUE(topics_->Create({.name = "other", .partitions = 1}).ok());
  int before = g_syncs;
  ASSERT_TRUE(topics_->Create({.name = "new", .partitions = 3}).ok());
  EXPECT_EQ(g_syncs - before, 2);
  EXPECT_EQ(leases_->HeldCount(), 4U);
  before = g_syncs;
  EXPECT_TRUE(Append("new", 0).ok());
  EXPECT_EQ(g_syncs - before, 4);
}

TEST_F(TopicCreationTest, TopicsAtRestCostAStopOneSync) {
  ASSERT_TRUE(topics_->Create({.name = "written", .partitions = 1}).ok());
  ASSERT_TRUE(Append("written", 0).ok());
  ASSERT_TRUE(topics_->Create({.name = "new", .partitions = 3}).ok());
  const int before = g_syncs;
  EXPECT_TRUE(topics_->CloseLogs().ok());
  leases_->Stop();
  EXPECT_EQ(g_syncs - before, 2);
  for (std::uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ((*store_->FindLease({.topic = "new", .partition = i}))->duration.count(), 0);
  }
}

TEST_F(TopicCreationTest, SurvivesALossOfPowerWithoutItsPartitions) {
  FaultyFileSystem files(PosixFileSystem());
  Reopen(files);
  ASSERT_TRUE(topics_->Create({.name = "new", .partitions = 2}).ok());
  const TopicDescription created = *topics_->Describe("new");
  files.LosePower(Leftover::kNothing);
  EXPECT_TRUE(Has("new"));
  EXPECT_FALSE(Has("new/0"));
  Start();
  EXPECT_EQ(topics_->Describe("new").value(), created);
  for (const std::uint32_t partition : {0, 1}) EXPECT_TRUE(Append("new", partition).ok());
}

TEST_F(TopicCreationTest, KeepsRecordsThatWereSyncedOverALossOfPower) {
  FaultyFileSystem files(PosixFileSystem());
  Reopen(files);
  ASSERT_TRUE(topics_->Create({.name = "new", .partitions = 2}).ok());
  ASSERT_TRUE(topics_->AddPartitions("new", 3).ok());
  for (const std::uint32_t partition : {1, 2}) ASSERT_TRUE(Append("new", partition).ok());
  ASSERT_TRUE(topics_->SyncLogs().ok());
  files.LosePower(Leftover::kNothing);
  EXPECT_FALSE(Has("new/0/00000000000000000000.log"));
  Start();
  for (const std::uint32_t partition : {0, 1, 2}) {
    EXPECT_EQ((*topics_->Find("new", partition))->HighWatermark(), partition == 0 ? 0U : 1U) << partition;
  }
}

// Goal: no record of another log comes under the name of a new topic. Method: logs are moved away
// without a sync.
TEST_F(TopicCreationTest, BringsNoRecordsBackThatWereMovedAway) {
  FaultyFileSystem files(PosixFileSystem());
  Reopen(files);
  PutRecord("new/0");
  ASSERT_TRUE(files.Rename(folder_ / "log/new", folder_ / "away").ok());
  ASSERT_TRUE(topics_->Create({.name = "new", .partitions = 1}).ok());
  PutRecord("new/1");
  ASSERT_TRUE(files.Rename(folder_ / "log/new/1", folder_ / "away/1").ok());
  ASSERT_TRUE(topics_->AddPartitions("new", 2).ok());
  files.LosePower(Leftover::kNothing);
  Start();
  for (const std::uint32_t partition : {0, 1}) EXPECT_EQ((*topics_->Find("new", partition))->HighWatermark(), 0U);
}

TEST_F(TopicCreationTest, AnEmptyTopicIsKeptBesideRecordsOfAnother) {
  FaultyFileSystem files(PosixFileSystem());
  Reopen(files);
  for (const char* name : {"a", "b"}) ASSERT_TRUE(topics_->Create({.name = name, .partitions = 1}).ok());
  ASSERT_TRUE(Append("a", 0).ok());
  files.LosePower(Leftover::kHalf);
  Start();
  for (const char* name : {"a", "b"}) EXPECT_TRUE(Append(name, 0).ok()) << name;
}

// Method: every state in which a loss of power may leave the folder of a topic that is not in the
// store.
TEST_F(TopicCreationTest, CutByALossOfPowerDoesNotBlockItsName) {
  std::filesystem::create_directories(folder_ / "log/marked/0");
  WriteRawFile(folder_ / "log/marked/creating", "");
  std::filesystem::create_directories(folder_ / "log/unmarked/0");
  WriteRawFile(folder_ / "log/unmarked/0/00000000000000000000.log", "");
  std::filesystem::create_directories(folder_ / "log/empty");
  Start();
  EXPECT_TRUE(topics_->LogHealth().ok()) << topics_->LogHealth().message();
  for (const char* name : {"marked", "unmarked", "empty"}) {
    EXPECT_TRUE(topics_->Create({.name = name, .partitions = 1}).ok()) << name;
    EXPECT_TRUE(Append(name, 0).ok()) << name;
  }
}

}  // namespace
}  // namespace streamhouse::agent
