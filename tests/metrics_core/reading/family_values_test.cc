#include "metrics_core/reading/family_values.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

namespace streamhouse::metrics {
namespace {

TEST(FamilyValuesTest, AnOverloadIsChosenByKind) {
  const std::vector<std::uint64_t> numbers = {7};
  const std::variant<CounterValues<std::uint64_t>, InfoValues> values =
      CounterValues<std::uint64_t>{.numbers = numbers, .exemplars = {}};
  const std::uint64_t number =
      std::visit(Overloaded{[](const CounterValues<std::uint64_t>& counters) { return counters[0]; },
                            [](const InfoValues& /*infos*/) { return std::uint64_t{0}; }},
                 values);
  EXPECT_EQ(number, 7U);
}

TEST(FamilyValuesTest, AHistogramHasItsOwnBuckets) {
  const std::vector<double> bounds = {1};
  const std::vector<std::uint64_t> buckets = {1, 2, 3, 4};
  const std::vector<double> sums = {0.5, 1.5};
  const std::vector<std::uint64_t> counts = {3, 7};
  const HistogramValues histograms = {
      .bounds = bounds, .bucket_counts = buckets, .sums = sums, .counts = counts, .exemplars = {}};
  EXPECT_EQ(histograms[1].bucket_counts[0], 3U);
  EXPECT_EQ(histograms[1].sum, 1.5);
  EXPECT_EQ(histograms[1].count, 7U);
}

TEST(FamilyValuesTest, ASummaryHasItsOwnQuantiles) {
  const std::vector<double> quantiles = {0.5, 0.9};
  const std::vector<double> quantile_values = {1, 2, 3, 4};
  const std::vector<double> sums = {0.5, 1.5};
  const std::vector<std::uint64_t> counts = {3, 7};
  const SummaryValues summaries = {
      .quantiles = quantiles, .quantile_values = quantile_values, .sums = sums, .counts = counts};
  EXPECT_EQ(summaries[1].quantile_values[0], 3);
  EXPECT_EQ(summaries[1].sum, 1.5);
  EXPECT_EQ(summaries[1].count, 7U);
}

TEST(FamilyValuesTest, AStateIsABitOfItsSeries) {
  const std::vector<std::string> states(kStatesMax, "s");
  const std::vector<std::uint64_t> bit_masks = {0, std::uint64_t{1} << (kStatesMax - 1)};
  const StateSetValues sets = {.states = states, .bit_masks = bit_masks};
  EXPECT_FALSE(sets.IsOn(0, kStatesMax - 1));
  EXPECT_TRUE(sets.IsOn(1, kStatesMax - 1));
  EXPECT_FALSE(sets.IsOn(1, 0));
}

TEST(FamilyValuesTest, AnExemplarIsFoundByItsSeriesAndBucket) {
  std::vector<std::optional<Exemplar>> places(4);
  places[3] = Exemplar{.trace = {}, .value = 5, .unix_milliseconds = 0};
  const ExemplarTable exemplars = {.places = places, .buckets = 2};
  EXPECT_EQ(exemplars.At(1, 0), nullptr);
  ASSERT_NE(exemplars.At(1, 1), nullptr);
  EXPECT_EQ(exemplars.At(1, 1)->value, 5);
}

TEST(FamilyValuesTest, AFamilyMayHaveNoExemplars) {
  EXPECT_EQ(ExemplarTable().At(7, 7), nullptr);
}

}  // namespace
}  // namespace streamhouse::metrics
