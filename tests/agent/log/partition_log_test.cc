#include "agent/log/partition_log.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "agent/testing/faulty_file_system.h"
#include "tests/agent/support/batches.h"
#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

using Values = std::vector<std::string>;

constexpr ReadLimits kNoLimits = {.records = 1'000'000, .bytes = 1'000'000'000};
constexpr std::int64_t kWrittenAt = 1700000000000;  // by the clock of the logs
constexpr char kFirstSegment[] = "00000000000000000000.log";

class PartitionLogTest : public testing::Test {
 protected:
  PartitionLogTest() { Reopen(); }

  void Reopen(PartitionLogOptions options = {}) {
    log_.reset();
    options.wall_clock = [] { return kWrittenAt; };
    options.steady_clock = options.wall_clock;
    auto log = PartitionLog::Open(PosixFileSystem(), folder_.path(), options);
    ASSERT_TRUE(log.ok()) << log.status().message();
    log_ = *std::move(log);
  }
  std::uint64_t Append(std::initializer_list<std::string_view> values, std::uint64_t epoch = 1) {
    return log_->Append(BatchOf(values), epoch)->base_offset;
  }
  // Where the batch stands, and " again" if it was there before.
  std::string AppendAs(std::uint64_t producer_id, std::uint64_t sequence,
                       std::initializer_list<std::string_view> values) {
    BatchBuilder batch = BatchOf(values);
    batch.SetProducer(producer_id, sequence);
    const auto appended = log_->Append(batch, 1);
    if (!appended.ok()) return appended.status().ToString();
    return std::to_string(appended.value().base_offset) + (appended.value().was_there ? " again" : "");
  }
  Values Read(std::uint64_t offset, ReadLimits limits = kNoLimits) {
    Values values;
    auto read = log_->Read(offset, limits, [&](const RecordView& r) { values.emplace_back(r.value); });
    EXPECT_TRUE(read.ok()) << read.status().message();
    EXPECT_EQ(values.size(), read.ok() ? *read : 0);
    return values;
  }
  Values ReadAll() {
    Values values;
    for (std::uint64_t offset = log_->LogStartOffset(); offset < log_->HighWatermark();) {
      const Values some = Read(offset);
      offset += some.size();
      values.insert(values.end(), some.begin(), some.end());
      if (some.empty()) break;
    }
    return values;
  }
  std::size_t SegmentCount() { return PosixFileSystem().ListFolder(folder_.path())->size(); }

  TemporaryFolder folder_;
  std::unique_ptr<PartitionLog> log_;
};

TEST_F(PartitionLogTest, IsEmptyAtFirst) {
  EXPECT_EQ(log_->HighWatermark(), 0U);
  EXPECT_EQ(log_->LogStartOffset(), 0U);
  EXPECT_EQ(Read(0), Values());
}

TEST_F(PartitionLogTest, GivesOutDenseOffsets) {
  EXPECT_EQ(Append({"a", "b"}), 0U);
  EXPECT_EQ(Append({"c"}), 2U);
  EXPECT_EQ(log_->HighWatermark(), 3U);
  EXPECT_EQ(Read(0), (Values{"a", "b", "c"}));
}

TEST_F(PartitionLogTest, ReadsFromTheMiddleOfABatch) {
  Append({"a", "b", "c"});
  EXPECT_EQ(Read(1), (Values{"b", "c"}));
  EXPECT_EQ(Read(3), Values());
}

TEST_F(PartitionLogTest, StopsAtTheRecordLimit) {
  Append({"a", "b"});
  Append({"c", "d"});
  EXPECT_EQ(Read(0, {.records = 3, .bytes = 1000}), (Values{"a", "b", "c"}));
  EXPECT_EQ(Read(0, {.records = 2, .bytes = 1000}), (Values{"a", "b"}));
}

TEST_F(PartitionLogTest, CountsHeadersTowardsTheByteLimit) {
  BatchBuilder batch;
  for (const char* const value : {"a", "b"}) {
    batch.Add({.key = std::nullopt, .value = value, .timestamp_ms = 1, .headers = "12345678"});
  }
  ASSERT_TRUE(log_->Append(batch, 1).ok());
  EXPECT_EQ(Read(0, {.records = 10, .bytes = 17}), (Values{"a"}));
  EXPECT_EQ(Read(0, {.records = 10, .bytes = 18}), (Values{"a", "b"}));
}

TEST_F(PartitionLogTest, StopsBeforeTheByteLimitButReadsOneRecordAtLeast) {
  Append({"aaaa", "bbbb", "cccc"});
  EXPECT_EQ(Read(0, {.records = 10, .bytes = 8}), (Values{"aaaa", "bbbb"}));
  EXPECT_EQ(Read(0, {.records = 10, .bytes = 1}), (Values{"aaaa"}));
}

TEST_F(PartitionLogTest, RefusesOffsetsOutsideOfTheLog) {
  Append({"a"});
  const auto ignore = [](const RecordView&) {};
  EXPECT_EQ(log_->Read(2, kNoLimits, ignore).status().code(), StatusCode::kOutOfRange);
}

TEST_F(PartitionLogTest, RefusesAnEmptyBatch) {
  EXPECT_EQ(log_->Append(BatchBuilder(), 1).status().code(), StatusCode::kInvalidArgument);
}

TEST_F(PartitionLogTest, ContinuesOffsetsWhenOpenedAgain) {
  Append({"a", "b"});
  Reopen();
  EXPECT_EQ(log_->HighWatermark(), 2U);
  EXPECT_EQ(Append({"c"}), 2U);
  EXPECT_EQ(Read(0), (Values{"a", "b", "c"}));
}

TEST_F(PartitionLogTest, RollsSegmentsBySizeAndReadsAcrossThem) {
  Reopen({.segment_bytes = 300});
  Values expected;
  for (int i = 0; i < 100; ++i) Append({expected.emplace_back("value " + std::to_string(i))});
  EXPECT_GT(SegmentCount(), 10U);
  EXPECT_EQ(ReadAll(), expected);
  Reopen({.segment_bytes = 300});
  EXPECT_EQ(ReadAll(), expected);
  EXPECT_EQ(Append({"next"}), 100U);
}

// A format that keeps differences of offsets goes wrong at the second block; this one has many
// index entries.
TEST_F(PartitionLogTest, FindsEveryOffsetOfALargeSegment) {
  const std::string filler(5000, 'x');
  for (int i = 0; i < 200; ++i) Append({std::to_string(i), filler});
  Reopen();
  for (std::uint64_t i = 0; i < 200; ++i) {
    EXPECT_EQ(Read(2 * i, {.records = 1, .bytes = 1}), (Values{std::to_string(i)}));
  }
}

TEST_F(PartitionLogTest, WritesABatchLargerThanASegment) {
  Reopen({.segment_bytes = 10});
  Append({"larger than ten bytes"});
  Append({"b"});
  EXPECT_EQ(ReadAll(), (Values{"larger than ten bytes", "b"}));
}

TEST_F(PartitionLogTest, TruncatesATornTailAndReportsIt) {
  Append({"a"});
  AppendToRawFile(folder_ / kFirstSegment, BatchBytes(BatchOf({"torn"}), 1, 1).substr(0, 50));
  Reopen();
  EXPECT_EQ(log_->torn_bytes(), 50U);
  EXPECT_EQ(Append({"b"}), 1U);
  EXPECT_EQ(ReadAll(), (Values{"a", "b"}));
}

TEST_F(PartitionLogTest, RefusesToOpenADamagedSegment) {
  Append({"a"});
  Append({"b"});
  FlipBit(folder_ / kFirstSegment, 45);
  const Status status = PartitionLog::Open(PosixFileSystem(), folder_.path(), {}).status();
  EXPECT_EQ(status.code(), StatusCode::kDataLoss);
  EXPECT_EQ(status.message().find(folder_ / kFirstSegment + " at byte 0: "), 0U) << status.message();
}

TEST_F(PartitionLogTest, RefusesToOpenWhenASegmentIsMissing) {
  Reopen({.segment_bytes = 10});
  for (int i = 0; i < 3; ++i) Append({"a"});
  std::filesystem::remove(folder_ / "00000000000000000001.log");
  const Status status = PartitionLog::Open(PosixFileSystem(), folder_.path(), {}).status();
  EXPECT_EQ(status.code(), StatusCode::kDataLoss);
  EXPECT_NE(status.message().find("00000000000000000002.log at byte 0"), std::string::npos) << status.message();
}

TEST_F(PartitionLogTest, DropsAnEmptySegmentThatWasLeftBehindOutOfSequence) {
  for (int i = 0; i < 3; ++i) Append({"a"});
  WriteRawFile(folder_ / "00000000000000000001.log", "");
  Reopen();
  EXPECT_EQ(Append({"b"}), 3U);
  EXPECT_EQ(ReadAll(), (Values{"a", "a", "a", "b"}));
  EXPECT_EQ(SegmentCount(), 1U);
}

TEST_F(PartitionLogTest, KeepsOneFileOpenHoweverManySegmentsThereAre) {
  const auto open_files = [] { return PosixFileSystem().ListFolder("/proc/self/fd")->size(); };
  log_.reset();
  const std::size_t without = open_files();
  Reopen({.segment_bytes = 10});
  EXPECT_EQ(open_files(), without + 1);
  for (int i = 0; i < 20; ++i) Append({"a"});
  EXPECT_EQ(ReadAll().size(), 20U);
  EXPECT_EQ(open_files(), without + 1);
  Reopen({.segment_bytes = 10});
  EXPECT_EQ(open_files(), without + 1);
}

TEST_F(PartitionLogTest, StartsWhereItsFirstSegmentStarts) {
  Reopen({.segment_bytes = 10});
  for (int i = 0; i < 3; ++i) Append({"a"});
  std::filesystem::remove(folder_ / kFirstSegment);
  Reopen();
  EXPECT_EQ(log_->LogStartOffset(), 1U);
  EXPECT_EQ(log_->HighWatermark(), 3U);
  EXPECT_EQ(log_->Read(0, kNoLimits, [](const RecordView&) {}).status().code(), StatusCode::kOutOfRange);
}

TEST_F(PartitionLogTest, ReportsDamageThatHappensWhileItRuns) {
  Append({"a"});
  FlipBit(folder_ / kFirstSegment, 45);
  const Status status = log_->Read(0, kNoLimits, [](const RecordView&) {}).status();
  EXPECT_EQ(status.code(), StatusCode::kDataLoss);
  EXPECT_NE(status.message().find(kFirstSegment), std::string::npos);
}

TEST_F(PartitionLogTest, LeavesForeignFilesAlone) {
  WriteRawFile(folder_ / "notes.log", "mine");
  WriteRawFile(folder_ / "0000000000000000000x.log", "mine");
  Reopen();
  EXPECT_EQ(ReadRawFile(folder_ / "notes.log"), "mine");
}

TEST_F(PartitionLogTest, WritesABatchThatIsSentAgainOnce) {
  EXPECT_EQ(AppendAs(7, 0, {"a", "b"}), "0");
  EXPECT_EQ(AppendAs(7, 0, {"a", "b"}), "0 again");
  EXPECT_EQ(AppendAs(7, 2, {"c"}), "2");
  EXPECT_EQ(ReadAll(), (Values{"a", "b", "c"}));
}

TEST_F(PartitionLogTest, WritesABatchThatIsSentAgainAfterARestartOnce) {
  Reopen({.segment_bytes = 10});
  for (std::uint64_t i = 0; i < 3; ++i) AppendAs(7, i, {"a"});
  AppendAs(8, 0, {"b"});
  Reopen();
  EXPECT_EQ(AppendAs(7, 2, {"a"}), "2 again");
  EXPECT_EQ(log_->HighWatermark(), 4U);
}

TEST_F(PartitionLogTest, SyncsWhatItFindsBeforeItAcknowledgesItAgain) {
  AppendAs(7, 0, {"a"});
  FaultyFileSystem files(PosixFileSystem());
  ASSERT_TRUE(PartitionLog::Open(files, folder_.path(), {.sync_policy = SyncPolicy::kEachBatch}).ok());
  EXPECT_EQ(files.syncs(), 2);  // of the segment, and of the folder that names it
}

TEST_F(PartitionLogTest, LetsNoStragglerIn) {
  AppendAs(7, 0, {"a"});
  AppendAs(7, 1, {"b"});
  EXPECT_EQ(AppendAs(7, 0, {"a"}), "out_of_range: sequence 0 has been passed");
}

TEST_F(PartitionLogTest, KeepsEveryRecordWithoutARetention) {
  Reopen({.segment_bytes = 10});
  for (int i = 0; i < 3; ++i) Append({"a"});
  EXPECT_EQ(*log_->ApplyRetention({}, kWrittenAt * 2), 0U);
  EXPECT_EQ(log_->LogStartOffset(), 0U);
}

TEST_F(PartitionLogTest, RemovesTheOldestSegmentsBeyondItsBytes) {
  Reopen({.segment_bytes = 10});
  for (int i = 0; i < 5; ++i) Append({"a"});
  const std::uint64_t segment_bytes = BatchBytes(BatchOf({"a"}), 0, 1).size();
  EXPECT_EQ(*log_->ApplyRetention({.bytes_max = 2 * segment_bytes}, kWrittenAt), 3U);
  EXPECT_EQ(log_->LogStartOffset(), 3U);
  EXPECT_EQ(ReadAll(), (Values{"a", "a"}));
  EXPECT_EQ(SegmentCount(), 2U);
}

TEST_F(PartitionLogTest, RemovesWhatIsTooOldAlsoWhenNoProducerWritesAnyMore) {
  Append({"a", "b"});
  const Retention retention = {.age_max = std::chrono::milliseconds(1000)};
  EXPECT_EQ(*log_->ApplyRetention(retention, kWrittenAt + 1000), 0U);
  EXPECT_EQ(*log_->ApplyRetention(retention, kWrittenAt + 1001), 1U);
  EXPECT_EQ(log_->LogStartOffset(), 2U);
  EXPECT_EQ(*log_->ApplyRetention(retention, kWrittenAt + 1001), 0U);
}

TEST_F(PartitionLogTest, ContinuesAfterARestartWhereRetentionHasLeftIt) {
  Reopen({.segment_bytes = 10});
  for (int i = 0; i < 3; ++i) Append({"a"});
  ASSERT_TRUE(log_->ApplyRetention({.bytes_max = 1}, kWrittenAt).ok());
  Reopen();
  EXPECT_EQ(log_->LogStartOffset(), 2U);
  EXPECT_EQ(Append({"b"}), 3U);
  EXPECT_EQ(log_->Read(0, kNoLimits, [](const RecordView&) {}).status().code(), StatusCode::kOutOfRange);
}

TEST_F(PartitionLogTest, SurvivesEveryFailureOfARetentionAndFinishesIt) {
  for (int n = 1;; ++n) {
    const TemporaryFolder folder;
    {
      auto log = *PartitionLog::Open(PosixFileSystem(), folder.path(), {.segment_bytes = 10});
      for (int i = 0; i < 4; ++i) ASSERT_TRUE(log->Append(BatchOf({"a"}), 1).ok());
    }
    FaultyFileSystem files(PosixFileSystem());
    files.FailOperation(n, Fault::kOnce);
    auto log = PartitionLog::Open(files, folder.path(), {.segment_bytes = 10});
    if (!log.ok()) continue;
    if (!(*log)->ApplyRetention({.bytes_max = 1}, kWrittenAt).ok()) {
      // A failed sync is final until the log is opened again.
      if (!(*log)->Health().ok()) log = PartitionLog::Open(files, folder.path(), {.segment_bytes = 10});
      ASSERT_TRUE((*log)->ApplyRetention({.bytes_max = 1}, kWrittenAt).ok()) << n;
    }
    EXPECT_EQ((*log)->LogStartOffset(), 3U) << n;
    if (!files.has_failed()) break;
  }
}

TEST_F(PartitionLogTest, RefusesAStaleEpoch) {
  Append({"a"}, 5);
  EXPECT_EQ(log_->Append(BatchOf({"stale"}), 4).status().code(), StatusCode::kAborted);
  EXPECT_EQ(Append({"b"}, 5), 1U);
  EXPECT_EQ(ReadAll(), (Values{"a", "b"}));
}

TEST_F(PartitionLogTest, RemembersTheEpochWhenOpenedAgain) {
  Append({"a"}, 5);
  Reopen();
  EXPECT_EQ(log_->Append(BatchOf({"stale"}), 4).status().code(), StatusCode::kAborted);
}

TEST_F(PartitionLogTest, RefusesABatchOfAnEpochBelowTheFence) {
  log_->RaiseFence(7);
  log_->RaiseFence(3);
  EXPECT_EQ(log_->Append(BatchOf({"stale"}), 6).status().code(), StatusCode::kAborted);
  EXPECT_EQ(Append({"a"}, 7), 0U);
}

TEST_F(PartitionLogTest, WakesWaitersAfterTheRecordIsVisible) {
  std::uint64_t seen = 0;
  log_->waiters().Add(0, [&] { seen = log_->HighWatermark(); });
  Append({"a"});
  EXPECT_EQ(seen, 1U);
}

TEST_F(PartitionLogTest, RefusesAppendsButReadsAfterClose) {
  Append({"a"});
  bool woken = false;
  log_->waiters().Add(1, [&] { woken = true; });
  ASSERT_TRUE(log_->Close().ok());
  ASSERT_TRUE(log_->Close().ok());
  EXPECT_TRUE(woken);
  EXPECT_EQ(log_->Append(BatchOf({"b"}), 1).status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(Read(0), (Values{"a"}));
}

// Goal: a reader of a deleted topic never gets records of the next topic of that name. Method: a
// log is closed, its files go, and another log begins in its folder, of which the reader finds the
// first segment.
TEST_F(PartitionLogTest, NeverReadsTheFilesOfALaterLogInItsFolder) {
  const std::string folder = folder_ / "lives";
  const auto fill = [&](const char* value) {
    auto log = *PartitionLog::Open(PosixFileSystem(), folder, {.segment_bytes = 10});
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(log->Append(BatchOf({value}), 1).ok());
    return log;
  };
  const auto former = fill("former");
  ASSERT_TRUE(former->Close().ok());
  std::filesystem::remove_all(folder);
  const auto later = fill("later");
  Values values;
  const auto read = former->Read(0, kNoLimits, [&](const RecordView& r) { values.emplace_back(r.value); });
  EXPECT_EQ(read.status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(former->FindOffset(0).status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(values, Values());
}

TEST_F(PartitionLogTest, ReadersSeeOnlyWholeBatchesInOrderWhileAWriterAppends) {
  Reopen({.segment_bytes = 5000});
  constexpr std::uint64_t kBatches = 500;
  std::thread writer([&] {
    for (std::uint64_t i = 0; i < kBatches; ++i) Append({std::to_string(2 * i), std::to_string(2 * i + 1)});
  });
  const auto read_all = [&] {
    std::uint64_t last_watermark = 0;
    for (std::uint64_t offset = 0; offset < 2 * kBatches;) {
      const std::uint64_t watermark = log_->HighWatermark();
      EXPECT_GE(watermark, last_watermark);
      EXPECT_EQ(watermark % 2, 0U);
      last_watermark = watermark;
      for (const std::string& value : Read(offset)) EXPECT_EQ(value, std::to_string(offset++));
    }
  };
  std::thread reader(read_all);
  read_all();
  reader.join();
  writer.join();
}

// Goal: no acknowledged batch is lost at any failure of the disk. Method: fail the Nth operation of
// a run, for every N until a run passes, then open the log with a healthy disk.
class FailingDiskTest : public testing::TestWithParam<std::tuple<Fault, SyncPolicy>> {
 protected:
  // Appends until ten batches were tried; returns the acknowledged ones, by offset.
  static std::vector<std::pair<std::uint64_t, std::string>> Run(FileSystem& files, const std::string& folder) {
    std::vector<std::pair<std::uint64_t, std::string>> acknowledged;
    auto log = PartitionLog::Open(files, folder, {.segment_bytes = 200, .sync_policy = std::get<1>(GetParam())});
    for (int i = 0; log.ok() && i < 10; ++i) {
      const std::string value = "value " + std::to_string(i);
      auto appended = (*log)->Append(BatchOf({value}), 1);
      if (appended.ok()) acknowledged.emplace_back(appended->base_offset, value);
    }
    return acknowledged;
  }
  static void ExpectAll(const std::vector<std::pair<std::uint64_t, std::string>>& acknowledged,
                        const std::string& folder) {
    auto log = PartitionLog::Open(PosixFileSystem(), folder, {});
    ASSERT_TRUE(log.ok()) << log.status().message();
    for (const auto& [offset, value] : acknowledged) {
      std::string found;
      const auto keep = [&](const RecordView& record) { found = record.value; };
      EXPECT_EQ((*log)->Read(offset, {.records = 1, .bytes = 1}, keep).value(), 1U);
      EXPECT_EQ(found, value);
    }
  }
};

TEST_P(FailingDiskTest, LosesNothingThatWasAcknowledged) {
  for (int n = 1;; ++n) {
    const TemporaryFolder folder;
    FaultyFileSystem files(PosixFileSystem());
    files.FailOperation(n, std::get<0>(GetParam()));
    const auto acknowledged = Run(files, folder.path());
    ExpectAll(acknowledged, folder.path());
    if (!files.has_failed()) {
      EXPECT_EQ(acknowledged.size(), 10U);
      EXPECT_GT(n, 10);
      break;
    }
  }
}

// Goal: a roll that fails half-way costs only the batch that caused it. Method: a batch that still
// fits into the old segment comes right after the failure of the Nth operation.
TEST_P(FailingDiskTest, KeepsTheSegmentsInSequenceWhenARollFails) {
  for (int n = 1;; ++n) {
    const TemporaryFolder folder;
    FaultyFileSystem files(PosixFileSystem());
    files.FailOperation(n, std::get<0>(GetParam()));
    std::vector<std::pair<std::uint64_t, std::string>> acknowledged;
    auto log = PartitionLog::Open(files, folder.path(), {.segment_bytes = 500, .sync_policy = std::get<1>(GetParam())});
    for (int i = 0; log.ok() && i < 10; ++i) {
      const std::string value(i % 2 == 0 ? 200 : 1, 'x');
      auto appended = (*log)->Append(BatchOf({value}), 1);
      if (appended.ok()) acknowledged.emplace_back(appended->base_offset, value);
    }
    ExpectAll(acknowledged, folder.path());
    if (!files.has_failed()) break;
  }
}

INSTANTIATE_TEST_SUITE_P(EveryFaultAndPolicy, FailingDiskTest,
                         testing::Combine(testing::Values(Fault::kOnce, Fault::kFromThenOn),
                                          testing::Values(SyncPolicy::kEachBatch, SyncPolicy::kInterval,
                                                          SyncPolicy::kNone)));

}  // namespace
}  // namespace streamhouse::agent
