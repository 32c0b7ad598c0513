#include "integrations/librdkafka/growth.h"

#include <gtest/gtest.h>

namespace streamhouse::librdkafka {
namespace {

TEST(GrowthTest, AddsUpToTheTotal) {
  Growth growth;
  EXPECT_EQ(growth.Of(10), 10U);
  EXPECT_EQ(growth.Of(10), 0U);
  EXPECT_EQ(growth.Of(15), 5U);
}

TEST(GrowthTest, CountsATotalThatFellFromZero) {
  Growth growth;
  EXPECT_EQ(growth.Of(10), 10U);
  EXPECT_EQ(growth.Of(3), 3U);
  EXPECT_EQ(growth.Of(4), 1U);
}

TEST(GrowthTest, TakesANegativeTotalForUnknown) {
  Growth growth;
  EXPECT_EQ(growth.Of(10), 10U);
  EXPECT_EQ(growth.Of(-1), 0U);
  EXPECT_EQ(growth.Of(12), 2U);
}

}  // namespace
}  // namespace streamhouse::librdkafka
