#include "agent/topics/partition.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "agent/log/file_system.h"
#include "agent/log/log_openings.h"
#include "agent/testing/faulty_file_system.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/agent/support/batches.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

using metrics::Status;
using metrics::StatusCode;

constexpr std::chrono::nanoseconds kLeaseEnd{1000};

// A disk that takes no more, until it has room again.
class FullDisk final : public FileSystem {
 public:
  Result<std::unique_ptr<WritableFile>> OpenForAppend(const std::string& path) override {
    auto file = PosixFileSystem().OpenForAppend(path);
    if (!file.ok()) return file.status();
    return std::unique_ptr<WritableFile>(std::make_unique<File>(*std::move(file), has_room));
  }
  Result<std::unique_ptr<ReadableFile>> OpenForRead(const std::string& path) override {
    return PosixFileSystem().OpenForRead(path);
  }
  Result<std::uint64_t> FileSize(const std::string& path) override { return PosixFileSystem().FileSize(path); }
  Result<std::int64_t> ModificationTime(const std::string& path) override {
    return PosixFileSystem().ModificationTime(path);
  }
  Status SetModificationTime(const std::string& path, std::int64_t time_ms) override {
    return PosixFileSystem().SetModificationTime(path, time_ms);
  }
  Status Rename(const std::string& from, const std::string& to) override { return PosixFileSystem().Rename(from, to); }
  Result<std::uint64_t> FreeBytes(const std::string& folder) override { return PosixFileSystem().FreeBytes(folder); }
  Result<std::vector<std::string>> ListFolder(const std::string& path) override {
    return PosixFileSystem().ListFolder(path);
  }
  Status CreateFolders(const std::string& path) override { return PosixFileSystem().CreateFolders(path); }
  Status CreateFoldersUnsynced(const std::string& path) override {
    return PosixFileSystem().CreateFoldersUnsynced(path);
  }
  Status SyncFolder(const std::string& path) override { return PosixFileSystem().SyncFolder(path); }
  Status Allocate(const std::string& path, std::uint64_t bytes) override {
    return PosixFileSystem().Allocate(path, bytes);
  }
  Status RemoveFile(const std::string& path) override { return PosixFileSystem().RemoveFile(path); }
  Status RemoveFolder(const std::string& path) override { return PosixFileSystem().RemoveFolder(path); }
  std::uint64_t OpenFilesMax() override { return PosixFileSystem().OpenFilesMax(); }
  Result<std::unique_ptr<FolderLock>> LockFolder(const std::string& path) override {
    return PosixFileSystem().LockFolder(path);
  }

  bool has_room = false;

 private:
  class File final : public WritableFile {
   public:
    File(std::unique_ptr<WritableFile> base, const bool& has_room) : base_(std::move(base)), has_room_(has_room) {}
    Status Append(std::string_view first, std::string_view second) override {
      return has_room_ ? base_->Append(first, second) : Status(StatusCode::kResourceExhausted, "no space left");
    }
    Status Sync() override { return base_->Sync(); }
    Status Truncate(std::uint64_t size_bytes) override { return base_->Truncate(size_bytes); }
    Status CheckUntouched(std::uint64_t size_bytes) const override { return base_->CheckUntouched(size_bytes); }
    Result<std::size_t> ReadAt(std::uint64_t position, std::span<char> destination) const override {
      return base_->ReadAt(position, destination);
    }
    Status CheckInPlace() const override { return base_->CheckInPlace(); }

   private:
    const std::unique_ptr<WritableFile> base_;
    const bool& has_room_;
  };
};

class PartitionTest : public testing::Test {
 protected:
  PartitionTest() { lease_->Grant(5, kLeaseEnd); }

  Status Read(std::uint64_t offset) {
    return partition_.Read(offset, {.records = 10, .bytes = 1000}, [](const RecordView&) {}).status();
  }

  TemporaryFolder folder_;
  std::chrono::nanoseconds now_{0};
  int clock_readings_until_expiry_ = -1;
  std::shared_ptr<Lease> lease_ = std::make_shared<Lease>("orders/0", [this] {
    if (clock_readings_until_expiry_ == 0) return kLeaseEnd;
    if (clock_readings_until_expiry_ > 0) --clock_readings_until_expiry_;
    return now_;
  });
  Partition partition_{*PartitionLog::Open(PosixFileSystem(), folder_.path(), {}), lease_, 10, WriteMetrics()};
};

TEST_F(PartitionTest, AppendsUnderItsLease) {
  EXPECT_EQ(partition_.Append(BatchOf({"a", "b"}))->base_offset, 0U);
  EXPECT_EQ(partition_.HighWatermark(), 2U);
  EXPECT_EQ(partition_.FindWatermarks()->high_watermark, 2U);
  EXPECT_EQ(partition_.FindWatermarks()->log_start_offset, 0U);
}

TEST_F(PartitionTest, RefusesAnEmptyBatch) {
  EXPECT_EQ(partition_.Append(BatchBuilder()).status().code(), StatusCode::kInvalidArgument);
}

TEST_F(PartitionTest, NamesTheSizeOfARecordOverTheLimit) {
  EXPECT_TRUE(partition_.Append(BatchOf({"0123456789"})).ok());
  const Status status = partition_.Append(BatchOf({"a", "0123456789x"})).status();
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "a record of 11 bytes is over the limit of 10");
  EXPECT_EQ(partition_.HighWatermark(), 1U);
}

TEST_F(PartitionTest, RefusesEachCallWhenAnotherHasTheLease) {
  lease_->Withdraw("another");
  EXPECT_EQ(partition_.Append(BatchOf({"a"})).status().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(Read(0).code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(partition_.FindWatermarks().status().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(partition_.HighWatermark(), 0U);
}

TEST_F(PartitionTest, IsReadWhileItsLeaseCannotBeRenewed) {
  ASSERT_TRUE(partition_.Append(BatchOf({"a"})).ok());
  now_ = kLeaseEnd;
  EXPECT_EQ(partition_.Append(BatchOf({"a"})).status().code(), StatusCode::kFailedPrecondition);
  EXPECT_TRUE(Read(0).ok());
  EXPECT_EQ(partition_.FindWatermarks()->high_watermark, 1U);
}

TEST_F(PartitionTest, DoesNotAcknowledgeABatchDuringWhichTheLeaseRanOut) {
  clock_readings_until_expiry_ = 1;
  EXPECT_EQ(partition_.Append(BatchOf({"a"})).status().code(), StatusCode::kDeadlineExceeded);
}

TEST_F(PartitionTest, TakesNoRecordBeforeItsOpeningIsStored) {
  Status stored(StatusCode::kUnavailable, "no room");
  partition_.Continue(LogOpenings({}, 0), [&stored] { return stored; });
  EXPECT_EQ(partition_.Append(BatchOf({"a"})).status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(partition_.HighWatermark(), 0U);
  stored = Status::Ok();
  EXPECT_TRUE(partition_.Append(BatchOf({"a"})).ok());
}

TEST_F(PartitionTest, StoresItsOpeningOnceForAllBatches) {
  int stored = 0;
  partition_.Continue(LogOpenings({}, 0), [&stored] {
    ++stored;
    return Status::Ok();
  });
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(partition_.Append(BatchOf({"a"})).ok());
  EXPECT_EQ(stored, 1);
}

// Goal: each batch is written after the opening was stored. Method: threads append at the same
// time.
// Invariant 1.
TEST_F(PartitionTest, StoresItsOpeningBeforeTheBatchesOfEveryThread) {
  std::uint64_t end_when_stored = 0;
  std::mutex mutex;
  bool is_stored = false;
  partition_.Continue(LogOpenings({}, 0), [&] {
    const std::lock_guard lock(mutex);
    if (!std::exchange(is_stored, true)) end_when_stored = partition_.HighWatermark();
    return Status::Ok();
  });
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { EXPECT_TRUE(partition_.Append(BatchOf({"a"})).ok()); });
  threads.clear();
  EXPECT_EQ(end_when_stored, 0U);
  EXPECT_EQ(partition_.HighWatermark(), 4U);
}

TEST_F(PartitionTest, IsFencedByANewerHolder) {
  partition_.LoseLease(6);
  EXPECT_EQ(partition_.Append(BatchOf({"a"})).status().code(), StatusCode::kAborted);
  EXPECT_EQ(partition_.HighWatermark(), 0U);
  lease_->Grant(7, kLeaseEnd);
  EXPECT_TRUE(partition_.Append(BatchOf({"a"})).ok());
}

class PartitionCountTest : public PartitionTest {
 protected:
  double Value(const std::string& name) {
    const metrics::testing::MetricReader reader(registry_);
    return reader.Value("streamhouse_agent_records_" + name, {{"topic", "orders"}}).value_or(-1);
  }

  metrics::Registry registry_;
  const RecordMetrics record_metrics_ = RecordMetrics::Register(registry_).value();
  Partition counted_{*PartitionLog::Open(PosixFileSystem(), folder_ / "counted", {}), lease_, 10,
                     WriteMetrics{.write_latency = {}, .record_metrics = record_metrics_.Open("orders")}};
};

TEST_F(PartitionCountTest, AcknowledgesABatchThatIsSentAgainWithoutCountingIt) {
  BatchBuilder batch = BatchOf({"a", "b"});
  batch.SetProducer(7, 0);
  ASSERT_TRUE(counted_.Append(batch).ok());
  EXPECT_TRUE(counted_.Append(batch)->was_there);
  EXPECT_EQ(Value("received_total"), 4);
  EXPECT_EQ(Value("written_total"), 2);
  EXPECT_EQ(Value("duplicate_total"), 2);
}

TEST_F(PartitionCountTest, CountsWhatIsInTheLogThoughTheLeaseRanOutMeanwhile) {
  clock_readings_until_expiry_ = 1;
  EXPECT_EQ(counted_.Append(BatchOf({"a", "b"})).status().code(), StatusCode::kDeadlineExceeded);
  EXPECT_EQ(counted_.HighWatermark(), 2U);
  EXPECT_EQ(Value("written_total"), 2);
  EXPECT_EQ(Value("received_total"), 2);
}

TEST_F(PartitionCountTest, CountsARepeatedBatchAsADuplicateThoughTheLeaseRanOutMeanwhile) {
  auto batch = BatchOf({"a", "b"});
  batch.SetProducer(7, 0);
  ASSERT_TRUE(counted_.Append(batch).ok());
  clock_readings_until_expiry_ = 1;
  EXPECT_EQ(counted_.Append(batch).status().code(), StatusCode::kDeadlineExceeded);
  EXPECT_EQ(Value("written_total"), 2);
  EXPECT_EQ(Value("duplicate_total"), 2);
}

TEST_F(PartitionCountTest, CountsWhatIsRefusedBecauseTheOpeningCannotBeStored) {
  Status stored(StatusCode::kUnavailable, "no room");
  counted_.Continue(LogOpenings({}, 0), [&stored] { return stored; });
  EXPECT_FALSE(counted_.Append(BatchOf({"a", "b"})).ok());
  stored = Status::Ok();
  EXPECT_TRUE(counted_.Append(BatchOf({"c"})).ok());
  EXPECT_EQ(metrics::testing::MetricReader(registry_).Value("streamhouse_agent_records_refused_total",
                                                            {{"topic", "orders"}, {"reason", "unavailable"}}),
            2);
  EXPECT_EQ(Value("written_total"), 1);
  EXPECT_EQ(Value("received_total"), 3);
}

TEST_F(PartitionCountTest, CountsEachRefusalWithItsReason) {
  const auto refused = [this](const std::string& reason) {
    return metrics::testing::MetricReader(registry_)
        .Value("streamhouse_agent_records_refused_total", {{"topic", "orders"}, {"reason", reason}})
        .value_or(0);
  };
  EXPECT_FALSE(counted_.Append(BatchOf({"0123456789x"})).ok());
  counted_.LoseLease(6);
  EXPECT_FALSE(counted_.Append(BatchOf({"a", "b"})).ok());
  now_ = kLeaseEnd;
  EXPECT_FALSE(counted_.Append(BatchOf({"a", "b", "c"})).ok());
  EXPECT_EQ(refused("too_large"), 1);
  EXPECT_EQ(refused("fenced"), 2);
  EXPECT_EQ(refused("not_holder"), 3);
  EXPECT_EQ(Value("received_total"), 6);
}

TEST_F(PartitionCountTest, CountsAFullDiskAndAFailedSyncApart) {
  FullDisk full;
  const WriteMetrics metrics = {.write_latency = {}, .record_metrics = record_metrics_.Open("orders")};
  Partition on_full_disk(*PartitionLog::Open(full, folder_ / "full", {}), lease_, 10, metrics);
  EXPECT_FALSE(on_full_disk.Append(BatchOf({"a"})).ok());
  FaultyFileSystem files(PosixFileSystem());
  Partition failing(*PartitionLog::Open(files, folder_ / "failing", {}), lease_, 10, metrics);
  files.Switch(DiskState::kBroken);
  EXPECT_FALSE(failing.Append(BatchOf({"a"})).ok());
  EXPECT_FALSE(failing.Append(BatchOf({"a"})).ok());
  for (const char* reason : {"full", "failed", "unavailable"}) {
    EXPECT_EQ(metrics::testing::MetricReader(registry_).Value("streamhouse_agent_records_refused_total",
                                                              {{"topic", "orders"}, {"reason", reason}}),
              1)
        << reason;
  }
}

TEST_F(PartitionTest, WakesReadersWhenTheLeaseIsLost) {
  bool woken = false;
  partition_.waiters().Add(0, [&] { woken = true; });
  partition_.LoseLease(6);
  EXPECT_TRUE(woken);
  EXPECT_FALSE(partition_.waiters().closed());
}

TEST_F(PartitionTest, LetsNoReaderWaitWhenItDrains) {
  partition_.Drain();
  EXPECT_TRUE(partition_.waiters().closed());
  EXPECT_TRUE(partition_.Append(BatchOf({"a"})).ok());
}

TEST_F(PartitionTest, NamesItselfAndItsLimitsForAnOffsetBeyondTheLog) {
  ASSERT_TRUE(partition_.Append(BatchOf({"a"})).ok());
  EXPECT_EQ(Read(2), Status(StatusCode::kOutOfRange, "orders/0: offset 2 is outside of [0, 1]"));
}

TEST_F(PartitionTest, FindsTheTimestampOfARecord) {
  ASSERT_TRUE(partition_.Append(BatchOf({"a"})).ok());
  EXPECT_EQ(partition_.FindTimestamp(0).value(), 1700000000000);
  EXPECT_EQ(partition_.FindTimestamp(1).value(), std::nullopt);
  EXPECT_EQ(partition_.FindTimestamp(99).value(), std::nullopt);
}

TEST_F(PartitionTest, FindsTheTimestampOfTheFirstRecordInPlaceOfOneThatIsGone) {
  ASSERT_TRUE(partition_.Append(BatchOf({"a"})).ok());
  EXPECT_EQ(*partition_.ApplyRetention({.age_max = std::chrono::milliseconds(1)}, 1800000000000), 1U);
  ASSERT_TRUE(partition_.Append(BatchOf({"b"})).ok());
  EXPECT_EQ(partition_.FindTimestamp(0).value(), 1700000000000);
}

TEST_F(PartitionTest, RefusesRecordsWhileTheDiskIsFull) {
  FullDisk files;
  DiskReserve reserve(PosixFileSystem(), folder_.path(), 1);
  reserve.Refill();
  Partition partition(
      *PartitionLog::Open(files, folder_ / "full", {}), lease_, 10, WriteMetrics(), [](const Status&) {}, 1, &reserve);
  EXPECT_EQ(partition.Append(BatchOf({"a"})).status(), Status(StatusCode::kResourceExhausted, "no space left"));
  EXPECT_EQ(reserve.Health().code(), StatusCode::kResourceExhausted);
  files.has_room = true;
  EXPECT_EQ(partition.Append(BatchOf({"a"})).status(), reserve.Health());
  reserve.Refill();
  EXPECT_EQ(partition.Append(BatchOf({"a"}))->base_offset, 0U);
}

TEST_F(PartitionTest, TellsOnceThatItsLogTakesNoMoreBatches) {
  FaultyFileSystem files(PosixFileSystem());
  std::vector<Status> told;
  Partition partition(*PartitionLog::Open(files, folder_ / "failing", {}), lease_, 10, WriteMetrics(),
                      [&](const Status& reason) { told.push_back(reason); });
  files.Switch(DiskState::kBroken);
  EXPECT_EQ(partition.Append(BatchOf({"a"})).status().code(), StatusCode::kInternal);
  EXPECT_EQ(partition.Append(BatchOf({"a"})).status().code(), StatusCode::kUnavailable);
  EXPECT_FALSE(partition.Close().ok());
  EXPECT_EQ(told, (std::vector<Status>{partition.LogHealth()}));
  EXPECT_FALSE(partition.LogHealth().ok());
}

TEST_F(PartitionTest, ClosesItsLog) {
  ASSERT_TRUE(partition_.Sync().ok());
  ASSERT_TRUE(partition_.Close().ok());
  EXPECT_EQ(partition_.Append(BatchOf({"a"})).status().code(), StatusCode::kUnavailable);
}

}  // namespace
}  // namespace streamhouse::agent
