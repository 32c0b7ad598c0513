// Every kind of damage to the files of a log is reported with file and byte, and no file is
// changed. A torn tail, which is truncated instead, is in recovery_test.cc.
#include "agent/log/partition_log.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "agent/log/log_format.h"
#include "metrics_core/clock.h"
#include "tests/agent/support/batches.h"
#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

// Three segments of two batches of one record each, at offsets 0, 2 and 4.
class SegmentDamageTest : public testing::Test {
 protected:
  SegmentDamageTest() {
    auto log = Open();
    for (int i = 0; i < 6; ++i) EXPECT_TRUE((*log)->Append(BatchOf({"a"}), 1).ok());
  }

  Result<std::unique_ptr<PartitionLog>> Open() {
    return PartitionLog::Open(PosixFileSystem(), folder_.path(), {.segment_bytes = 2 * kBatchBytes});
  }
  std::string Segment(std::uint64_t base_offset) const {
    return folder_ / "0000000000000000000" + std::to_string(base_offset) + ".log";
  }
  void ExpectDamage(const std::string& file, std::size_t position) {
    const std::string before = std::filesystem::exists(file) ? ReadRawFile(file) : "";
    const Status status = Open().status();
    EXPECT_EQ(status.code(), StatusCode::kDataLoss);
    EXPECT_EQ(status.message().find(file + " at byte " + std::to_string(position) + ": "), 0U) << status.message();
    EXPECT_EQ(ReadRawFile(file), before);
  }
  // The log opens, and the damage is found by who reads there.
  void ExpectDamageWhenRead(std::uint64_t offset, const std::string& file, std::size_t position) {
    const auto log = Open();
    ASSERT_TRUE(log.ok()) << log.status().message();
    const auto ignore = [](const RecordView&) {};
    const Status status = (*log)->Read(offset, {.records = 1, .bytes = 1}, ignore).status();
    EXPECT_EQ(status.code(), StatusCode::kDataLoss);
    EXPECT_EQ(status.message().find(file + " at byte " + std::to_string(position) + ": "), 0U) << status.message();
  }

  static inline const std::size_t kBatchBytes = BatchBytes(BatchOf({"a"}), 0, 1).size();
  static constexpr std::size_t kBodyChecksumAt = 56;
  static constexpr std::size_t kHeaderChecksumAt = 60;

  TemporaryFolder folder_;
};

TEST_F(SegmentDamageTest, IntactFilesHaveNoDamage) {
  EXPECT_EQ((*Open())->HighWatermark(), 6U);
}

TEST_F(SegmentDamageTest, ATruncatedHeadIsNamed) {
  for (const std::uint64_t segment : {2U, 4U}) {
    const std::string whole = ReadRawFile(Segment(segment));
    WriteRawFile(Segment(segment), whole.substr(10));
    ExpectDamage(Segment(segment), 0);
    WriteRawFile(Segment(segment), whole);
  }
}

TEST_F(SegmentDamageTest, ATruncatedTailBeforeAnotherSegmentIsNamed) {
  const std::string whole = ReadRawFile(Segment(2));
  for (const std::size_t missing : {std::size_t{1}, kBatchBytes - kBatchHeaderBytes + 1}) {
    WriteRawFile(Segment(2), whole.substr(0, whole.size() - missing));
    ExpectDamage(Segment(2), kBatchBytes);
  }
}

TEST_F(SegmentDamageTest, ASegmentThatEndsABatchEarlyIsNamedByTheOneThatFollows) {
  WriteRawFile(Segment(2), ReadRawFile(Segment(2)).substr(0, kBatchBytes));
  ExpectDamage(Segment(4), 0);
}

TEST_F(SegmentDamageTest, AFlippedBitInAHeaderIsNamed) {
  for (std::size_t at = 0; at < kBodyChecksumAt; ++at) {
    FlipBit(Segment(2), kBatchBytes + at);
    ExpectDamage(Segment(2), kBatchBytes);
    FlipBit(Segment(2), kBatchBytes + at);
  }
}

TEST_F(SegmentDamageTest, AFlippedBitInAChecksumIsNamed) {
  for (const std::size_t at : {kBodyChecksumAt, kHeaderChecksumAt}) {
    FlipBit(Segment(4), at);
    ExpectDamage(Segment(4), 0);
    FlipBit(Segment(4), at);
  }
}

TEST_F(SegmentDamageTest, AFlippedBitInABodyIsNamedWhereTheLogIsCheckedWhole) {
  FlipBit(Segment(4), kBatchHeaderBytes + 3);
  ExpectDamage(Segment(4), 0);
}

TEST_F(SegmentDamageTest, AFlippedBitInABodyOfAnEarlierSegmentIsNamedToItsReader) {
  FlipBit(Segment(2), kBatchBytes + kBatchHeaderBytes + 3);
  ExpectDamageWhenRead(3, Segment(2), kBatchBytes);
}

// Damage that comes while the log is open, or that only a reader finds.
class DamageUnderReadersTest : public SegmentDamageTest {
 protected:
  // The records that a reader gets from `offset` on when it skips each lost range; "-" for each
  // lost range.
  std::string ReadFrom(std::uint64_t offset) {
    std::string read;
    while (offset < log_->HighWatermark()) {
      const auto note = [&read](const RecordView& record) { read += record.value; };
      const auto some = log_->Read(offset, {.records = 100, .bytes = 1000}, note);
      if (some.ok()) {
        offset += *some;
      } else {
        EXPECT_EQ(some.status().code(), StatusCode::kDataLoss);
        const auto lost = log_->FindDamage(offset);
        if (!lost) return read + " stuck at " + std::to_string(offset);
        offset = lost->next;
        read += "-";
      }
    }
    return read;
  }

  std::unique_ptr<PartitionLog> log_ = *Open();
};

TEST_F(DamageUnderReadersTest, LeavesTheRecordsAroundItReadable) {
  EXPECT_EQ(ReadFrom(0), "aaaaaa");
  for (const std::uint64_t segment : {0U, 2U, 4U}) {
    for (std::size_t at = 0; at < 2 * kBatchBytes; ++at) {
      FlipBit(Segment(segment), at);
      const std::size_t lost = segment + at / kBatchBytes;
      EXPECT_EQ(ReadFrom(0), std::string(lost, 'a') + "-" + std::string(5 - lost, 'a')) << segment << " " << at;
      FlipBit(Segment(segment), at);
    }
  }
}

TEST_F(DamageUnderReadersTest, IsToldWithItsOffsetsOnce) {
  EXPECT_TRUE(log_->Integrity().ok());
  FlipBit(Segment(2), kBatchBytes + kBatchHeaderBytes + 3);
  for (int i = 0; i < 2; ++i) ReadFrom(0);
  const auto news = log_->TakeNewDamages();
  ASSERT_EQ(news.size(), 1U);
  EXPECT_EQ(news[0].lost, (OffsetRange{.first = 3, .next = 4}));
  EXPECT_EQ(log_->Integrity().message().find("offset 3 cannot be read: " + Segment(2) + " at byte "), 0U);
}

TEST_F(DamageUnderReadersTest, IsForgottenWithTheSegmentThatRetentionRemoves) {
  FlipBit(Segment(0), kBatchHeaderBytes);
  ReadFrom(0);
  ASSERT_TRUE(log_->ApplyRetention({.bytes_max = 4 * kBatchBytes}, 0).ok());
  EXPECT_TRUE(log_->Integrity().ok());
}

TEST_F(DamageUnderReadersTest, DamageOfSeveralBatchesIsSteppedOver) {
  for (const std::size_t at : {std::size_t{0}, kBatchBytes}) FlipBit(Segment(2), at);
  EXPECT_EQ(ReadFrom(0), "aa-aa");
  EXPECT_EQ(ReadFrom(3), "-aa");
}

TEST_F(DamageUnderReadersTest, DoesNotHideWhenOtherRecordsWereAppended) {
  FlipBit(Segment(2), 0);
  EXPECT_EQ(log_->FindOffset(0).value(), 0U);
  EXPECT_EQ(log_->FindOffset(metrics::Clock::UnixMilliseconds() + 1).value(), 6U);
  EXPECT_EQ(log_->FindTimestamp(2).status().code(), StatusCode::kDataLoss);
  EXPECT_TRUE(log_->FindTimestamp(3).ok());
}

TEST_F(DamageUnderReadersTest, IsAFileThatIsGone) {
  std::filesystem::remove(Segment(2));
  EXPECT_EQ(ReadFrom(0), "aa-aa");
  const auto news = log_->TakeNewDamages();
  ASSERT_EQ(news.size(), 1U);
  EXPECT_EQ(news[0].lost, (OffsetRange{.first = 2, .next = 4}));
  EXPECT_EQ(news[0].reason, Segment(2) + " at byte 0: the file is gone");
  EXPECT_EQ(log_->FindTimestamp(3).status().code(), StatusCode::kDataLoss);
  EXPECT_TRUE(log_->FindOffset(metrics::Clock::UnixMilliseconds()).ok());
  EXPECT_FALSE(log_->Integrity().ok());
}

TEST_F(DamageUnderReadersTest, IsNoFileThatGoesWhenItsLogIsClosed) {
  ASSERT_TRUE(log_->Close().ok());
  std::filesystem::remove(Segment(2));
  EXPECT_EQ(log_->Read(2, {.records = 1, .bytes = 1}, [](const RecordView&) {}).status().code(),
            StatusCode::kUnavailable);
  EXPECT_TRUE(log_->Integrity().ok());
}

TEST_F(DamageUnderReadersTest, IncludesTheEndThatATruncatedFileLacks) {
  std::filesystem::resize_file(Segment(2), kBatchBytes);
  EXPECT_EQ(ReadFrom(0), "aaa-aa");
  std::filesystem::resize_file(Segment(2), kBatchBytes - 1);
  EXPECT_EQ(ReadFrom(0), "aa-aa");
  std::filesystem::resize_file(Segment(0), 0);
  EXPECT_EQ(ReadFrom(0), "-aa");
}

// Goal: no record is acknowledged that no restart would find.
TEST_F(DamageUnderReadersTest, DamageOfTheLastFileEndsAppends) {
  std::filesystem::resize_file(Segment(4), kBatchBytes);
  EXPECT_EQ(log_->Append(BatchOf({"b"}), 1).status().code(), StatusCode::kUnavailable);
  EXPECT_NE(log_->Health().message().find(Segment(4) + " takes no more batches"), std::string::npos);
  EXPECT_EQ(ReadFrom(0), "aaaaa-");
  log_ = *Open();
  EXPECT_EQ((*log_->Append(BatchOf({"b"}), 1)).base_offset, 5U);
  std::filesystem::remove(Segment(4));
  EXPECT_EQ(log_->Append(BatchOf({"c"}), 1).status().code(), StatusCode::kUnavailable);
  EXPECT_NE(log_->Health().message().find("the file was removed"), std::string::npos);
}

TEST_F(SegmentDamageTest, DamageOfTheLastFileIsNoticedWithoutAnAppend) {
  auto log = *PartitionLog::Open(PosixFileSystem(), folder_.path(), {.sync_policy = SyncPolicy::kInterval});
  ASSERT_TRUE(log->Sync().ok());
  std::filesystem::remove(Segment(4));
  EXPECT_FALSE(log->Sync().ok());
  EXPECT_FALSE(log->Health().ok());
}

TEST_F(SegmentDamageTest, AGapBetweenSegmentsIsNamed) {
  std::filesystem::remove(Segment(2));
  ExpectDamage(Segment(4), 0);
}

TEST_F(SegmentDamageTest, AnOverlapOfSegmentsIsNamed) {
  std::filesystem::copy_file(Segment(0), Segment(1));
  ExpectDamage(Segment(1), 0);
}

TEST_F(SegmentDamageTest, ASegmentUnderTheNameOfAnotherIsNamed) {
  std::filesystem::copy_file(Segment(0), Segment(2), std::filesystem::copy_options::overwrite_existing);
  ExpectDamage(Segment(2), 0);
}

TEST_F(SegmentDamageTest, AnEmptyFileBetweenSegmentsIsNamedByTheOneThatFollows) {
  WriteRawFile(Segment(2), "");
  ExpectDamage(Segment(4), 0);
}

TEST_F(SegmentDamageTest, AnEmptyLastFileIsNoDamage) {
  WriteRawFile(Segment(4), "");
  EXPECT_EQ((*Open())->HighWatermark(), 4U);
}

TEST_F(SegmentDamageTest, AForeignFileUnderTheNameOfASegmentIsNamed) {
  WriteRawFile(Segment(2), "these are no batches, but a letter that somebody has saved in the wrong place");
  ExpectDamage(Segment(2), 0);
}

// There is no index on disk that could be damaged, or missing.
TEST_F(SegmentDamageTest, ForeignFilesUnderOtherNamesAreNoDamage) {
  const std::string index = folder_ / "00000000000000000002.index";
  WriteRawFile(index, "not an index");
  EXPECT_EQ((*Open())->HighWatermark(), 6U);
  EXPECT_EQ(ReadRawFile(index), "not an index");
}

}  // namespace
}  // namespace streamhouse::agent
