#include "exporters/view/exponential_difference.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <vector>

#include "metrics_core/bucket_bounds.h"
#include "metrics_core/reading/family_values.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"

namespace streamhouse::exporters {
namespace {

using metrics::ExponentialValue;
using Buckets = std::vector<std::uint64_t>;

ExponentialValue Value(int schema, std::int32_t first_index, const Buckets& buckets, double sum = 0) {
  return {.schema = schema,
          .first_index = first_index,
          .bucket_counts = buckets,
          .zero_threshold = 0x1p-128,
          .zero_count = 1,
          .sum = sum,
          .count = 1 + std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0})};
}

Buckets BucketsOf(const ExponentialDifference& difference) {
  const auto buckets = difference.value().bucket_counts;
  return {buckets.begin(), buckets.end()};
}

TEST(ExponentialDifferenceTest, SubtractsBucketsSumsAndCounts) {
  const Buckets before = {2, 3};
  const Buckets after = {1, 2, 4, 7};
  ExponentialDifference difference;
  ASSERT_TRUE(difference.Subtract(Value(2, 4, after, 9), Value(2, 5, before, 2.5)));
  EXPECT_EQ(difference.value().schema, 2);
  EXPECT_EQ(difference.value().first_index, 4);
  EXPECT_EQ(BucketsOf(difference), (Buckets{1, 0, 1, 7}));
  EXPECT_EQ(difference.value().sum, 6.5);
  EXPECT_EQ(difference.value().count, 9U);
  EXPECT_EQ(difference.value().zero_count, 0U);
}

TEST(ExponentialDifferenceTest, HasNoEmptyBucketsAtItsEnds) {
  const Buckets before = {1, 2, 3, 4};
  const Buckets after = {1, 2, 5, 4};
  ExponentialDifference difference;
  ASSERT_TRUE(difference.Subtract(Value(0, -3, after), Value(0, -3, before)));
  EXPECT_EQ(difference.value().first_index, -1);
  EXPECT_EQ(BucketsOf(difference), Buckets{2});
  ASSERT_TRUE(difference.Subtract(Value(0, -3, after), Value(0, -3, after)));
  EXPECT_EQ(BucketsOf(difference), Buckets{});
}

TEST(ExponentialDifferenceTest, UnitesTheBucketsOfAFinerState) {
  // At schema 1, buckets 1 to 4 of schema 2 are 1, 1, 2, 2.
  const Buckets before = {1, 2, 3, 4};
  const Buckets after = {5, 9};
  ExponentialDifference difference;
  ASSERT_TRUE(difference.Subtract(Value(1, 1, after), Value(2, 1, before)));
  EXPECT_EQ(difference.value().schema, 1);
  EXPECT_EQ(BucketsOf(difference), (Buckets{2, 2}));
}

TEST(ExponentialDifferenceTest, RefusesAValueThatIsNoEarlierState) {
  const Buckets low = {1};
  const Buckets high = {9};
  ExponentialDifference difference;
  EXPECT_FALSE(difference.Subtract(Value(2, 5, low), Value(2, 5, high))) << "counts are lower";
  EXPECT_FALSE(difference.Subtract(Value(2, 5, high), Value(1, 3, low))) << "the resolution is higher";
  EXPECT_FALSE(difference.Subtract(Value(2, 5, high), Value(2, 6, low))) << "the bucket is behind the others";
  EXPECT_FALSE(difference.Subtract(Value(2, 5, high), Value(2, 4, low))) << "the bucket is before the others";
  ExponentialValue other = Value(2, 5, low);
  other.zero_threshold = 0.5;
  EXPECT_FALSE(difference.Subtract(Value(2, 5, high), other));
  other = Value(2, 5, low);
  other.zero_count = 2;
  EXPECT_FALSE(difference.Subtract(Value(2, 5, high), other));
}

// Goal: the difference is the histogram of the values between, whose range made the resolution
// lower.
TEST(ExponentialDifferenceTest, CountsTheValuesBetween) {
  metrics::Registry registry;
  const auto bounds = metrics::BucketBounds::Exponential(1, 2, 4).value();
  const auto histogram = registry.AddExponentialHistogram({.name = "h", .help = "h"}, bounds).value().With();
  for (int i = 1; i <= 100; ++i) histogram.Observe(1 + i * 0.001);
  const metrics::Snapshot before = registry.TakeSnapshot();
  for (int i = 1; i <= 100; ++i) histogram.Observe(i * i * 1e3);
  const metrics::Snapshot after = registry.TakeSnapshot();
  const auto value = [](const metrics::Snapshot& snapshot) {
    return snapshot.families()[0].As<metrics::ExponentialHistogramValues>()[0];
  };
  ASSERT_LT(value(after).schema, value(before).schema);
  ExponentialDifference difference;
  ASSERT_TRUE(difference.Subtract(value(after), value(before)));
  const Buckets buckets = BucketsOf(difference);
  EXPECT_EQ(std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0}), 100U);
  EXPECT_EQ(difference.value().count, 100U);
}

}  // namespace
}  // namespace streamhouse::exporters
