#include "agent/backup.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "agent/data_folder.h"
#include "agent/groups/committed_offsets.h"
#include "agent/log/partition_log.h"
#include "agent/testing/faulty_file_system.h"
#include "tests/agent/support/batches.h"
#include "tests/agent/support/catalog_fixture.h"
#include "tests/agent/support/raw_file.h"

namespace streamhouse::agent {
namespace {

class BackupTest : public CatalogFixture {
 protected:
  BackupTest() {
    EXPECT_TRUE(topics_->Create({.name = "orders", .partitions = 2}).ok());
    Append(3);
    EXPECT_TRUE(CommittedOffsets(*store_, *topics_).Commit("g", {"orders", 0}, 3).ok());
  }

  void Append(int batches) {
    for (int i = 0; i < batches; ++i) EXPECT_TRUE((*topics_->Find("orders", 0))->Append(BatchOf({"a"})).ok());
  }
  Result<BackupTotals> BackUpTo(const std::string& name) { return BackUpFrom(folder_.path(), name); }
  Result<BackupTotals> BackUpFrom(const std::string& from, const std::string& name,
                                  FileSystem& files = PosixFileSystem()) {
    return BackUp(
        from, folder_ / name, [](const TopicPartition&, std::uint64_t) {}, files);
  }
  // Opens the copy as an agent does.
  struct Copy {
    explicit Copy(const std::string& folder)
        : store(*SqliteMetadataStore::Open(folder + "/metadata.db")),
          leases(*store, "agent", LeaseTiming(), LeaseMetrics(), [](const TopicPartition&, std::uint64_t) {}),
          topics(PosixFileSystem(), *store, leases,
                 TopicCatalog::Options{.log_folder = folder + "/log", .log = {}, .record_bytes_max = 1000}) {
      EXPECT_TRUE(topics.Load().ok());
    }
    std::uint64_t End() const { return (*topics.Find("orders", 0))->HighWatermark(); }
    std::uint64_t Committed() const {
      return CommittedOffsets(*store, topics).Find("g", {"orders", 0})->offset.value();
    }

    std::unique_ptr<SqliteMetadataStore> store;
    LeaseKeeper leases;
    TopicCatalog topics;
  };
  void ExpectCopyWithoutTopic(const Result<BackupTotals>& totals) const {
    ASSERT_TRUE(totals.ok()) << totals.status().message();
    EXPECT_EQ(totals->topics + totals->partitions + totals->bytes, 0U);
    const Copy copy(folder_ / "copy");
    EXPECT_TRUE(copy.topics.List().empty());
    EXPECT_TRUE(copy.store->ListCommittedOffsets({})->empty());
    EXPECT_TRUE(copy.store->ListDeleted()->empty());
    EXPECT_TRUE(std::filesystem::is_empty(folder_ / "copy/log"));
  }

  // As a serving agent has it.
  const DataFolder data_ = *DataFolder::Open(PosixFileSystem(), folder_.path());
};

TEST_F(BackupTest, HoldsRecordsAndOffsetsOfAServingAgent) {
  const auto totals = BackUpTo("copy");
  ASSERT_TRUE(totals.ok()) << totals.status().message();
  EXPECT_EQ(totals->topics, 1U);
  EXPECT_EQ(totals->partitions, 2U);
  const Copy copy(folder_ / "copy");
  EXPECT_EQ(copy.End(), 3U);
  EXPECT_EQ(copy.Committed(), 3U);
}

// Records are appended and offsets committed while it lives.
class BusyBackupTest : public BackupTest {
 protected:
  ~BusyBackupTest() override {
    // relaxed: only the end of the loop depends on it.
    is_over_.store(true, std::memory_order_relaxed);
    writer_.join();
  }

 private:
  void Write() {
    // relaxed: as above.
    while (!is_over_.load(std::memory_order_relaxed)) {
      Append(1);
      const std::uint64_t end = (*topics_->Find("orders", 0))->HighWatermark();
      EXPECT_TRUE(CommittedOffsets(*store_, *topics_).Commit("g", {"orders", 0}, end).ok());
    }
  }

  std::atomic<bool> is_over_ = false;
  std::thread writer_{[this] { Write(); }};  // last: it uses the others
};

TEST_F(BusyBackupTest, HasNoOffsetBeyondItsRecords) {
  for (const std::string name : {"copy0", "copy1", "copy2", "copy3", "copy4"}) {
    const auto totals = BackUpTo(name);
    ASSERT_TRUE(totals.ok()) << totals.status().message();
    auto store = *SqliteMetadataStore::Open(folder_ / name + "/metadata.db");
    const std::uint64_t committed = store->ListCommittedOffsets({})->at(0).offset;
    EXPECT_LE(committed, Copy(folder_ / name).End());
  }
}

// Removes segments of a log of five, at the moment when one of them is about to be read.
class RetentionDuringBackup final : public FaultyFileSystem {
 public:
  RetentionDuringBackup(
      std::string folder, std::uint64_t at, std::vector<std::uint64_t> goes, std::function<void()> also = [] {})
      : FaultyFileSystem(PosixFileSystem()),
        folder_(std::move(folder)),
        at_(at),
        goes_(std::move(goes)),
        also_(std::move(also)) {}

  std::string Segment(std::uint64_t offset) const {
    return folder_ + "/0000000000000000000" + std::to_string(offset) + ".log";
  }
  Status Admit(DiskOperation operation, const std::string& path) override {
    if (operation != DiskOperation::kOther || path != Segment(at_)) return Status::Ok();
    for (const std::uint64_t offset : goes_) std::filesystem::remove(Segment(offset));
    also_();
    return Status::Ok();
  }

 private:
  const std::string folder_;
  const std::uint64_t at_;
  const std::vector<std::uint64_t> goes_;
  const std::function<void()> also_;
};

class BackupDuringRetentionTest : public BackupTest {
 protected:
  BackupDuringRetentionTest() {
    auto log = *PartitionLog::Open(PosixFileSystem(), log_, {.segment_bytes = 10});
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(log->Append(BatchOf({"b"}), 9).ok());
  }
  // Segments go when `at` is about to be copied. The copy has the records [first, 5).
  void ExpectCopyFrom(std::uint64_t first, std::uint64_t at, const std::vector<std::uint64_t>& goes) {
    RetentionDuringBackup files(log_, at, goes);
    const auto totals = BackUpFrom(folder_.path(), "copy", files);
    ASSERT_TRUE(totals.ok()) << totals.status().message();
    const auto log = *PartitionLog::Open(PosixFileSystem(), folder_ / "copy/log/orders/0", {});
    EXPECT_EQ(log->LogStartOffset(), first);
    EXPECT_EQ(log->HighWatermark(), 5U);
  }

  const std::string log_ = folder_ / "log/orders/0";  // segments at 0 (three batches), 3 and 4
};

TEST_F(BackupDuringRetentionTest, CopiesNoSegmentBeforeOneThatRetentionRemoved) {
  ExpectCopyFrom(4, 3, {0, 3});
}

TEST_F(BackupDuringRetentionTest, HasASegmentThatWentAfterItWasCopied) {
  ExpectCopyFrom(0, 4, {0});
}

TEST_F(BackupDuringRetentionTest, EndsAtASegmentThatIsALinkToNowhere) {
  std::filesystem::create_symlink("nowhere", log_ + "/00000000000000000005.log");
  EXPECT_EQ(BackUpTo("copy").status().code(), StatusCode::kNotFound);
}

TEST_F(BackupDuringRetentionTest, StillFindsAGapThatIsDamage) {
  RetentionDuringBackup files(log_, 3, {3});
  EXPECT_EQ(BackUpFrom(folder_.path(), "copy", files).status().code(), StatusCode::kDataLoss);
}

// The copy of a deleted topic's folder may hold records of two topics.
TEST_F(BackupDuringRetentionTest, FindsNoDamageInATopicThatIsDeletedMeanwhile) {
  const TopicId id = topics_->Describe("orders")->id;
  RetentionDuringBackup files(log_, 3, {3}, [&] { static_cast<void>(store_->DeleteTopic("orders", id)); });
  ExpectCopyWithoutTopic(BackUpFrom(folder_.path(), "copy", files));
}

// A roll that failed leaves one.
TEST_F(BackupDuringRetentionTest, LeavesOutAnEmptySegmentThatTheSegmentBeforeHasPassed) {
  const RetentionDuringBackup segments(log_, 0, {});
  WriteRawFile(segments.Segment(1), "");
  const auto totals = BackUpTo("copy");
  ASSERT_TRUE(totals.ok()) << totals.status().message();
  EXPECT_EQ(Copy(folder_ / "copy").End(), 5U);
}

// Retention counts from the time of a file whose batches do not tell when they were appended.
TEST_F(BackupDuringRetentionTest, KeepsTheTimesOfFilesAlsoWhereATailIsTruncated) {
  const RetentionDuringBackup segments(log_, 0, {});
  AppendToRawFile(segments.Segment(4), "torn");
  for (const std::uint64_t segment : {0U, 4U}) {
    ASSERT_TRUE(PosixFileSystem().SetModificationTime(segments.Segment(segment), 1700000000123).ok());
  }
  ASSERT_TRUE(BackUpTo("copy").ok());
  const RetentionDuringBackup copies(folder_ / "copy/log/orders/0", 0, {});
  for (const std::uint64_t segment : {0U, 4U}) {
    EXPECT_EQ(PosixFileSystem().ModificationTime(copies.Segment(segment)).value(), 1700000000123);
  }
}

TEST_F(BackupTest, LeavesOutATopicThatIsDeletedMeanwhileAlsoWhereThereIsALaterOne) {
  const auto replace = [this](const TopicPartition& copied, std::uint64_t) {
    if (copied.partition != 0) return;
    ASSERT_TRUE(topics_->Delete("orders").ok());
    ASSERT_TRUE(topics_->Create({.name = "orders", .partitions = 2}).ok());
    EXPECT_TRUE((*topics_->Find("orders", 1))->Append(BatchOf({"later"})).ok());
  };
  ASSERT_TRUE((*topics_->Find("orders", 1))->Append(BatchOf({"a"})).ok());
  ASSERT_TRUE(CommittedOffsets(*store_, *topics_).Commit("g", {"orders", 1}, 1).ok());
  ExpectCopyWithoutTopic(BackUp(folder_.path(), folder_ / "copy", replace));
}

// Goal: what SQLite cannot read is not taken for the end, and stays. Method: the metadata of an
// agent that was killed, with damage in the middle of their write-ahead log.
TEST_F(BackupTest, NamesAndKeepsADamagedWriteAheadLogOfAnAgentThatWasKilled) {
  const std::string killed = folder_ / "killed";
  std::filesystem::create_directory(killed);
  for (const std::string name : {"/metadata.db", "/metadata.db-wal"}) {
    std::filesystem::copy_file(folder_.path() + name, killed + name);
  }
  const std::string wal = killed + "/metadata.db-wal";
  FlipBit(wal, 100);
  const std::string damaged = ReadRawFile(wal);
  const Status copied = BackUpFrom(killed, "copy").status();
  EXPECT_EQ(copied.code(), StatusCode::kDataLoss);
  EXPECT_EQ(copied.message().find(wal + " at byte 32: damaged"), 0U) << copied.message();
  EXPECT_EQ(ReadRawFile(wal), damaged);
}

TEST_F(BackupTest, RefusesATargetThatIsNotEmpty) {
  std::filesystem::create_directory(folder_ / "copy");
  WriteRawFile(folder_ / "copy/other", "x");
  EXPECT_EQ(BackUpTo("copy").status().code(), StatusCode::kFailedPrecondition);
}

TEST_F(BackupTest, RefusesAFolderThatIsNoAgents) {
  const TemporaryFolder empty;
  const auto copied = BackUp(empty.path(), folder_ / "copy", {});
  EXPECT_EQ(copied.status().code(), StatusCode::kNotFound);
  EXPECT_TRUE(std::filesystem::is_empty(empty.path()));
}

TEST_F(BackupTest, SaysWhichLogIsDamaged) {
  const std::string segment = "/log/orders/0/00000000000000000000.log";
  FlipBit(folder_.path() + segment, 41);
  const auto copied = BackUpTo("copy");
  EXPECT_EQ(copied.status().code(), StatusCode::kDataLoss);
  EXPECT_EQ(copied.status().message().find(folder_ / "copy" + segment), 0U) << copied.status().message();
}

}  // namespace
}  // namespace streamhouse::agent
