#include "exporters/view/counted_family.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "metrics_core/reading/family_values.h"
#include "metrics_core/reading/snapshot.h"
#include "tests/exporters/support/remote_write_snapshot.h"

namespace streamhouse::exporters {
namespace {

using Counts = std::vector<std::uint64_t>;

Counts CountsOf(const CountedNumbers& numbers) {
  return {numbers.counts.begin(), numbers.counts.end()};
}

TEST(CountedFamilyTest, FindsSeriesByTextAndStartTime) {
  const Counts one = {1};
  CountedFamily family;
  family.Clear("f");
  family.Add("a=\"1\"", 10, 0, {.counts = one});
  family.Add("a=\"2\"", 20, 0, {.counts = one});
  EXPECT_EQ(family.Find(0, "a=\"1\"", 10), 0U);
  EXPECT_EQ(family.Find(0, "a=\"2\"", 20), 1U) << "at another place";
  EXPECT_EQ(family.Find(7, "a=\"1\"", 10), 0U) << "at a place that there was not";
  EXPECT_EQ(family.Find(0, "a=\"1\"", 11), std::nullopt);
  EXPECT_EQ(family.Find(0, "a=\"3\"", 10), std::nullopt);
}

TEST(CountedFamilyTest, FindsTwoSeriesWithOneText) {
  const Counts one = {1};
  CountedFamily family;
  family.Clear("f");
  family.Add("a", 10, 0, {.counts = one});
  family.Add("a", 20, 0, {.counts = one});
  EXPECT_EQ(family.Find(0, "a", 20), 1U);
  EXPECT_EQ(family.Find(1, "a", 10), 0U);
}

TEST(CountedFamilyTest, KeepsNumbersAndTimesOfEachSeries) {
  const Counts a = {1, 2};
  const Counts b = {3, 4};
  const Counts buckets = {5, 6, 7};
  CountedFamily family;
  family.Clear("f");
  metrics::ExponentialValue exponential;
  exponential.schema = 3;
  exponential.bucket_counts = buckets;
  family.Add("a", 0, 100, {.counts = a, .total = 0.5, .exponential = exponential});
  family.Add("b", 0, 200, {.counts = b, .total = 1.5});
  EXPECT_EQ(CountsOf(family.numbers(0)), a);
  EXPECT_EQ(CountsOf(family.numbers(1)), b);
  EXPECT_EQ(family.numbers(1).total, 1.5);
  EXPECT_EQ(family.numbers(0).exponential.schema, 3);
  EXPECT_EQ(family.numbers(0).exponential.bucket_counts.back(), 7U);
  EXPECT_TRUE(family.numbers(1).exponential.bucket_counts.empty());
  EXPECT_EQ(family.counted_at(1), 200);
}

TEST(CountedFamilyTest, AddsASeriesThatHasCountedNothing) {
  const Counts a = {1, 2};
  CountedFamily family;
  family.Clear("f");
  metrics::ExponentialValue exponential;
  exponential.zero_threshold = 0.5;
  exponential.count = 3;
  family.AddZero("a", 1, 2, {.counts = a, .total = 3, .exponential = exponential});
  EXPECT_EQ(CountsOf(family.numbers(0)), (Counts{0, 0}));
  EXPECT_EQ(family.numbers(0).total, 0);
  EXPECT_EQ(family.numbers(0).exponential.zero_threshold, 0.5);
  EXPECT_EQ(family.numbers(0).exponential.count, 0U);
}

TEST(CountedFamilyTest, OutlivesWhatItWasAssigned) {
  CountedFamily family;
  {
    CountedFamily other;
    other.Clear("f");
    other.Add("a", 0, 0, {});
    EXPECT_EQ(other.Find(1, "a", 0), 0U);
    family.Assign(other);
  }
  EXPECT_EQ(family.name(), "f");
  EXPECT_EQ(family.Find(1, "a", 0), 0U);
}

TEST(CountedFamilyTest, ReadsTheNumbersThatOnlyGrow) {
  const metrics::Snapshot snapshot = RemoteWriteSnapshot();
  std::string read;
  for (const metrics::FamilySnapshot& family : snapshot.families()) {
    const CountedNumbers numbers = CountedNumbersOf(family, 0);
    read += family.info().name + ":";
    for (const std::uint64_t count : numbers.counts) read += " " + std::to_string(count);
    read += " sum " + std::to_string(static_cast<int>(numbers.total * 100)) + " exponential " +
            std::to_string(numbers.exponential.count) + "\n";
  }
  EXPECT_EQ(read, R"(relay_frames_total: 4711 sum 0 exponential 0
relay_open: sum 0 exponential 0
relay_load: sum 0 exponential 0
relay_ratio: sum 0 exponential 0
relay_build_info: sum 0 exponential 0
relay_mode: sum 0 exponential 0
relay_hold_seconds: 2 0 1 sum 325 exponential 0
relay_wait_seconds: 4 1 sum 550 exponential 5
relay_rpc_seconds: sum 0 exponential 0
)");
}

}  // namespace
}  // namespace streamhouse::exporters
