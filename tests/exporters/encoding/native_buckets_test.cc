#include "exporters/encoding/native_buckets.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <vector>

namespace streamhouse::exporters {
namespace {

using Counts = std::vector<std::uint64_t>;
using Deltas = std::vector<std::int64_t>;
using Spans = std::vector<BucketSpan>;

NativeBuckets Of(std::int32_t first_index, const Counts& counts) {
  NativeBuckets buckets;
  buckets.Assign({.schema = 3, .first_index = first_index, .bucket_counts = counts});
  return buckets;
}

TEST(NativeBucketsTest, HasNoSpansWithoutCounts) {
  EXPECT_EQ(Of(5, {}).spans, Spans());
  EXPECT_EQ(Of(5, {0, 0}).spans, Spans());
  EXPECT_EQ(Of(5, {0, 0}).deltas, Deltas());
}

TEST(NativeBucketsTest, WritesCountsAsDifferences) {
  const NativeBuckets buckets = Of(-2, {10, 20, 5});
  EXPECT_EQ(buckets.spans, (Spans{{-2, 3}}));
  EXPECT_EQ(buckets.deltas, (Deltas{10, 10, -15}));
}

TEST(NativeBucketsTest, WritesTheExampleOfOpenTelemetry) {
  const NativeBuckets buckets = Of(4, {10, 0, 0, 0, 20, 5, 2});
  EXPECT_EQ(buckets.spans, (Spans{{4, 1}, {3, 3}}));
  EXPECT_EQ(buckets.deltas, (Deltas{10, 10, -15, -3}));
}

TEST(NativeBucketsTest, BridgesShortGapsWithZeros) {
  EXPECT_EQ(Of(0, {1, 0, 0, 1}).spans, (Spans{{0, 4}}));
  EXPECT_EQ(Of(0, {1, 0, 0, 1}).deltas, (Deltas{1, -1, 0, 1}));
}

TEST(NativeBucketsTest, LeavesEmptyBucketsOffAtBothEnds) {
  const NativeBuckets buckets = Of(0, {0, 0, 0, 0, 7, 0, 0, 0});
  EXPECT_EQ(buckets.spans, (Spans{{4, 1}}));
  EXPECT_EQ(buckets.deltas, (Deltas{7}));
}

TEST(NativeBucketsTest, LengthsAddUpToTheDeltas) {
  Counts counts;
  for (std::uint64_t i = 0; i < 200; ++i) counts.push_back(i * 7919 % 5 == 0 || i % 11 > 6 ? i : 0);
  const NativeBuckets buckets = Of(-100, counts);
  std::size_t length = 0;
  for (const BucketSpan& span : buckets.spans) length += span.length;
  EXPECT_EQ(length, buckets.deltas.size());
}

}  // namespace
}  // namespace streamhouse::exporters
