// A sync of a log holds up no other call, and a log whose sync fails takes no more batches.
#include "agent/log/partition_log.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "agent/testing/faulty_file_system.h"
#include "tests/agent/support/batches.h"
#include "tests/agent/support/temporary_folder.h"
#include "tests/support/eventually.h"

namespace streamhouse::agent {
namespace {

constexpr char kFirstSegment[] = "00000000000000000000.log";
constexpr char kSecondSegment[] = "00000000000000000001.log";
constexpr char kThirdSegment[] = "00000000000000000002.log";

class PartitionLogSyncTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
};

// Syncs of one file, and opening of one, fail as long as they are told to.
class UnsyncableFileSystem final : public FaultyFileSystem {
 public:
  UnsyncableFileSystem() : FaultyFileSystem(PosixFileSystem()) {}

  Status Admit(DiskOperation operation, const std::string& path) override {
    if (operation == DiskOperation::kSync) {
      synced.push_back(path.substr(path.rfind('/') + 1));
      if (synced.back() == unsyncable) return {StatusCode::kUnavailable, path + " cannot be synced"};
    }
    const bool opens = operation == DiskOperation::kOther && !unopenable.empty() && path.ends_with(unopenable);
    return opens ? Status(StatusCode::kUnavailable, path + " cannot be opened") : Status::Ok();
  }

  std::string unsyncable;
  std::string unopenable;
  std::vector<std::string> synced;  // names of files and folders, in the order of their syncs, also of failed syncs
};

// Syncs of files, but not of folders, wait until they may go on.
class HeldSyncFileSystem final : public FaultyFileSystem {
 public:
  HeldSyncFileSystem() : FaultyFileSystem(PosixFileSystem()) {}

  Status Admit(DiskOperation operation, const std::string& /*path*/) override {
    if (operation != DiskOperation::kSync || !holds_) return Status::Ok();
    begun_.set_value();
    EXPECT_TRUE(InTime(go_on_.get_future()));
    return Status::Ok();
  }
  // The next one; no other may come meanwhile.
  void HoldNext() { holds_ = true; }
  void WaitForIt() { EXPECT_TRUE(InTime(begun_.get_future())); }
  void GoOn() { go_on_.set_value(); }

 private:
  bool holds_ = false;
  std::promise<void> begun_;
  std::promise<void> go_on_;
};

// Goal: no record outlives its folders. Method: the syncs before the first record, also of a log
// that another process has made and left empty.
TEST_F(PartitionLogSyncTest, SyncsItsFoldersBeforeItsFirstRecord) {
  UnsyncableFileSystem files;
  const std::string data_name = std::filesystem::path(folder_.path()).filename();
  const auto open = [&] { return *PartitionLog::Open(files, folder_ / "log/orders/0", {}); };
  open();
  EXPECT_EQ(files.synced, std::vector<std::string>());
  auto log = open();
  ASSERT_TRUE(log->Append(BatchOf({"a"}), 1).ok());
  EXPECT_EQ(files.synced, (std::vector<std::string>{"0", "orders", "log", data_name}));
  ASSERT_TRUE(log->Append(BatchOf({"a"}), 1).ok());
  log = open();
  ASSERT_TRUE(log->Append(BatchOf({"a"}), 1).ok());
  EXPECT_EQ(files.synced.size(), 4U);
}

// Goal: an acknowledged record survives a loss of power in a log that is new, or that another
// process made and left empty.
TEST_F(PartitionLogSyncTest, KeepsTheFirstRecordOverALossOfPower) {
  for (const SyncPolicy policy : {SyncPolicy::kEachBatch, SyncPolicy::kInterval}) {
    for (const bool is_left_empty : {false, true}) {
      const TemporaryFolder data;
      const std::string folder = data / "log/orders/0";
      FaultyFileSystem files(PosixFileSystem());
      const auto open = [&](FileSystem& of) { return *PartitionLog::Open(of, folder, {.sync_policy = policy}); };
      if (is_left_empty) open(files);
      auto log = open(files);
      ASSERT_TRUE(log->Append(BatchOf({"a"}), 1).ok());
      ASSERT_TRUE(log->Sync().ok());
      files.LosePower(Leftover::kNothing);
      EXPECT_EQ(open(PosixFileSystem())->HighWatermark(), 1U) << is_left_empty;
    }
  }
}

// Goal: a new log in an older folder does not get records that were moved away. Method: a loss of
// power, which undoes what was not synced.
TEST_F(PartitionLogSyncTest, BringsNoSegmentBackThatWasMovedAway) {
  const std::string folder = folder_ / "log/orders/0";
  ASSERT_TRUE((*PartitionLog::Open(PosixFileSystem(), folder, {}))->Append(BatchOf({"other"}), 1).ok());
  FaultyFileSystem files(PosixFileSystem());
  ASSERT_TRUE(files.Rename(folder + "/" + kFirstSegment, folder + "/away").ok());
  EXPECT_TRUE(PartitionLog::Open(files, folder, {}).ok());
  files.LosePower(Leftover::kNothing);
  EXPECT_EQ((*PartitionLog::Open(PosixFileSystem(), folder, {}))->HighWatermark(), 0U);
}

TEST_F(PartitionLogSyncTest, TakesNoRecordAfterASyncOfItsFoldersHasFailed) {
  UnsyncableFileSystem files;
  auto log = *PartitionLog::Open(files, folder_ / "log/orders/0", {});
  files.unsyncable = "orders";
  EXPECT_EQ(log->Append(BatchOf({"a"}), 1).status().code(), StatusCode::kInternal);
  files.unsyncable.clear();
  files.synced.clear();
  EXPECT_EQ(log->Append(BatchOf({"a"}), 1).status(), log->Health());
  EXPECT_EQ(files.synced, std::vector<std::string>());
  EXPECT_EQ(log->HighWatermark(), 0U);
  log = *PartitionLog::Open(files, folder_ / "log/orders/0", {});
  EXPECT_EQ(log->Append(BatchOf({"a"}), 1)->base_offset, 0U);
}

// Goal: a lack of descriptors passes. Method: the folder of the topic cannot be opened for the sync
// before the first record.
TEST_F(PartitionLogSyncTest, TakesItsFirstRecordOnceItsFoldersCanBeOpenedAgain) {
  UnsyncableFileSystem files;
  auto log = *PartitionLog::Open(files, folder_ / "log/orders/0", {});
  files.unopenable = "orders";
  EXPECT_EQ(log->Append(BatchOf({"a"}), 1).status().code(), StatusCode::kUnavailable);
  EXPECT_TRUE(log->Health().ok()) << log->Health().message();
  files.unopenable.clear();
  files.synced.clear();
  EXPECT_TRUE(log->Append(BatchOf({"a"}), 1).ok());
  EXPECT_EQ(files.synced.size(), static_cast<std::size_t>(1 + kNewFolderParents));
}

TEST_F(PartitionLogSyncTest, TakesNoFirstRecordOnceItsFolderWasMoved) {
  auto log = *PartitionLog::Open(PosixFileSystem(), folder_ / "log/orders/0", {});
  std::filesystem::rename(folder_ / "log/orders", folder_ / "away");
  EXPECT_EQ(log->Append(BatchOf({"a"}), 1).status().code(), StatusCode::kInternal);
  EXPECT_EQ(log->Append(BatchOf({"a"}), 1).status(), log->Health());
}

TEST_F(PartitionLogSyncTest, TakesNoMoreBatchesAfterTheSyncOfItsFolderForANewSegmentFailed) {
  UnsyncableFileSystem files;
  auto log = *PartitionLog::Open(files, folder_ / "log/orders/0", {.segment_bytes = 10});
  ASSERT_TRUE(log->Append(BatchOf({"a"}), 1).ok());
  files.unsyncable = "0";
  EXPECT_EQ(log->Append(BatchOf({"b"}), 1).status().code(), StatusCode::kInternal);
  files.unsyncable.clear();
  EXPECT_EQ(log->Append(BatchOf({"b"}), 1).status(), log->Health());
  EXPECT_EQ(log->HighWatermark(), 1U);
}

TEST_F(PartitionLogSyncTest, TakesNoMoreBatchesOnceTheFolderOfANewSegmentIsGone) {
  auto log = *PartitionLog::Open(PosixFileSystem(), folder_ / "log/orders/0", {.segment_bytes = 10});
  ASSERT_TRUE(log->Append(BatchOf({"a"}), 1).ok());
  std::filesystem::rename(folder_ / "log/orders", folder_ / "away");
  EXPECT_EQ(log->Append(BatchOf({"b"}), 1).status().code(), StatusCode::kInternal);
  std::filesystem::rename(folder_ / "away", folder_ / "log/orders");
  EXPECT_EQ(log->Append(BatchOf({"b"}), 1).status(), log->Health());
}

// Goal: no later segment is gone from the disk while an earlier one may come back. Method: the sync
// of the first removal fails.
TEST_F(PartitionLogSyncTest, RemovesNoMoreSegmentsAfterTheSyncOfARemovalFailed) {
  UnsyncableFileSystem files;
  auto log = *PartitionLog::Open(files, folder_ / "log/orders/0", {.segment_bytes = 10});
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(log->Append(BatchOf({"a"}), 1).ok());
  files.unsyncable = "0";
  EXPECT_EQ(log->ApplyRetention({.bytes_max = 1}, 0).status().code(), StatusCode::kInternal);
  files.unsyncable.clear();
  EXPECT_EQ(log->ApplyRetention({.bytes_max = 1}, 0).status(), log->Health());
  EXPECT_EQ(log->Append(BatchOf({"a"}), 1).status(), log->Health());
  EXPECT_EQ(log->LogStartOffset(), 1U);
}

TEST_F(PartitionLogSyncTest, RemovesSegmentsOnceItsFolderCanBeOpenedAgain) {
  UnsyncableFileSystem files;
  auto log = *PartitionLog::Open(files, folder_ / "log/orders/0", {.segment_bytes = 10});
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(log->Append(BatchOf({"a"}), 1).ok());
  files.unopenable = "orders/0";
  EXPECT_EQ(log->ApplyRetention({.bytes_max = 1}, 0).status().code(), StatusCode::kUnavailable);
  files.unopenable.clear();
  files.synced.clear();
  EXPECT_TRUE(log->ApplyRetention({.bytes_max = 1}, 0).ok());
  EXPECT_EQ(log->LogStartOffset(), 2U);
  EXPECT_EQ(files.synced, (std::vector<std::string>{"0", "0"}));
}

TEST_F(PartitionLogSyncTest, StartsASegmentOnceItsFolderCanBeOpenedAgain) {
  UnsyncableFileSystem files;
  auto log = *PartitionLog::Open(files, folder_ / "log/orders/0", {.segment_bytes = 10});
  ASSERT_TRUE(log->Append(BatchOf({"a"}), 1).ok());
  files.unopenable = "orders/0";
  EXPECT_EQ(log->Append(BatchOf({"b"}), 1).status().code(), StatusCode::kUnavailable);
  files.unopenable.clear();
  EXPECT_TRUE(log->Append(BatchOf({"b"}), 1).ok());
}

TEST_F(PartitionLogSyncTest, AppendsWhileItIsSynced) {
  HeldSyncFileSystem files;
  auto log = *PartitionLog::Open(files, folder_ / "held", {.sync_policy = SyncPolicy::kInterval});
  ASSERT_TRUE(log->Append(BatchOf({"a"}), 1).ok());
  files.HoldNext();
  auto synced = std::async(std::launch::async, [&] { return log->Sync(); });
  files.WaitForIt();
  auto appended = std::async(std::launch::async, [&] { return log->Append(BatchOf({"a"}), 1).ok(); });
  EXPECT_EQ(appended.wait_for(std::chrono::seconds(30)), std::future_status::ready);
  files.GoOn();
  EXPECT_TRUE(synced.get().ok());
  EXPECT_TRUE(appended.get());
}

TEST_F(PartitionLogSyncTest, TakesNoMoreBatchesAfterASyncByIntervalFailed) {
  UnsyncableFileSystem files;
  auto log = *PartitionLog::Open(files, folder_ / "interval", {.sync_policy = SyncPolicy::kInterval});
  ASSERT_TRUE(log->Append(BatchOf({"a"}), 1).ok());
  files.unsyncable = kFirstSegment;
  EXPECT_EQ(log->Sync().code(), StatusCode::kInternal);
  files.unsyncable.clear();
  EXPECT_FALSE(log->Sync().ok());
  EXPECT_FALSE(log->Append(BatchOf({"a"}), 1).ok());
  EXPECT_FALSE(log->Health().ok());
}

// The files of a deleted topic go while a sync by interval is on its way.
TEST_F(PartitionLogSyncTest, IsWellAfterItsFilesWentOnceItIsClosed) {
  auto log = *PartitionLog::Open(PosixFileSystem(), folder_ / "closed", {.sync_policy = SyncPolicy::kInterval});
  ASSERT_TRUE(log->Append(BatchOf({"a"}), 1).ok());
  ASSERT_TRUE(log->Close().ok());
  std::filesystem::remove_all(folder_ / "closed");
  EXPECT_TRUE(log->Sync().ok());
  EXPECT_TRUE(log->Health().ok());
}

TEST_F(PartitionLogSyncTest, NoticesThatItsFolderOrFileWasMoved) {
  for (const std::string moved : {"log", "log/00000000000000000000.log"}) {
    const TemporaryFolder folder;
    auto log = *PartitionLog::Open(PosixFileSystem(), folder / "log", {.sync_policy = SyncPolicy::kInterval});
    ASSERT_TRUE(log->Append(BatchOf({"a"}), 1).ok());
    ASSERT_TRUE(log->Sync().ok());
    std::filesystem::rename(folder / moved, folder / "away");
    EXPECT_FALSE(log->Sync().ok()) << moved;
    EXPECT_NE(log->Health().message().find("the file was moved"), std::string::npos) << log->Health().message();
    EXPECT_FALSE(log->Append(BatchOf({"a"}), 1).ok());
  }
}

// A backup tool, or an operator, has put a copy in the place of the file.
TEST_F(PartitionLogSyncTest, NoticesThatAnotherFileIsInThePlaceOfItsOwn) {
  const std::string file = folder_ / "log/00000000000000000000.log";
  auto log = *PartitionLog::Open(PosixFileSystem(), folder_ / "log", {.sync_policy = SyncPolicy::kInterval});
  ASSERT_TRUE(log->Append(BatchOf({"a"}), 1).ok());
  std::filesystem::rename(file, folder_ / "away");
  std::filesystem::copy_file(folder_ / "away", file);
  EXPECT_FALSE(log->Sync().ok());
  EXPECT_NE(log->Health().message().find("another file is in its place"), std::string::npos) << log->Health().message();
}

// The kernel forgets what it could not write: a sync that is retried succeeds without having
// written it.
TEST_F(PartitionLogSyncTest, NeverTriesASyncAgainThatFailed) {
  UnsyncableFileSystem files;
  auto log = *PartitionLog::Open(files, folder_ / "two", {.segment_bytes = 1, .sync_policy = SyncPolicy::kNone});
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(log->Append(BatchOf({"a"}), 1).ok());
  EXPECT_TRUE(log->Health().ok());
  files.unsyncable = kFirstSegment;
  EXPECT_FALSE(log->Sync().ok());
  files.unsyncable.clear();
  EXPECT_FALSE(log->Sync().ok());
  EXPECT_FALSE(log->Append(BatchOf({"a"}), 1).ok());
  EXPECT_NE(log->Health().message().find(kFirstSegment), std::string::npos) << log->Health().message();
}

TEST_F(PartitionLogSyncTest, LeavesALogAloneThatWasNotWrittenSinceItsLastSync) {
  UnsyncableFileSystem files;
  auto log = *PartitionLog::Open(files, folder_ / "idle", {.sync_policy = SyncPolicy::kInterval});
  ASSERT_TRUE(log->Append(BatchOf({"a"}), 1).ok());
  files.synced.clear();
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(log->Sync().ok());
  EXPECT_EQ(files.synced.size(), 1U);
  ASSERT_TRUE(log->Append(BatchOf({"b"}), 1).ok());
  ASSERT_TRUE(log->Sync().ok());
  EXPECT_EQ(files.synced.size(), 2U);
}

TEST_F(PartitionLogSyncTest, IsSyncedByItsLastBatchUnderEachBatch) {
  UnsyncableFileSystem files;
  auto log = *PartitionLog::Open(files, folder_ / "each", {.sync_policy = SyncPolicy::kEachBatch});
  ASSERT_TRUE(log->Append(BatchOf({"a"}), 1).ok());
  files.synced.clear();
  EXPECT_TRUE(log->Close().ok());
  EXPECT_EQ(files.synced, std::vector<std::string>());
}

// Three segments, of which the middle one is out of reach when the log is closed.
TEST_F(PartitionLogSyncTest, SyncsTheOtherSegmentsWhenOneCannotBeSynced) {
  for (std::string UnsyncableFileSystem::*fault :
       {&UnsyncableFileSystem::unopenable, &UnsyncableFileSystem::unsyncable}) {
    const TemporaryFolder folder;
    UnsyncableFileSystem files;
    auto log = *PartitionLog::Open(files, folder / "three", {.segment_bytes = 1, .sync_policy = SyncPolicy::kNone});
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(log->Append(BatchOf({"a"}), 1).ok());
    files.synced.clear();
    files.*fault = kSecondSegment;
    const Status closed = log->Close();
    EXPECT_NE(closed.message().find(std::string(kSecondSegment) + " cannot be "), std::string::npos)
        << closed.message();
    std::erase(files.synced, kSecondSegment);
    EXPECT_EQ(files.synced, (std::vector<std::string>{kFirstSegment, kThirdSegment}));
  }
}

// After a failed sync, the page cache may hold bytes that are not on the disk. The next opening of
// the log reads them as written.
TEST_F(PartitionLogSyncTest, TruncatesABatchWhoseSyncFailed) {
  UnsyncableFileSystem files;
  const PartitionLogOptions options = {.sync_policy = SyncPolicy::kEachBatch};
  auto log = *PartitionLog::Open(files, folder_ / "one", options);
  ASSERT_TRUE(log->Append(BatchOf({"a"}), 1).ok());
  files.unsyncable = kFirstSegment;
  EXPECT_EQ(log->Append(BatchOf({"b"}), 1).status().code(), StatusCode::kInternal);
  EXPECT_EQ(log->Append(BatchOf({"b"}), 1).status().code(), StatusCode::kUnavailable);
  log.reset();
  files.unsyncable.clear();
  log = *PartitionLog::Open(files, folder_ / "one", options);
  EXPECT_EQ(log->HighWatermark(), 1U);
}

}  // namespace
}  // namespace streamhouse::agent
