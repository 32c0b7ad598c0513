#include "metrics_core/reading/exponential_table.h"

#include <cmath>
#include <cstdint>

#include <gtest/gtest.h>

namespace streamhouse::metrics::internal {
namespace {

TEST(ExponentialTableTest, BeginsAtAPowerOfTwoAndAscends) {
  EXPECT_EQ(kBoundMantissas[0], 0U);
  for (std::size_t j = 0; j < kBoundsPerPowerOfTwo; ++j) EXPECT_LT(kBoundMantissas[j], kBoundMantissas[j + 1]);
}

TEST(ExponentialTableTest, EndsAboveEveryMantissa) {
  EXPECT_GE(kBoundMantissas[kBoundsPerPowerOfTwo], std::uint64_t{1} << kMantissaBits);
}

TEST(ExponentialTableTest, EachBoundIsItsPowerOfTwoWithinTheStatedUlps) {
  for (std::size_t j = 0; j < kBoundsPerPowerOfTwo; ++j) {
    const long double exact = std::exp2(static_cast<long double>(j) / kBoundsPerPowerOfTwo) - 1;
    const auto mantissa = static_cast<long double>(kBoundMantissas[j]);
    EXPECT_LE(std::abs(std::ldexp(exact, kMantissaBits) - mantissa), 4.5L) << j;
  }
}

}  // namespace
}  // namespace streamhouse::metrics::internal
