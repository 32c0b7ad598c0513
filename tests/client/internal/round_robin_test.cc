#include "client/internal/round_robin.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace streamhouse::client {
namespace {

TEST(RoundRobinTest, VisitsEveryPartitionInTurn) {
  RoundRobin round_robin;
  std::vector<std::uint32_t> chosen;
  for (int i = 0; i < 7; ++i) chosen.push_back(round_robin.Next(3));
  EXPECT_EQ(chosen, (std::vector<std::uint32_t>{0, 1, 2, 0, 1, 2, 0}));
}

TEST(RoundRobinTest, TakesUpNewPartitions) {
  RoundRobin round_robin;
  EXPECT_EQ(round_robin.Next(1), 0U);
  EXPECT_EQ(round_robin.Next(3), 1U);
  EXPECT_EQ(round_robin.Next(3), 2U);
  EXPECT_EQ(round_robin.Next(3), 0U);
}

}  // namespace
}  // namespace streamhouse::client
