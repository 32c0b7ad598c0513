#include "agent/log/segment_walk.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/agent/support/batches.h"
#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

// Five batches of one record each, at offsets 10 to 14.
class SegmentWalkTest : public testing::Test {
 protected:
  SegmentWalkTest() {
    std::string bytes;
    for (std::uint64_t offset = 10; offset < 15; ++offset) bytes += BatchBytes(BatchOf({"a"}), offset, 1);
    WriteRawFile(path_, bytes);
  }

  // The offsets of the batches that it comes to.
  std::vector<std::uint64_t> Walk(std::optional<BatchPosition> known = std::nullopt, std::uint64_t end_offset = 15) {
    const auto file = *PosixFileSystem().OpenForRead(path_);
    SegmentWalk walk(
        *file, path_, {.base_offset = 10, .position = 0}, {.base_offset = end_offset, .position = 5 * kBatchBytes},
        [known](std::uint64_t position) { return known && known->position > position ? known : std::nullopt; },
        [this](const Damage& damage) { damages_.push_back(damage); });
    std::vector<std::uint64_t> offsets;
    for (auto header = walk.Next(); (*header).has_value(); header = walk.Next()) {
      offsets.push_back((**header).base_offset);
      static_cast<void>(walk.Visit([](const RecordView&) { return Visit::kContinue; }));
    }
    return offsets;
  }

  static inline const std::size_t kBatchBytes = BatchBytes(BatchOf({"a"}), 0, 1).size();
  TemporaryFolder folder_;
  const std::string path_ = folder_ / "segment";
  std::vector<Damage> damages_;
};

using Offsets = std::vector<std::uint64_t>;

TEST_F(SegmentWalkTest, GoesFromBatchToBatch) {
  EXPECT_EQ(Walk(), (Offsets{10, 11, 12, 13, 14}));
  EXPECT_TRUE(damages_.empty());
}

TEST_F(SegmentWalkTest, GoesOnWithTheBatchBehindADamagedHeader) {
  for (std::size_t at = 0; at < kBatchHeaderBytes; ++at) {
    FlipBit(path_, 2 * kBatchBytes + at);
    EXPECT_EQ(Walk(), (Offsets{10, 11, 13, 14})) << at;
    FlipBit(path_, 2 * kBatchBytes + at);
  }
  ASSERT_EQ(damages_.size(), kBatchHeaderBytes);
  EXPECT_EQ(damages_[0].lost, (OffsetRange{12, 13}));
  EXPECT_EQ(damages_[0].reason.find(path_ + " at byte " + std::to_string(2 * kBatchBytes) + ": "), 0U);
}

TEST_F(SegmentWalkTest, ReportsOffsetsThatAreMissingAndNoMore) {
  std::string bytes;
  for (const std::uint64_t offset : {10, 11, 13, 14, 15}) bytes += BatchBytes(BatchOf({"a"}), offset, 1);
  WriteRawFile(path_, bytes);
  EXPECT_EQ(Walk(std::nullopt, 16), (Offsets{10, 11, 13, 14, 15}));
  ASSERT_EQ(damages_.size(), 1U);
  EXPECT_EQ(damages_[0].lost, (OffsetRange{12, 13}));
}

TEST_F(SegmentWalkTest, ReportsADamagedBodyAndGoesOn) {
  FlipBit(path_, 2 * kBatchBytes + kBatchHeaderBytes);
  EXPECT_EQ(Walk(), (Offsets{10, 11, 12, 13, 14}));
  ASSERT_EQ(damages_.size(), 1U);
  EXPECT_EQ(damages_[0].lost, (OffsetRange{12, 13}));
}

TEST_F(SegmentWalkTest, FindsTheEndBehindADamagedLastHeader) {
  FlipBit(path_, 4 * kBatchBytes);
  EXPECT_EQ(Walk(), (Offsets{10, 11, 12, 13}));
  EXPECT_EQ(damages_[0].lost, (OffsetRange{14, 15}));
}

// Where a header is damaged further on, what lies between can be found by a place that is known.
TEST_F(SegmentWalkTest, GoesOnAtTheNextPlaceThatIsKnown) {
  FlipBit(path_, 0);
  FlipBit(path_, 4 * kBatchBytes);
  EXPECT_EQ(Walk(), Offsets());
  EXPECT_EQ(Walk(BatchPosition{.base_offset = 12, .position = 2 * kBatchBytes}), (Offsets{11, 12, 13}));
}

TEST_F(SegmentWalkTest, ReportsTheRecordsThatTheFileLacks) {
  WriteRawFile(path_, ReadRawFile(path_).substr(0, 3 * kBatchBytes - 1));
  EXPECT_EQ(Walk(), (Offsets{10, 11, 12}));
  ASSERT_EQ(damages_.size(), 2U);
  EXPECT_EQ(damages_[0].lost, (OffsetRange{12, 13}));
  EXPECT_EQ(damages_[1].lost, (OffsetRange{13, 15}));
}

}  // namespace
}  // namespace streamhouse::agent
