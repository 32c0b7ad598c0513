#include "metrics_core/latency_bounds.h"

#include <gtest/gtest.h>

namespace streamhouse::metrics {
namespace {

TEST(LatencyBoundsTest, DoubleFromAMicrosecondToSeventeenSeconds) {
  const BucketBounds bounds = LatencyBounds();
  ASSERT_EQ(bounds.values().size(), 25U);
  EXPECT_DOUBLE_EQ(bounds.values().front(), 1e-6);
  EXPECT_DOUBLE_EQ(bounds.values()[10], 1024e-6);
  EXPECT_DOUBLE_EQ(bounds.values().back(), 16.777216);
}

}  // namespace
}  // namespace streamhouse::metrics
