#include "metrics_core/bucket_bounds.h"

#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace streamhouse::metrics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

std::string WhyRefused(std::vector<double> bounds) {
  return BucketBounds::From(std::move(bounds)).status().message();
}

TEST(BucketBoundsTest, TakesFiniteBoundsThatAscendStrictly) {
  const std::vector<double> bounds = {-1e300, -1, 0, 5e-324, 1, 1e300};
  EXPECT_EQ(BucketBounds::From(bounds)->values(), bounds);
}

TEST(BucketBoundsTest, NoBoundsAreOneBucket) {
  EXPECT_TRUE(BucketBounds::From({})->values().empty());
}

TEST(BucketBoundsTest, NamesTheBoundThatDoesNotAscend) {
  EXPECT_EQ(WhyRefused({1, 2, 2}), "bucket bounds: bound 2 (2) is not above the one before it");
  EXPECT_EQ(WhyRefused({1, 0.5}), "bucket bounds: bound 1 (0.5) is not above the one before it");
  EXPECT_NE(WhyRefused({-0.0, 0.0}), "");
}

TEST(BucketBoundsTest, RefusesInfiniteBoundsAndNotANumber) {
  EXPECT_EQ(WhyRefused({1, kInfinity}), "bucket bounds: bound 1 (inf) is not finite; the bucket up to +Inf is implied");
  EXPECT_NE(WhyRefused({-kInfinity, 0}), "");
  EXPECT_NE(WhyRefused({kNotANumber}), "");
  EXPECT_NE(WhyRefused({0, kNotANumber, 1}), "");
}

TEST(BucketBoundsTest, TakesTheLargestNumberOfBoundsAndNoMore) {
  const auto linear = [](std::size_t count) { return BucketBounds::Linear(0, 1, static_cast<int>(count)); };
  EXPECT_TRUE(linear(BucketBounds::kMaxBounds).ok());
  EXPECT_EQ(linear(BucketBounds::kMaxBounds + 1).status(),
            Status(StatusCode::kInvalidArgument, "bucket bounds: at most 256, not 257"));
}

TEST(BucketBoundsTest, ExponentialBoundsGrowByAFactor) {
  EXPECT_EQ(BucketBounds::Exponential(0.5, 2, 4)->values(), (std::vector<double>{0.5, 1, 2, 4}));
}

TEST(BucketBoundsTest, LinearBoundsGrowByAWidth) {
  EXPECT_EQ(BucketBounds::Linear(-1, 0.5, 4)->values(), (std::vector<double>{-1, -0.5, 0, 0.5}));
}

TEST(BucketBoundsTest, LinearBoundsAreTheDecimalsThatTheyLookLike) {
  EXPECT_EQ(BucketBounds::Linear(0.1, 0.1, 10)->values(),
            (std::vector<double>{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1}));
  EXPECT_EQ(BucketBounds::Linear(-0.3, 0.1, 5)->values(), (std::vector<double>{-0.3, -0.2, -0.1, 0, 0.1}));
  EXPECT_EQ(BucketBounds::Linear(0, 0.005, 256)->values().back(), 1.275);
}

TEST(BucketBoundsTest, ExponentialBoundsAreTheDecimalsThatTheyLookLike) {
  EXPECT_EQ(BucketBounds::Exponential(1e-6, 10, 9)->values(),
            (std::vector<double>{1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100}));
  EXPECT_EQ(BucketBounds::Exponential(0.1, 1.1, 5)->values(), (std::vector<double>{0.1, 0.11, 0.121, 0.1331, 0.14641}));
  EXPECT_EQ(BucketBounds::Exponential(1e-7, 2, 25)->values().back(), 1.6777216);
}

TEST(BucketBoundsTest, BoundsOfMoreDigitsThanADecimalHoldsStillAscend) {
  EXPECT_EQ(BucketBounds::Exponential(0.1, 1.234567, 256)->values().size(), 256U);
  EXPECT_EQ(BucketBounds::Linear(1.0 / 3, 1e-300, 1)->values(), (std::vector<double>{1.0 / 3}));
}

TEST(BucketBoundsTest, ARefusalNamesASmallBoundAsItWasWritten) {
  EXPECT_EQ(WhyRefused({1e-9, 1e-10}), "bucket bounds: bound 1 (1e-10) is not above the one before it");
}

TEST(BucketBoundsTest, RefusesWhatCannotAscend) {
  for (const auto& refused :
       {BucketBounds::Exponential(0, 2, 3), BucketBounds::Exponential(1, 1, 3), BucketBounds::Exponential(1, 2, 0),
        BucketBounds::Exponential(kNotANumber, 2, 3), BucketBounds::Exponential(1, kNotANumber, 3),
        BucketBounds::Exponential(1e300, 1e300, 3), BucketBounds::Linear(0, 0, 3), BucketBounds::Linear(0, -1, 3),
        BucketBounds::Linear(0, 1, 0), BucketBounds::Linear(kNotANumber, 1, 3), BucketBounds::Linear(1e300, 1, 3)}) {
    EXPECT_EQ(refused.status().code(), StatusCode::kInvalidArgument);
  }
}

TEST(BucketBoundsTest, RefusesMoreBoundsThanFitWithoutMakingThem) {
  EXPECT_FALSE(BucketBounds::Linear(0, 1, std::numeric_limits<int>::max()).ok());
  EXPECT_FALSE(BucketBounds::Exponential(1, 2, std::numeric_limits<int>::max()).ok());
}

}  // namespace
}  // namespace streamhouse::metrics
