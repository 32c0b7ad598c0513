#include "metrics_core/reading/family_builder.h"

#include <array>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

namespace streamhouse::metrics {
namespace {

class FamilyBuilderTest : public testing::Test {
 protected:
  template <typename Values>
  FamilyBuilder<Values> Begin() {
    info_.kind = Values::kKind;
    return FamilyBuilder<Values>(buffers_, info_, 2);
  }

  // Ends with the next Begin().
  template <typename Values>
  Values Finish() {
    Values values;
    FamilyBuilder<Values>::Point(values, info_, buffers_);
    return values;
  }

  FamilyInfo info_;
  FamilyBuffers buffers_;
};

TEST_F(FamilyBuilderTest, NumbersOfEachTypeAreKept) {
  Begin<CounterValues<std::uint64_t>>().Add("", UINT64_MAX);
  Begin<CounterValues<double>>().Add("", 0.5);
  Begin<GaugeValues<std::int64_t>>().Add("", INT64_MIN);
  EXPECT_EQ(Finish<CounterValues<std::uint64_t>>()[0], UINT64_MAX);
  EXPECT_EQ(Finish<CounterValues<double>>()[0], 0.5);
  EXPECT_EQ(Finish<UpDownCounterValues>()[0], INT64_MIN);
  EXPECT_EQ(Finish<GaugeValues<std::int64_t>>()[0], INT64_MIN);
}

TEST_F(FamilyBuilderTest, ASeriesOfAnInfoIsItsLabelsAlone) {
  Begin<InfoValues>().Add("version=\"1\"");
  EXPECT_EQ(buffers_.labels[0], "version=\"1\"");
}

TEST_F(FamilyBuilderTest, AStateSetTakesItsStatesFromTheFamily) {
  info_.states = {"idle", "busy"};
  Begin<StateSetValues>().Add("", 0b10);
  const auto sets = Finish<StateSetValues>();
  EXPECT_EQ(sets.states.size(), 2U);
  EXPECT_TRUE(sets.IsOn(0, 1));
}

TEST_F(FamilyBuilderTest, AnExponentialHistogramHasClassicBucketsAndItsOwn) {
  info_.bounds = {1};
  auto histograms = Begin<ExponentialHistogramValues>();
  for (const std::uint64_t n : {1U, 2U}) {
    const std::array<std::uint64_t, 1> buckets = {n};
    ExponentialValue value;
    value.bucket_counts = buckets;
    value.count = n;
    histograms.Add("", value)[1] = n;
  }
  const auto values = Finish<ExponentialHistogramValues>();
  EXPECT_EQ(values[1].bucket_counts[0], 2U);
  EXPECT_EQ(values.classic[1].bucket_counts[1], 2U);
  EXPECT_EQ(values.classic[1].count, 2U);
}

TEST_F(FamilyBuilderTest, ASummaryHasAValueForEachQuantile) {
  info_.quantiles = {0.5, 0.9};
  auto summaries = Begin<SummaryValues>();
  summaries.Add("", 1, 2)[1] = 7;
  EXPECT_EQ(Finish<SummaryValues>()[0].quantile_values[0], 0);
  EXPECT_EQ(Finish<SummaryValues>()[0].quantile_values[1], 7);
}

TEST_F(FamilyBuilderTest, ClearedBuffersKeepTheirMemory) {
  Begin<GaugeValues<double>>().Add("", 1);
  const double* const memory = buffers_.double_numbers.data();
  buffers_.Clear();
  Begin<GaugeValues<double>>().Add("", 2);
  EXPECT_EQ(buffers_.double_numbers.data(), memory);
}

}  // namespace
}  // namespace streamhouse::metrics
