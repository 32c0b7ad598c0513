#include "metrics_core/internal/number_text.h"

#include <gtest/gtest.h>

namespace streamhouse::metrics::internal {
namespace {

TEST(NumberTextTest, IsTheShortestThatReadsBackTheSame) {
  EXPECT_EQ(NumberText(1e-10), "1e-10");
  EXPECT_EQ(NumberText(0.1), "0.1");
  EXPECT_EQ(NumberText(5), "5");
  EXPECT_EQ(NumberText(-0.30000000000000004), "-0.30000000000000004");
}

}  // namespace
}  // namespace streamhouse::metrics::internal
