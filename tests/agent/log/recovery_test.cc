#include "agent/log/recovery.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "agent/log/log_format.h"
#include "agent/testing/faulty_file_system.h"
#include "tests/agent/support/batches.h"
#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

class RecoveryTest : public testing::Test {
 protected:
  Result<RecoveredSegment> Recover(SegmentRole role = SegmentRole::kLast) {
    return RecoverSegment(PosixFileSystem(), path_, 10, role, sequences_);
  }
  void ExpectDamageAt(std::size_t position, SegmentRole role = SegmentRole::kLast) {
    const std::string before = ReadRawFile(path_);
    const Status status = Recover(role).status();
    EXPECT_EQ(status.code(), StatusCode::kDataLoss);
    EXPECT_EQ(status.message().find(path_ + " at byte " + std::to_string(position) + ": "), 0U) << status.message();
    EXPECT_EQ(ReadRawFile(path_), before);
  }
  void ExpectCutTo(const std::string& whole) {
    const std::string before = ReadRawFile(path_);
    auto recovered = Recover();
    ASSERT_TRUE(recovered.ok()) << recovered.status().message();
    EXPECT_EQ(ReadRawFile(path_), whole);
    EXPECT_EQ(recovered->size_bytes, whole.size());
    EXPECT_EQ(recovered->torn_bytes, before.size() - whole.size());
  }

  TemporaryFolder folder_;
  ProducerSequences sequences_;
  const std::string path_ = folder_ / "segment";
  const std::string first_ = BatchBytes(BatchOf({"a", "b"}), 10, 3);
  const std::string second_ = BatchBytes(BatchOf({"c"}), 12, 7);
  const std::string third_ = BatchBytes(BatchOf({"d"}), 13, 5);
  const std::string all_ = first_ + second_ + third_;
};

TEST_F(RecoveryTest, FindsTheEndOfAnIntactSegment) {
  WriteRawFile(path_, all_);
  auto recovered = Recover();
  ASSERT_TRUE(recovered.ok());
  EXPECT_EQ(recovered->size_bytes, all_.size());
  EXPECT_EQ(recovered->torn_bytes, 0U);
  EXPECT_EQ(recovered->end_offset, 14U);
  EXPECT_EQ(recovered->last_epoch, 7U);
}

TEST_F(RecoveryTest, KnowsTheLastProducerAndItsTime) {
  BatchBuilder batch = BatchOf({"late"});
  batch.SetProducer(7, 3);
  WriteRawFile(path_, first_ + BatchBytes(batch, 12, 7, kLogFormatVersion, 1700000000009));
  auto recovered = Recover();
  ASSERT_TRUE(recovered.ok()) << recovered.status().message();
  EXPECT_EQ(recovered->append_time_ms, 1700000000009);
  EXPECT_FALSE(recovered->file_time_ms.has_value());
  const BatchHeader again = {.record_count = 1, .producer_id = 7, .sequence = 3};
  EXPECT_EQ(sequences_.Check(again).base_offset, 12U);
}

TEST_F(RecoveryTest, StartsAnEmptySegmentAtItsBaseOffset) {
  WriteRawFile(path_, "");
  EXPECT_EQ(Recover()->end_offset, 10U);
}

TEST_F(RecoveryTest, CutsOffATailThatIsTornAnywhere) {
  for (std::size_t torn = 1; torn < third_.size(); ++torn) {
    WriteRawFile(path_, first_ + second_ + third_.substr(0, torn));
    ExpectCutTo(first_ + second_);
  }
}

TEST_F(RecoveryTest, CutsOffATornFirstBatch) {
  WriteRawFile(path_, first_.substr(0, 5));
  ExpectCutTo("");
}

TEST_F(RecoveryTest, TakesTheTimeOfTheFileForOlderBatchesBeforeItCutsOffATail) {
  WriteRawFile(path_, BatchBytes(BatchOf({"a", "b"}), 10, 3, 1) + second_ + third_.substr(0, 5));
  const auto written = std::filesystem::last_write_time(path_) - std::chrono::hours(24);
  std::filesystem::last_write_time(path_, written);
  const auto since_epoch = std::chrono::file_clock::to_sys(written).time_since_epoch();
  EXPECT_EQ(Recover()->file_time_ms, std::chrono::floor<std::chrono::milliseconds>(since_epoch).count());
}

// Goal: a newer program's batches are not taken for a torn tail. Method: the batch before them is
// damaged.
TEST_F(RecoveryTest, RefusesToTruncateBatchesOfAVersionThatItDoesNotKnow) {
  WriteRawFile(path_, first_ + BatchBytes(BatchOf({"c"}), 12, 7, kLogFormatVersion + 1));
  FlipBit(path_, 0);
  ExpectDamageAt(0);
}

// After a loss of power a file may have its size without its bytes.
TEST_F(RecoveryTest, CutsOffATailOfZeros) {
  WriteRawFile(path_, first_ + std::string(5000, '\0'));
  ExpectCutTo(first_);
}

TEST_F(RecoveryTest, CutsOffALastBatchWithoutItsBody) {
  WriteRawFile(path_,
               first_ + second_.substr(0, kBatchHeaderBytes) + std::string(second_.size() - kBatchHeaderBytes, '\0'));
  ExpectCutTo(first_);
}

TEST_F(RecoveryTest, RefusesAnyFlippedByteBeforeTheLastBatch) {
  for (std::size_t at = 0; at < first_.size() + second_.size(); ++at) {
    WriteRawFile(path_, all_);
    FlipBit(path_, at);
    ExpectDamageAt(at < first_.size() ? 0 : first_.size());
  }
}

TEST_F(RecoveryTest, RefusesAMissingBatch) {
  WriteRawFile(path_, first_ + third_);
  ExpectDamageAt(first_.size());
}

TEST_F(RecoveryTest, RefusesAHoleInTheMiddle) {
  WriteRawFile(path_, first_ + std::string(100, '\0') + second_);
  ExpectDamageAt(first_.size());
}

TEST_F(RecoveryTest, RefusesATornTailBeforeAnotherSegment) {
  WriteRawFile(path_, first_ + second_.substr(0, second_.size() - 1));
  ExpectDamageAt(first_.size(), SegmentRole::kFollowed);
}

// A record may hold bytes that look like a batch: they must not make a torn tail look like damage.
TEST_F(RecoveryTest, IsNotFooledByABatchInsideOfARecord) {
  const std::string bait = BatchBytes(BatchOf({second_, std::string(100, 'x')}), 12, 3);
  WriteRawFile(path_, first_ + bait.substr(0, bait.size() - 1));
  ExpectCutTo(first_);
}

TEST_F(RecoveryTest, RefusesAVersionThatItDoesNotKnow) {
  const std::string bytes = BatchBytes(BatchOf({"a"}), 10, 3, kLogFormatVersion + 1);
  WriteRawFile(path_, bytes);
  EXPECT_EQ(Recover().status().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReadRawFile(path_), bytes);
}

TEST_F(RecoveryTest, NeverTakesADiskErrorForATornTail) {
  WriteRawFile(path_, all_);
  for (int n = 1;; ++n) {
    FaultyFileSystem files(PosixFileSystem());
    files.FailOperation(n, Fault::kOnce);
    const Status status = RecoverSegment(files, path_, 10, SegmentRole::kLast, sequences_).status();
    EXPECT_EQ(ReadRawFile(path_), all_);
    if (!files.has_failed()) break;
    EXPECT_EQ(status.code(), StatusCode::kUnavailable) << n;
  }
}

}  // namespace
}  // namespace streamhouse::agent
