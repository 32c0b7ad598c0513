#include "agent/metadata/row_checksum.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace streamhouse::agent {
namespace {

std::uint32_t ChecksumOf(const std::vector<std::pair<ValueType, std::string>>& values) {
  RowChecksum checksum;
  for (const auto& [type, text] : values) checksum.Add(type, text);
  return checksum.value();
}

// Files hold them.
TEST(RowChecksumTest, IsTheSameInEveryVersion) {
  EXPECT_EQ(ChecksumOf({{ValueType::kText, "topics"},
                        {ValueType::kText, "orders"},
                        {ValueType::kInteger, "3"},
                        {ValueType::kNull, ""}}),
            0x042f100fU);
}

TEST(RowChecksumTest, TellsWhereAValueEnds) {
  EXPECT_NE(ChecksumOf({{ValueType::kText, "ab"}, {ValueType::kText, "c"}}),
            ChecksumOf({{ValueType::kText, "a"}, {ValueType::kText, "bc"}}));
}

TEST(RowChecksumTest, TellsTypesApart) {
  EXPECT_NE(ChecksumOf({{ValueType::kText, "3"}}), ChecksumOf({{ValueType::kInteger, "3"}}));
}

TEST(RowChecksumTest, TellsEachBitOfAValue) {
  const std::uint32_t whole = ChecksumOf({{ValueType::kText, "orders"}});
  for (std::size_t bit = 0; bit < 8 * std::string("orders").size(); ++bit) {
    std::string damaged = "orders";
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_NE(ChecksumOf({{ValueType::kText, damaged}}), whole) << bit;
  }
}

}  // namespace
}  // namespace streamhouse::agent
