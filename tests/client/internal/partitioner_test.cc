#include "client/internal/partitioner.h"

#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace streamhouse::client {
namespace {

// From org.apache.kafka.common.utils.UtilsTest.testMurmur2, as signed 32-bit numbers.
TEST(PartitionerTest, HashesAsKafkaDoes) {
  const auto murmur2 = [](std::string_view key) { return static_cast<std::int32_t>(Murmur2(key)); };
  EXPECT_EQ(murmur2("21"), -973932308);
  EXPECT_EQ(murmur2("foobar"), -790332482);
  EXPECT_EQ(murmur2("a-little-bit-long-string"), -985981536);
  EXPECT_EQ(murmur2("a-little-bit-longer-string"), -1486304829);
  EXPECT_EQ(murmur2("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"), -58897971);
  EXPECT_EQ(murmur2("abc"), 479470107);
}

TEST(PartitionerTest, HashesBytesAboveAsciiAsUnsigned) {
  EXPECT_NE(Murmur2("\xff"), Murmur2("\x7f"));
}

TEST(PartitionerTest, TakesTheSignOffAHashBeforeDividing) {
  EXPECT_EQ(PartitionOfKeyHash(0x80000005, 4), 1U);
  EXPECT_EQ(PartitionOfKeyHash(0xffffffff, 1), 0U);
}

TEST(PartitionerTest, RoundRobinVisitsEveryPartitionInTurn) {
  RoundRobin round_robin;
  std::vector<std::uint32_t> chosen;
  for (int i = 0; i < 7; ++i) chosen.push_back(round_robin.Next(3));
  EXPECT_EQ(chosen, (std::vector<std::uint32_t>{0, 1, 2, 0, 1, 2, 0}));
}

TEST(PartitionerTest, RoundRobinTakesUpNewPartitions) {
  RoundRobin round_robin;
  EXPECT_EQ(round_robin.Next(1), 0U);
  EXPECT_EQ(round_robin.Next(3), 1U);
  EXPECT_EQ(round_robin.Next(3), 2U);
  EXPECT_EQ(round_robin.Next(3), 0U);
}

}  // namespace
}  // namespace streamhouse::client
