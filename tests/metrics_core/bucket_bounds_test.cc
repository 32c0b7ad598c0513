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

TEST(BucketBoundsTest, TakesWhatIsFiniteAndStrictlyAscending) {
  const std::vector<double> bounds = {-1e300, -1, 0, 5e-324, 1, 1e300};
  EXPECT_EQ(BucketBounds::From(bounds)->values(), bounds);
}

TEST(BucketBoundsTest, NoBoundsAreOneBucket) {
  EXPECT_TRUE(BucketBounds::From({})->values().empty());
}

TEST(BucketBoundsTest, RefusesWhatDoesNotAscendAndNamesIt) {
  EXPECT_EQ(WhyRefused({1, 2, 2}), "bucket bounds: bound 2 (2.000000) is not above the one before it");
  EXPECT_EQ(WhyRefused({1, 0.5}), "bucket bounds: bound 1 (0.500000) is not above the one before it");
  EXPECT_NE(WhyRefused({-0.0, 0.0}), "");
}

TEST(BucketBoundsTest, RefusesWhatIsNotFinite) {
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
