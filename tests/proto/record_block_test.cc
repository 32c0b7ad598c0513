#include "proto/record_block.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace streamhouse::v1 {
namespace {

constexpr std::size_t kNoLimit = std::size_t{1} << 20;

std::string Text() {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "order " + std::to_string(i * 7919) + " of customer " + std::to_string(i % 13);
  return text;
}

class RecordBlockTest : public testing::TestWithParam<Compression> {
 protected:
  RecordBlock Packed(const std::string& records) {
    RecordBlock block;
    PackBlock(records, 3, GetParam(), block);
    return block;
  }
  BlockDefect DefectOf(const RecordBlock& block, std::size_t limit = kNoLimit) {
    return UnpackBlock(block, limit, buffer_).defect;
  }
  bool is_compressed() const { return GetParam() != COMPRESSION_NONE; }

  std::string buffer_;
};

TEST_P(RecordBlockTest, ABlockThatIsPackedUnpacksToTheSame) {
  for (const std::string& records : {Text(), std::string("x"), std::string("\0\xff", 2), std::string()}) {
    const RecordBlock block = Packed(records);
    EXPECT_EQ(block.record_count(), 3U);
    EXPECT_EQ(block.records_bytes(), records.size());
    const UnpackedBlock unpacked = UnpackBlock(block, kNoLimit, buffer_);
    EXPECT_EQ(unpacked.defect, BlockDefect::kNone);
    EXPECT_EQ(unpacked.records, records);
  }
}

TEST_P(RecordBlockTest, IsSmallerWhenCompressed) {
  const std::string text = Text();
  EXPECT_EQ(Packed(text).data().size() < text.size() / 2, is_compressed());
}

TEST_P(RecordBlockTest, RefusesMoreThanTheLimitBeforeItAllocates) {
  // A bomb: a gigabyte of zeros, in a few bytes.
  RecordBlock block = Packed(std::string(1000, '\0'));
  block.set_records_bytes(1 << 30);
  EXPECT_EQ(DefectOf(block), BlockDefect::kOverLimit);
  EXPECT_LT(buffer_.capacity(), 1000U);
}

TEST_P(RecordBlockTest, TakesWhatIsExactlyAtTheLimit) {
  EXPECT_EQ(DefectOf(Packed(std::string(1000, 'x')), 1000), BlockDefect::kNone);
  EXPECT_EQ(DefectOf(Packed(std::string(1001, 'x')), 1000), BlockDefect::kOverLimit);
}

// More or fewer bytes come out than it says: either way nothing is taken.
TEST_P(RecordBlockTest, RefusesASizeThatIsNotTrue) {
  RecordBlock block = Packed(std::string(1000, '\0'));
  for (const std::uint32_t claimed : {0U, 1U, 999U, 1001U, 100'000U}) {
    block.set_records_bytes(claimed);
    EXPECT_EQ(DefectOf(block), BlockDefect::kDamaged) << claimed;
  }
}

TEST_P(RecordBlockTest, RefusesEveryBlockThatIsCutOff) {
  const RecordBlock whole = Packed(Text().substr(0, 400));
  for (std::size_t size = 0; size < whole.data().size(); ++size) {
    RecordBlock cut = whole;
    cut.mutable_data()->resize(size);
    EXPECT_EQ(DefectOf(cut), BlockDefect::kDamaged) << size;
  }
}

// The decompressed text may differ, but never its size. The address sanitizer watches the writes.
TEST_P(RecordBlockTest, StaysWithinItsBufferForAnyBytes) {
  const RecordBlock whole = Packed(Text().substr(0, 400));
  for (std::size_t at = 0; at < whole.data().size(); ++at) {
    for (const char byte : {'\0', '\x7f', '\xff'}) {
      RecordBlock changed = whole;
      (*changed.mutable_data())[at] = byte;
      const UnpackedBlock unpacked = UnpackBlock(changed, kNoLimit, buffer_);
      EXPECT_TRUE(unpacked.defect == BlockDefect::kDamaged || unpacked.records.size() == 400U);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EveryCompression, RecordBlockTest,
                         testing::Values(COMPRESSION_NONE, COMPRESSION_LZ4, COMPRESSION_ZSTD),
                         [](const auto& info) { return Compression_Name(info.param); });

TEST(UnknownCompressionTest, PacksWithoutCompression) {
  RecordBlock block;
  PackBlock("records", 1, static_cast<Compression>(99), block);
  EXPECT_EQ(block.compression(), COMPRESSION_NONE);
}

TEST(UnknownCompressionTest, RefusesToUnpack) {
  std::string buffer;
  RecordBlock block;
  PackBlock("records", 1, COMPRESSION_NONE, block);
  for (const int compression : {0, 99}) {
    block.set_compression(static_cast<Compression>(compression));
    EXPECT_EQ(UnpackBlock(block, kNoLimit, buffer).defect, BlockDefect::kUnknownCompression);
  }
}

TEST(BlockDefectTest, HasWordsForEach) {
  EXPECT_EQ(DescribeDefect(BlockDefect::kDamaged), "is damaged");
  EXPECT_EQ(DescribeDefect(BlockDefect::kUnknownCompression), "has a compression that this program does not know");
}

}  // namespace
}  // namespace streamhouse::v1
