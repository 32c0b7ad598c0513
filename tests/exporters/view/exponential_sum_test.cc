#include "exporters/view/exponential_sum.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include "metrics_core/bucket_bounds.h"
#include "metrics_core/reading/exponential_scale.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"

namespace streamhouse::exporters {
namespace {

using metrics::ExponentialValue;
using Buckets = std::vector<std::uint64_t>;

ExponentialValue Value(int schema, std::int32_t first_index, const Buckets& buckets) {
  return {.schema = schema,
          .first_index = first_index,
          .bucket_counts = buckets,
          .zero_threshold = 0x1p-128,
          .zero_count = 1,
          .sum = 2.5,
          .count = 1 + std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0})};
}

Buckets BucketsOf(const ExponentialSum& sum) {
  const auto buckets = sum.value().bucket_counts;
  return {buckets.begin(), buckets.end()};
}

TEST(ExponentialSumTest, AddsBucketsOfOneResolution) {
  const Buckets a = {1, 2, 3};
  const Buckets b = {10, 20};
  ExponentialSum sum;
  sum.Add(Value(2, 5, a));
  sum.Add(Value(2, 7, b));
  EXPECT_EQ(sum.value().schema, 2);
  EXPECT_EQ(sum.value().first_index, 5);
  EXPECT_EQ(BucketsOf(sum), (Buckets{1, 2, 13, 20}));
}

TEST(ExponentialSumTest, AddsTotalsAndZeros) {
  const Buckets a = {1, 2, 3};
  ExponentialSum sum;
  sum.Add(Value(2, 5, a));
  sum.Add(Value(2, 5, {}));
  EXPECT_EQ(sum.value().count, 8U);
  EXPECT_EQ(sum.value().zero_count, 2U);
  EXPECT_EQ(sum.value().zero_threshold, 0x1p-128);
  EXPECT_EQ(sum.value().sum, 5);
}

TEST(ExponentialSumTest, TakesTheLowestResolution) {
  // At schema 1, buckets 1 to 4 of schema 2 are 1, 1, 2, 2; and -3 to 0 are -1, -1, 0, 0.
  const Buckets fine = {1, 2, 3, 4, 5, 6, 7, 8};
  const Buckets coarse = {100};
  ExponentialSum sum;
  sum.Add(Value(2, -3, fine));
  sum.Add(Value(1, 2, coarse));
  EXPECT_EQ(sum.value().schema, 1);
  EXPECT_EQ(sum.value().first_index, -1);
  EXPECT_EQ(BucketsOf(sum), (Buckets{3, 7, 11, 115}));
}

TEST(ExponentialSumTest, HistogramsWithoutBucketsDoNotLowerIt) {
  const Buckets a = {1};
  ExponentialSum sum;
  sum.Add(Value(-4, 0, {}));
  sum.Add(Value(7, 5, a));
  sum.Add(Value(0, 0, {}));
  EXPECT_EQ(sum.value().schema, 7);
  EXPECT_EQ(sum.value().first_index, 5);
}

TEST(ExponentialSumTest, NeverHasMoreBucketsThanItsLimit) {
  const Buckets one = {1};
  ExponentialSum sum;
  for (const double value : {std::numeric_limits<double>::denorm_min(), 1.0, std::numeric_limits<double>::max()}) {
    sum.Add(Value(8, metrics::ExponentialIndex(value), one));
  }
  EXPECT_EQ(sum.value().schema, metrics::kMinExponentialSchema);
  const Buckets buckets = BucketsOf(sum);
  EXPECT_LE(buckets.size(), kSummedBucketsMax);
  EXPECT_EQ(std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0}), 3U);
}

// Goal: two histograms summed are the histogram of all their values. Method: values of one range,
// so that all three have the same resolution.
TEST(ExponentialSumTest, IsTheHistogramOfAllValues) {
  metrics::Registry registry;
  const auto bounds = metrics::BucketBounds::Exponential(1, 2, 4).value();
  const auto family = registry.AddExponentialHistogram({.name = "h", .help = "h", .labels = {"x"}}, bounds).value();
  for (int i = 1; i <= 1000; ++i) {
    family.With(i % 3 == 0 ? "a" : "b").Observe(i * 0.125);
    family.With("all").Observe(i * 0.125);
  }
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  ExponentialSum sum;
  ExponentialValue all;
  for (std::size_t i = 0; i < snapshot.families()[0].size(); ++i) {
    const bool is_all = snapshot.families()[0].label_text(i) == "x=\"all\"";
    is_all ? void(all = snapshot.families()[0].As<metrics::ExponentialHistogramValues>()[i])
           : sum.Add(snapshot.families()[0].As<metrics::ExponentialHistogramValues>()[i]);
  }
  EXPECT_EQ(sum.value().schema, all.schema);
  EXPECT_EQ(sum.value().first_index, all.first_index);
  EXPECT_EQ(BucketsOf(sum), Buckets(all.bucket_counts.begin(), all.bucket_counts.end()));
  EXPECT_EQ(sum.value().count, all.count);
}

}  // namespace
}  // namespace streamhouse::exporters
