#include "exporters/remote_write/snappy_block.h"

#include <gtest/gtest.h>
#include <snappy.h>

#include <string>

namespace streamhouse::exporters {
namespace {

std::string Uncompressed(const std::string& block) {
  std::string bytes;
  EXPECT_TRUE(snappy::Uncompress(block.data(), block.size(), &bytes));
  return bytes;
}

TEST(SnappyBlockTest, UncompressesToTheSameBytes) {
  std::string block;
  for (const std::size_t size : {0, 1, 100, 65'535, 65'536, 65'537, 600'000}) {
    std::string bytes;
    for (std::size_t i = 0; bytes.size() < size; ++i) bytes += std::to_string(i * 7919);
    bytes.resize(size);
    CompressSnappyBlock(bytes, block);
    EXPECT_EQ(Uncompressed(block), bytes) << size;
  }
}

TEST(SnappyBlockTest, CompressesRepeatedBytes) {
  std::string block;
  CompressSnappyBlock(std::string(100'000, 'a'), block);
  EXPECT_LT(block.size(), 10'000U);
}

// A frame begins with a chunk of type 0xFF; receivers take blocks only.
TEST(SnappyBlockTest, HasNoFrame) {
  std::string block = "what was there before";
  CompressSnappyBlock("abc", block);
  EXPECT_EQ(block, std::string("\x03\x08"
                               "abc"));
}

}  // namespace
}  // namespace streamhouse::exporters
