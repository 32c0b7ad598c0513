#include "metrics_core/internal/int128.h"

#include <cstdint>

#include <gtest/gtest.h>

namespace streamhouse::metrics::internal {
namespace {

TEST(Int128Test, HoldsTheProductOfTwoWords) {
  const Uint128 product = static_cast<Uint128>(UINT64_MAX) * UINT64_MAX;
  EXPECT_EQ(static_cast<std::uint64_t>(product >> 64), UINT64_MAX - 1);
  EXPECT_LT(static_cast<Int128>(-1), 0);
}

}  // namespace
}  // namespace streamhouse::metrics::internal
