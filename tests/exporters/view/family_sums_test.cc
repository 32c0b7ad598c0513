#include "exporters/view/family_sums.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "metrics_core/metric_options.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/reading/snapshot_builder.h"

namespace streamhouse::exporters {
namespace {

using metrics::Aggregation;
using metrics::CounterValues;
using metrics::Exemplar;
using metrics::FamilyInfo;
using metrics::GaugeValues;
using metrics::HistogramValues;
using metrics::InfoValues;
using metrics::MetricKind;
using metrics::Snapshot;
using metrics::SnapshotBuffers;
using metrics::SnapshotBuilder;
using metrics::StateSetValues;
using metrics::SummaryValues;
using metrics::UpDownCounterValues;

class FamilySumsTest : public testing::Test {
 protected:
  static FamilyInfo InfoOf(MetricKind kind, Aggregation aggregation = Aggregation::kSum) {
    FamilyInfo info;
    info.kind = kind;
    info.aggregation = aggregation;
    return info;
  }

  // The sum of series with these values.
  template <typename Values, typename Number>
  Number Summed(const std::vector<Number>& values, Aggregation aggregation = Aggregation::kSum) {
    info_ = InfoOf(Values::kKind, aggregation);
    auto series = builder_.BeginFamily<Values>(info_, values.size());
    for (const Number value : values) series.Add("", value);
    return Sum().families()[0].As<Values>()[0];
  }

  // The family that was built, with all its series in one group.
  Snapshot Sum() {
    const Snapshot snapshot = builder_.Finish(buffers_);
    const std::vector<std::size_t> groups(snapshot.families()[0].size(), 0);
    const auto buffers = std::make_shared<SnapshotBuffers>();
    SnapshotBuilder builder(*buffers);
    AppendFamilySums(snapshot.families()[0], groups, info_, texts_, builder);
    return builder.Finish(buffers);
  }

  FamilyInfo info_;
  const std::deque<std::string> texts_ = {"topic=\"a\""};
  const std::shared_ptr<SnapshotBuffers> buffers_ = std::make_shared<SnapshotBuffers>();
  SnapshotBuilder builder_{*buffers_};
};

TEST_F(FamilySumsTest, CountersAddUpToTheLastDigit) {
  EXPECT_EQ((Summed<CounterValues<std::uint64_t>, std::uint64_t>({(1ULL << 53U) + 1, 1ULL << 53U, 1})),
            (1ULL << 54U) + 2);
}

TEST_F(FamilySumsTest, CountersAddUpModularly) {
  EXPECT_EQ((Summed<CounterValues<std::uint64_t>, std::uint64_t>({UINT64_MAX, 2})), 1U);
}

TEST_F(FamilySumsTest, GaugesAddUp) {
  EXPECT_EQ((Summed<GaugeValues<std::int64_t>, std::int64_t>({-5, 3})), -2);
}

TEST_F(FamilySumsTest, TheMaximumOfGaugesMayCount) {
  EXPECT_EQ((Summed<GaugeValues<std::int64_t>, std::int64_t>({-5, -3, -4}, Aggregation::kMax)), -3);
}

TEST_F(FamilySumsTest, GaugesOfDoublesAddUp) {
  EXPECT_EQ((Summed<GaugeValues<double>, double>({0.5, -2})), -1.5);
}

TEST_F(FamilySumsTest, TheMaximumOfUpDownCountersMayCount) {
  EXPECT_EQ((Summed<UpDownCounterValues, std::int64_t>({-5, -3, -4}, Aggregation::kMax)), -3);
}

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST_F(FamilySumsTest, AMaximumPassesOverWhatIsNoNumber) {
  EXPECT_EQ((Summed<GaugeValues<double>, double>({kNan, 2, kNan}, Aggregation::kMax)), 2);
}

TEST_F(FamilySumsTest, AMaximumOfNoNumbersIsNoNumber) {
  EXPECT_TRUE(std::isnan(Summed<GaugeValues<double>, double>({kNan, kNan}, Aggregation::kMax)));
}

TEST_F(FamilySumsTest, ASumWithNaNIsNaN) {
  EXPECT_TRUE(std::isnan(Summed<GaugeValues<double>, double>({kNan, 1})));
}

TEST_F(FamilySumsTest, HistogramsAddUpBucketByBucket) {
  info_ = InfoOf(MetricKind::kHistogram);
  info_.bounds = {1, 2};
  auto histograms = builder_.BeginFamily<HistogramValues>(info_, 2);
  for (const std::uint64_t n : {1U, 10U}) {
    for (std::uint64_t& bucket : histograms.Add("")) bucket = n;
    histograms.SetTotals(static_cast<double>(n) / 4, 3 * n);
  }
  const Snapshot sum = Sum();
  const metrics::HistogramValue value = sum.families()[0].As<HistogramValues>()[0];
  EXPECT_EQ(std::vector<std::uint64_t>(value.bucket_counts.begin(), value.bucket_counts.end()),
            (std::vector<std::uint64_t>{11, 11, 11}));
  EXPECT_EQ(value.sum, 2.75);
  EXPECT_EQ(value.count, 33U);
}

TEST_F(FamilySumsTest, ASummaryKeepsItsTotalsAndLosesItsQuantiles) {
  info_ = InfoOf(MetricKind::kSummary);
  info_.quantiles = {0.5};
  auto summaries = builder_.BeginFamily<SummaryValues>(info_, 2);
  for (const std::uint64_t n : {1U, 10U}) summaries.Add("", static_cast<double>(n) / 4, n)[0] = 0.25;
  const Snapshot sum = Sum();
  const metrics::SummaryValue value = sum.families()[0].As<SummaryValues>()[0];
  EXPECT_TRUE(std::isnan(value.quantile_values[0]));
  EXPECT_EQ(value.sum, 2.75);
  EXPECT_EQ(value.count, 11U);
}

TEST_F(FamilySumsTest, AStateIsOnIfItIsOnInAnySeries) {
  info_ = InfoOf(MetricKind::kStateSet);
  info_.states = {"idle", "busy", "gone"};
  auto sets = builder_.BeginFamily<StateSetValues>(info_, 2);
  sets.Add("", 0b001);
  sets.Add("", 0b100);
  EXPECT_EQ(Sum().families()[0].As<StateSetValues>().bit_masks[0], 0b101U);
}

TEST_F(FamilySumsTest, InfosBecomeOne) {
  info_ = InfoOf(MetricKind::kInfo);
  auto infos = builder_.BeginFamily<InfoValues>(info_, 2);
  infos.Add("");
  infos.Add("");
  EXPECT_EQ(Sum().families()[0].size(), 1U);
}

TEST_F(FamilySumsTest, TheNewestExemplarStays) {
  info_.has_exemplars = true;
  auto counters = builder_.BeginFamily<CounterValues<std::uint64_t>>(info_, 4);
  for (int i = 0; i < 4; ++i) counters.Add("", 1);
  counters.AddExemplar(std::nullopt);
  counters.AddExemplar(Exemplar{.trace = {}, .value = 1, .unix_milliseconds = 10});
  counters.AddExemplar(Exemplar{.trace = {}, .value = 2, .unix_milliseconds = 30});
  counters.AddExemplar(Exemplar{.trace = {}, .value = 3, .unix_milliseconds = 20});
  const Snapshot sum = Sum();
  const Exemplar* const newest = sum.families()[0].As<CounterValues<std::uint64_t>>().exemplars.At(0, 0);
  ASSERT_NE(newest, nullptr);
  EXPECT_EQ(newest->value, 2);
  EXPECT_EQ(sum.families()[0].label_text(0), "topic=\"a\"");
}

TEST_F(FamilySumsTest, TheOldestCreationTimeStays) {
  info_.has_created = true;
  auto counters = builder_.BeginFamily<CounterValues<std::uint64_t>>(info_, 3);
  for (const std::int64_t created : {20, 10, 30}) {
    counters.Add("", 1);
    counters.AddCreated(created);
  }
  EXPECT_EQ(Sum().families()[0].created_unix_milliseconds(0), 10);
}

}  // namespace
}  // namespace streamhouse::exporters
