#include "metrics_core/internal/cells/tsc.h"

#include <cstdint>

#include <gtest/gtest.h>

namespace streamhouse::metrics::internal {
namespace {

TEST(TscTest, NeverRunsBackwardsWithinAThread) {
  std::uint64_t last = ReadTsc();
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t now = ReadTsc();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(TscTest, RunsOnWhereThereIsOne) {
  const std::uint64_t start = ReadTsc();
  bool has_run = false;
  for (int i = 0; i < 1'000'000 && !has_run; ++i) has_run = ReadTsc() != start;
  EXPECT_EQ(has_run, kHasTsc);
}

}  // namespace
}  // namespace streamhouse::metrics::internal
