#include "client/internal/murmur2.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>

namespace streamhouse::client {
namespace {

// From org.apache.kafka.common.utils.UtilsTest.testMurmur2, as signed 32-bit numbers.
TEST(Murmur2Test, HashesAsKafkaDoes) {
  const auto murmur2 = [](std::string_view key) { return static_cast<std::int32_t>(Murmur2(key)); };
  EXPECT_EQ(murmur2("21"), -973932308);
  EXPECT_EQ(murmur2("foobar"), -790332482);
  EXPECT_EQ(murmur2("a-little-bit-long-string"), -985981536);
  EXPECT_EQ(murmur2("a-little-bit-longer-string"), -1486304829);
  EXPECT_EQ(murmur2("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"), -58897971);
  EXPECT_EQ(murmur2("abc"), 479470107);
}

TEST(Murmur2Test, HashesBytesAboveAsciiAsUnsigned) {
  EXPECT_NE(Murmur2("\xff"), Murmur2("\x7f"));
}

TEST(Murmur2Test, TakesTheSignOffAHashBeforeDividing) {
  EXPECT_EQ(PartitionOfKeyHash(0x80000005, 4), 1U);
  EXPECT_EQ(PartitionOfKeyHash(0xffffffff, 1), 0U);
}

}  // namespace
}  // namespace streamhouse::client
