#include "exporters/view/family_sums.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "metrics_core/metric_options.h"
#include "metrics_core/snapshot.h"
#include "metrics_core/snapshot_builder.h"

namespace streamhouse::exporters {
namespace {

using metrics::Aggregation;
using metrics::Exemplar;
using metrics::FamilyInfo;
using metrics::MetricType;
using metrics::NumberKind;
using metrics::Snapshot;
using metrics::SnapshotBuffers;
using metrics::SnapshotBuilder;

class FamilySumsTest : public testing::Test {
 protected:
  static FamilyInfo Gauge(NumberKind number, Aggregation aggregation) {
    FamilyInfo info;
    info.type = MetricType::kGauge;
    info.number = number;
    info.aggregation = aggregation;
    return info;
  }

  // One group of series with these values.
  template <typename Number>
  Number Summed(const FamilyInfo& info, const std::vector<Number>& values) {
    const auto buffers = std::make_shared<SnapshotBuffers>();
    SnapshotBuilder builder(*buffers);
    builder.BeginFamily(info, values.size());
    for (const Number value : values) builder.AddScalar("", std::bit_cast<std::uint64_t>(value));
    return std::bit_cast<Number>(Sum(info, builder.Finish(buffers)).families()[0].uint64_value(0));
  }

  // All series in one group.
  static Snapshot Sum(const FamilyInfo& info, const Snapshot& snapshot) {
    FamilySums sums(info);
    for (std::size_t i = 0; i < snapshot.families()[0].size(); ++i) sums.Add(snapshot.families()[0], i, 0);
    const auto buffers = std::make_shared<SnapshotBuffers>();
    SnapshotBuilder builder(*buffers);
    builder.BeginFamily(info, 1);
    static const std::vector<std::string> kTexts = {"topic=\"a\""};
    sums.AppendTo(builder, kTexts);
    return builder.Finish(buffers);
  }
};

TEST_F(FamilySumsTest, CountersAddUpToTheLastDigit) {
  const FamilyInfo counter;
  EXPECT_EQ(Summed<std::uint64_t>(counter, {(1ULL << 53U) + 1, 1ULL << 53U, 1}), (1ULL << 54U) + 2);
  EXPECT_EQ(Summed<std::uint64_t>(counter, {UINT64_MAX, 2}), 1U);
}

TEST_F(FamilySumsTest, GaugesAddUpUnlessTheirMaximumCounts) {
  EXPECT_EQ(Summed<std::int64_t>(Gauge(NumberKind::kInt64, Aggregation::kSum), {-5, 3}), -2);
  EXPECT_EQ(Summed<std::int64_t>(Gauge(NumberKind::kInt64, Aggregation::kMax), {-5, -3, -4}), -3);
  EXPECT_EQ(Summed<double>(Gauge(NumberKind::kDouble, Aggregation::kSum), {0.5, -2}), -1.5);
  EXPECT_EQ(Summed<double>(Gauge(NumberKind::kDouble, Aggregation::kMax), {-0.5, -2}), -0.5);
}

TEST_F(FamilySumsTest, AMaximumPassesOverWhatIsNoNumber) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(Summed<double>(Gauge(NumberKind::kDouble, Aggregation::kMax), {nan, 2, nan}), 2);
  EXPECT_TRUE(std::isnan(Summed<double>(Gauge(NumberKind::kDouble, Aggregation::kMax), {nan, nan})));
  EXPECT_TRUE(std::isnan(Summed<double>(Gauge(NumberKind::kDouble, Aggregation::kSum), {nan, 1})));
}

TEST_F(FamilySumsTest, HistogramsAddUpBucketByBucket) {
  FamilyInfo info;
  info.type = MetricType::kHistogram;
  info.bounds = {1, 2};
  const auto buffers = std::make_shared<SnapshotBuffers>();
  SnapshotBuilder builder(*buffers);
  builder.BeginFamily(info, 2);
  for (const std::uint64_t n : {1U, 10U}) {
    for (std::uint64_t& bucket : builder.AddHistogram("")) bucket = n;
    builder.SetHistogramTotals(static_cast<double>(n) / 4, 3 * n);
  }
  const Snapshot sum = Sum(info, builder.Finish(buffers));
  const metrics::HistogramValue value = sum.families()[0].histogram_value(0);
  EXPECT_EQ(std::vector<std::uint64_t>(value.bucket_counts.begin(), value.bucket_counts.end()),
            (std::vector<std::uint64_t>{11, 11, 11}));
  EXPECT_EQ(value.sum, 2.75);
  EXPECT_EQ(value.count, 33U);
}

TEST_F(FamilySumsTest, TheNewestExemplarStays) {
  FamilyInfo info;
  info.has_exemplars = true;
  const auto buffers = std::make_shared<SnapshotBuffers>();
  SnapshotBuilder builder(*buffers);
  builder.BeginFamily(info, 4);
  for (int i = 0; i < 4; ++i) builder.AddScalar("", 1);
  builder.AddExemplar(std::nullopt);
  builder.AddExemplar(Exemplar{.trace = {}, .value = 1, .unix_milliseconds = 10});
  builder.AddExemplar(Exemplar{.trace = {}, .value = 2, .unix_milliseconds = 30});
  builder.AddExemplar(Exemplar{.trace = {}, .value = 3, .unix_milliseconds = 20});
  const Snapshot sum = Sum(info, builder.Finish(buffers));
  ASSERT_NE(sum.families()[0].exemplar(0), nullptr);
  EXPECT_EQ(sum.families()[0].exemplar(0)->value, 2);
  EXPECT_EQ(sum.families()[0].label_text(0), "topic=\"a\"");
}

TEST_F(FamilySumsTest, TheOldestCreationTimeStays) {
  FamilyInfo info;
  info.has_created = true;
  const auto buffers = std::make_shared<SnapshotBuffers>();
  SnapshotBuilder builder(*buffers);
  builder.BeginFamily(info, 3);
  for (const std::int64_t created : {20, 10, 30}) {
    builder.AddScalar("", 1);
    builder.AddCreated(created);
  }
  EXPECT_EQ(Sum(info, builder.Finish(buffers)).families()[0].created_unix_milliseconds(0), 10);
}

}  // namespace
}  // namespace streamhouse::exporters
