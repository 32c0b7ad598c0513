#include "agent/log/crc32.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace streamhouse::agent {
namespace {

std::uint32_t Crc32(std::string_view bytes) {
  return ExtendCrc32(0, bytes);
}

TEST(Crc32Test, IsThatOfZlib) {
  EXPECT_EQ(Crc32("123456789"), 0xCBF43926U);
  EXPECT_EQ(ExtendCrc32(Crc32("1234"), "56789"), Crc32("123456789"));
}

TEST(Crc32Test, TheChecksumOfAnEndFollowsFromThoseOfTwoPrefixes) {
  std::string bytes;
  for (int i = 0; i < 3000; ++i) bytes += static_cast<char>(i * i);
  const std::uint32_t all = Crc32(bytes);
  for (std::size_t at = 0; at <= bytes.size(); at += 7) {
    const std::string_view before = std::string_view(bytes).substr(0, at);
    const std::string_view end = std::string_view(bytes).substr(at);
    EXPECT_EQ(Crc32OfEnd(Crc32(before), all, end.size()), Crc32(end)) << at;
  }
}

}  // namespace
}  // namespace streamhouse::agent
