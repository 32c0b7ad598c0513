#include "agent/log/log_verifier.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "agent/log/partition_log.h"
#include "tests/agent/support/batches.h"
#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

// Three segments of two batches of one record each, at offsets 0, 2 and 4.
class LogVerifierTest : public testing::Test {
 protected:
  LogVerifierTest() {
    log_ = *PartitionLog::Open(PosixFileSystem(), folder_.path(), {.segment_bytes = 2 * kBatchBytes});
    for (int i = 0; i < 6; ++i) EXPECT_TRUE(log_->Append(BatchOf({"a"}), 1).ok());
  }

  std::string Segment(std::uint64_t base_offset) const {
    return folder_ / "0000000000000000000" + std::to_string(base_offset) + ".log";
  }
  VerifiedLog Verify() {
    lost_.clear();
    const VerifyListener listener = {.damage = [this](const Damage& damage) { lost_.push_back(damage.lost); },
                                     .progress = [this](std::uint64_t bytes) { progress_ += bytes; }};
    return VerifyLog(PosixFileSystem(), folder_.path(), listener).value();
  }

  static inline const std::size_t kBatchBytes = BatchBytes(BatchOf({"a"}), 0, 1).size();
  TemporaryFolder folder_;
  std::unique_ptr<PartitionLog> log_;  // serves the folder all the time
  std::vector<OffsetRange> lost_;
  std::uint64_t progress_ = 0;
};

using Ranges = std::vector<OffsetRange>;

TEST_F(LogVerifierTest, CountsSegmentsBatchesRecordsAndBytes) {
  const VerifiedLog verified = Verify();
  EXPECT_EQ(verified.segments, 3U);
  EXPECT_EQ(verified.batches, 6U);
  EXPECT_EQ(verified.records, 6U);
  EXPECT_EQ(verified.bytes, 6 * kBatchBytes);
  EXPECT_EQ(progress_, 6 * kBatchBytes);
  EXPECT_EQ(verified.damages + verified.torn_bytes, 0U);
}

TEST_F(LogVerifierTest, FindsEveryFlippedBitAndTheBatchesAroundIt) {
  for (const std::uint64_t segment : {0U, 2U, 4U}) {
    for (std::size_t at = 0; at < 2 * kBatchBytes; ++at) {
      FlipBit(Segment(segment), at);
      const std::uint64_t lost = segment + at / kBatchBytes;
      EXPECT_EQ(Verify().batches, 5U) << segment << " " << at;
      EXPECT_EQ(lost_, (Ranges{{.first = lost, .next = lost + 1}})) << segment << " " << at;
      FlipBit(Segment(segment), at);
    }
  }
}

TEST_F(LogVerifierTest, DoesNotTakeABatchThatIsBeingWrittenForDamage) {
  const std::string next = BatchBytes(BatchOf({"b"}), 6, 1);
  for (std::size_t written = 1; written < next.size(); ++written) {
    AppendToRawFile(Segment(4), next.substr(0, written));
    const VerifiedLog verified = Verify();
    EXPECT_EQ(verified.torn_bytes, written);
    EXPECT_EQ(verified.damages, 0U);
    std::filesystem::resize_file(Segment(4), 2 * kBatchBytes);
  }
}

TEST_F(LogVerifierTest, FindsABatchThatIsMissing) {
  const std::string whole = ReadRawFile(Segment(2));
  WriteRawFile(Segment(2), whole.substr(kBatchBytes));
  EXPECT_EQ(Verify().batches, 5U);
  EXPECT_EQ(lost_, (Ranges{{.first = 2, .next = 3}}));
}

TEST_F(LogVerifierTest, FindsATailThatIsMissingBeforeAnotherSegment) {
  std::filesystem::resize_file(Segment(2), 2 * kBatchBytes - 1);
  EXPECT_EQ(Verify().damages, 1U);
  EXPECT_EQ(lost_, (Ranges{{.first = 3, .next = 4}}));
}

TEST_F(LogVerifierTest, FindsASegmentThatIsMissing) {
  std::filesystem::remove(Segment(2));
  EXPECT_EQ(Verify().damages, 1U);
  EXPECT_EQ(lost_, (Ranges{{.first = 2, .next = 4}}));
}

TEST_F(LogVerifierTest, FindsASegmentThatOverlapsAnother) {
  std::filesystem::copy_file(Segment(0), Segment(1));
  EXPECT_EQ(Verify().damages, 1U);
  EXPECT_EQ(lost_, (Ranges{{.first = 1, .next = 2}}));
}

TEST_F(LogVerifierTest, ChangesNoByteOfADamagedLog) {
  FlipBit(Segment(2), 0);
  const std::string before = ReadRawFile(Segment(2));
  Verify();
  EXPECT_EQ(ReadRawFile(Segment(2)), before);
  EXPECT_TRUE(log_->Append(BatchOf({"b"}), 1).ok());
}

}  // namespace
}  // namespace streamhouse::agent
