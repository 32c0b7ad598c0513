#include "exporters/encoding/composite_values.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "metrics_core/reading/snapshot.h"
#include "metrics_core/reading/snapshot_builder.h"
#include "tests/exporters/support/created_snapshot.h"
#include "tests/exporters/support/described_snapshot.h"

namespace streamhouse::exporters {
namespace {

using metrics::ExponentialValue;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// The value of the first series, or "none"; also that it needs no more bytes than it says.
std::string ValueOf(const metrics::FamilySnapshot& family) {
  CompositeValues values;
  if (!values.Begin(family)) return "none";
  std::string out(values.BytesMax(0), '.');
  const std::size_t bytes = static_cast<std::size_t>(values.Write(out.data(), 0) - out.data());
  EXPECT_LE(bytes, out.size());
  return out.substr(0, bytes);
}

struct Owner {
  metrics::FamilyInfo info;
  metrics::SnapshotBuffers buffers;
};

std::shared_ptr<Owner> OwnerOf(metrics::MetricKind kind, std::vector<double> numbers) {
  auto owner = std::make_shared<Owner>();
  owner->info.name = "wait";
  owner->info.kind = kind;
  (kind == metrics::MetricKind::kSummary ? owner->info.quantiles : owner->info.bounds) = std::move(numbers);
  return owner;
}

std::string Histogram(std::vector<double> bounds, const std::vector<std::uint64_t>& counts, double sum,
                      std::uint64_t count) {
  auto owner = OwnerOf(metrics::MetricKind::kHistogram, std::move(bounds));
  metrics::SnapshotBuilder builder(owner->buffers);
  auto histograms = builder.BeginFamily<metrics::HistogramValues>(owner->info, 1);
  std::copy(counts.begin(), counts.end(), histograms.Add("").begin());
  histograms.SetTotals(sum, count);
  return ValueOf(builder.Finish(owner).families()[0]);
}

std::string Native(const ExponentialValue& value) {
  auto owner = OwnerOf(metrics::MetricKind::kExponentialHistogram, {});
  metrics::SnapshotBuilder builder(owner->buffers);
  builder.BeginFamily<metrics::ExponentialHistogramValues>(owner->info, 1).Add("", value)[0] = value.count;
  return ValueOf(builder.Finish(owner).families()[0]);
}

std::string Summary(std::vector<double> quantiles, const std::vector<double>& values) {
  auto owner = OwnerOf(metrics::MetricKind::kSummary, std::move(quantiles));
  metrics::SnapshotBuilder builder(owner->buffers);
  const auto out = builder.BeginFamily<metrics::SummaryValues>(owner->info, 1).Add("", 6.5, 40);
  std::copy(values.begin(), values.end(), out.begin());
  return ValueOf(builder.Finish(owner).families()[0]);
}

TEST(CompositeValuesTest, AddsUpClassicBuckets) {
  EXPECT_EQ(Histogram({0.01, 0.1, 1}, {2, 3, 3, 1}, 5.875, 9),
            "{count:9,sum:5.875,bucket:[0.01:2,0.1:5,1.0:8,+Inf:9]}");
  EXPECT_EQ(Histogram({}, {0}, 0, 0), "{count:0,sum:0.0,bucket:[+Inf:0]}");
  EXPECT_EQ(Histogram({-1, 1e6}, {1, 1, 1}, -0.5, 3), "{count:3,sum:-0.5,bucket:[-1.0:1,1e+06:2,+Inf:3]}");
  EXPECT_EQ(Histogram({}, {4}, kNan, 4), "{count:4,sum:NaN,bucket:[+Inf:4]}");
}

TEST(CompositeValuesTest, WritesNativeBucketsOneByOneBeforeTheClassicOnes) {
  const std::vector<std::uint64_t> counts = {3, 2, 0, 2, 0, 0, 0, 5};
  EXPECT_EQ(Native({.schema = 0,
                    .first_index = -2,
                    .bucket_counts = counts,
                    .zero_threshold = 0.001,
                    .zero_count = 1,
                    .sum = 20.5,
                    .count = 13}),
            "{count:13,sum:20.5,schema:0,zero_threshold:0.001,zero_count:1,positive_spans:[-2:4,3:1],"
            "positive_buckets:[3,2,0,2,5],bucket:[+Inf:13]}");
}

TEST(CompositeValuesTest, LeavesOutTheSpansOfAnEmptyNativeHistogram) {
  EXPECT_EQ(
      Native({.schema = -4, .bucket_counts = {}, .zero_threshold = 0x1p-128, .zero_count = 2, .sum = 0, .count = 2}),
      "{count:2,sum:0.0,schema:-4,zero_threshold:2.938735877055719e-39,zero_count:2,bucket:[+Inf:2]}");
}

TEST(CompositeValuesTest, WritesLargeCountsInFull) {
  const std::uint64_t large = (std::uint64_t{1} << 63U) - 1;
  const std::vector<std::uint64_t> counts(120, large);
  const std::string value = Native({.schema = 8,
                                    .first_index = std::numeric_limits<std::int32_t>::min(),
                                    .bucket_counts = counts,
                                    .zero_threshold = std::numeric_limits<double>::max(),
                                    .zero_count = large,
                                    .sum = -std::numeric_limits<double>::max(),
                                    .count = large});
  EXPECT_NE(value.find("positive_spans:[-2147483648:120],positive_buckets:[9223372036854775807,"), std::string::npos);
}

TEST(CompositeValuesTest, ListsQuantiles) {
  EXPECT_EQ(Summary({0, 0.5, 1}, {0.12, kNan, 2}), "{count:40,sum:6.5,quantile:[0.0:0.12,0.5:NaN,1.0:2.0]}");
  EXPECT_EQ(Summary({}, {}), "{count:40,sum:6.5,quantile:[]}");
}

TEST(CompositeValuesTest, HasNoValueForKindsOfOneNumber) {
  EXPECT_EQ(ValueOf(CreatedSnapshot().families()[0]), "none");
  EXPECT_EQ(ValueOf(DescribedSnapshot().families()[0]), "none");
  EXPECT_EQ(ValueOf(DescribedSnapshot().families()[1]), "none");
}

TEST(CompositeValuesTest, ForgetsTheFamilyBefore) {
  const metrics::Snapshot created = CreatedSnapshot();
  const metrics::Snapshot described = DescribedSnapshot();
  CompositeValues values;
  ASSERT_TRUE(values.Begin(created.families()[1]));
  ASSERT_TRUE(values.Begin(described.families()[2]));
  std::string out(values.BytesMax(0), '.');
  EXPECT_EQ(std::string(out.data(), values.Write(out.data(), 0)), "{count:2,sum:3.0,quantile:[0.5:1.25,1.0:2.0]}");
  ASSERT_TRUE(values.Begin(created.families()[1]));
  out.resize(values.BytesMax(0));
  EXPECT_EQ(std::string(out.data(), values.Write(out.data(), 0)), "{count:1,sum:2.5,bucket:[1.0:0,+Inf:1]}");
}

}  // namespace
}  // namespace streamhouse::exporters
