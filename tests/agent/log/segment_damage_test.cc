// Every kind of damage to the files of a log, and what is said of it: the file and the byte, and nothing is touched.
// What may be cut off instead, a torn tail, is in recovery_test.cc.
#include "agent/log/partition_log.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "agent/log/log_format.h"
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

TEST_F(SegmentDamageTest, NoneIsFoundInFilesThatAreWell) {
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

TEST_F(SegmentDamageTest, AFlippedBitInABodyOfAnEarlierSegmentIsNamedToWhoReadsIt) {
  FlipBit(Segment(2), kBatchBytes + kBatchHeaderBytes + 3);
  ExpectDamageWhenRead(3, Segment(2), kBatchBytes);
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

TEST_F(SegmentDamageTest, AnEmptyLastFileIsNone) {
  WriteRawFile(Segment(4), "");
  EXPECT_EQ((*Open())->HighWatermark(), 4U);
}

TEST_F(SegmentDamageTest, AForeignFileUnderTheNameOfASegmentIsNamed) {
  WriteRawFile(Segment(2), "these are no batches, but a letter that somebody has saved in the wrong place");
  ExpectDamage(Segment(2), 0);
}

// There is no index on disk that could be damaged, or missing.
TEST_F(SegmentDamageTest, ForeignFilesUnderOtherNamesAreNone) {
  const std::string index = folder_ / "00000000000000000002.index";
  WriteRawFile(index, "not an index");
  EXPECT_EQ((*Open())->HighWatermark(), 6U);
  EXPECT_EQ(ReadRawFile(index), "not an index");
}

}  // namespace
}  // namespace streamhouse::agent
