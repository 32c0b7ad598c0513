#include "apps/top/rates.h"

#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <vector>

namespace streamhouse::apps {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

using Counts = std::vector<double>;

TEST(RateTest, IsTheIncreaseByTheSecond) {
  EXPECT_EQ(Rate(100, 150, 2.5), 20);
  EXPECT_EQ(Rate(100, 100, 2), 0);
}

TEST(RateTest, CountsFromZeroAfterARestart) {
  EXPECT_EQ(Rate(1000, 30, 2), 15);
  EXPECT_EQ(Rate(1000, 0, 2), 0);
}

TEST(RateTest, IsUnknownWhereAValueIs) {
  EXPECT_EQ(Rate(std::nullopt, 5, 1), std::nullopt);
  EXPECT_EQ(Rate(5, std::nullopt, 1), std::nullopt);
  EXPECT_EQ(Rate(kNan, 5, 1), std::nullopt);
  EXPECT_EQ(Rate(5, kInfinity, 1), std::nullopt);
}

TEST(RateTest, IsUnknownWithoutTimeInBetween) {
  EXPECT_EQ(Rate(1, 2, 0), std::nullopt);
  EXPECT_EQ(Rate(1, 2, -1), std::nullopt);
}

TEST(BucketsBetweenTest, CountsTheNewObservationsOfEachBucket) {
  const CumulativeBuckets before = {.bounds = {1, 2, kInfinity}, .counts = {1, 3, 4}};
  const CumulativeBuckets now = {.bounds = {1, 2, kInfinity}, .counts = {2, 6, 9}};
  EXPECT_EQ(BucketsBetween(before, now), (Counts{1, 2, 2}));
}

TEST(BucketsBetweenTest, CountsFromZeroAfterItsProcessWasStartedAgain) {
  const CumulativeBuckets before = {.bounds = {1, kInfinity}, .counts = {5, 9}};
  const CumulativeBuckets now = {.bounds = {1, kInfinity}, .counts = {1, 3}};
  EXPECT_EQ(BucketsBetween(before, now), (Counts{1, 2}));
}

TEST(BucketsBetweenTest, IsUnknownWhereBoundsHaveChangedOrTheLastIsMissing) {
  const CumulativeBuckets now = {.bounds = {1, kInfinity}, .counts = {1, 3}};
  EXPECT_EQ(BucketsBetween({.bounds = {2, kInfinity}, .counts = {1, 3}}, now), std::nullopt);
  EXPECT_EQ(BucketsBetween({.bounds = {1}, .counts = {1}}, {.bounds = {1}, .counts = {2}}), std::nullopt);
  EXPECT_EQ(BucketsBetween({}, {}), std::nullopt);
}

TEST(BucketsBetweenTest, IsUnknownWhereACountIsNoNumber) {
  const CumulativeBuckets before = {.bounds = {1, kInfinity}, .counts = {1, 3}};
  EXPECT_EQ(BucketsBetween(before, {.bounds = {1, kInfinity}, .counts = {kNan, 5}}), std::nullopt);
}

// By hand: of 10 observations 2 are at most 1, 4 between 1 and 2, 4 between 2 and 4.
TEST(QuantileTest, IsOnAStraightLineWithinABucket) {
  const Counts bounds = {1, 2, 4, kInfinity};
  const Counts counts = {2, 4, 4, 0};
  EXPECT_DOUBLE_EQ(Quantile(0.1, bounds, counts).value(), 0.5);    // the first of two between 0 and 1
  EXPECT_DOUBLE_EQ(Quantile(0.5, bounds, counts).value(), 1.75);   // the third of four between 1 and 2
  EXPECT_DOUBLE_EQ(Quantile(0.9, bounds, counts).value(), 3.5);    // the third of four between 2 and 4
  EXPECT_DOUBLE_EQ(Quantile(0.99, bounds, counts).value(), 3.95);  // 3.9 of four
}

TEST(QuantileTest, IsTheLastBoundWhereItLiesAboveIt) {
  EXPECT_EQ(Quantile(0.99, Counts{1, kInfinity}, Counts{1, 9}), 1);
}

TEST(QuantileTest, IsUnknownWithoutObservationsOrBounds) {
  EXPECT_EQ(Quantile(0.5, Counts{1, kInfinity}, Counts{0, 0}), std::nullopt);
  EXPECT_EQ(Quantile(0.5, Counts{}, Counts{}), std::nullopt);
  EXPECT_EQ(Quantile(0.5, Counts{kInfinity}, Counts{3}), std::nullopt);
}

TEST(QuantileTest, BeginsAtTheBoundOfAFirstBucketBelowZero) {
  EXPECT_EQ(Quantile(0.5, Counts{-1, kInfinity}, Counts{4, 0}), -1);
}

}  // namespace
}  // namespace streamhouse::apps
