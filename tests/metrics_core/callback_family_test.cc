#include "metrics_core/callback_family.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "metrics_core/bucket_bounds.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/metrics_core/page.h"

namespace streamhouse::metrics {
namespace {

using testing::MetricReader;

class CallbackFamilyTest : public ::testing::Test {
 protected:
  std::optional<double> Read(std::string_view queue) {
    return MetricReader(registry_).Value("queue_records", {{"queue", queue}});
  }

  Registry registry_;
  CallbackFamily family_ =
      registry_.AddCallbackGauge({.name = "queue_records", .help = "Test", .labels = {"queue"}}).value();
};

TEST_F(CallbackFamilyTest, AsksAtEachScrape) {
  double length = 1;
  const auto token = family_.Add([&] { return length; }, "ingest");
  EXPECT_EQ(Read("ingest"), 1);
  length = 2.5;
  EXPECT_EQ(Read("ingest"), 2.5);
}

TEST_F(CallbackFamilyTest, KeepsASeriesForEachToken) {
  const auto first = family_.Add([] { return 1.0; }, "a");
  const auto second = family_.Add([] { return 2.0; }, "b");
  EXPECT_EQ(Read("a"), 1);
  EXPECT_EQ(Read("b"), 2);
}

TEST_F(CallbackFamilyTest, NeverAsksAfterTheTokenIsGone) {
  auto token = std::make_optional(family_.Add([] { return 1.0; }, "a"));
  token.reset();
  EXPECT_EQ(Read("a"), std::nullopt);
  const auto again = family_.Add([] { return 2.0; }, "a");
  EXPECT_EQ(Read("a"), 2);
}

TEST_F(CallbackFamilyTest, AMovedTokenKeepsItsSeries) {
  CallbackFamily::Token kept;
  {
    auto token = family_.Add([] { return 1.0; }, "a");
    kept = std::move(token);
  }
  EXPECT_EQ(Read("a"), 1);
}

// Goal: what a callback refers to may be destroyed right after its token. Method: the callback stays in until the
// token's destructor is known to have been called, then leaves a mark; the destructor must not return before the mark.
TEST_F(CallbackFamilyTest, DestroyingATokenWaitsForItsCallback) {
  std::atomic<bool> inside{false};
  std::atomic<bool> may_leave{false};
  std::atomic<bool> has_left{false};
  auto token = std::make_optional(family_.Add(
      [&] {
        inside.store(true);
        while (!may_leave.load()) std::this_thread::yield();
        has_left.store(true);
        return 1.0;
      },
      "a"));
  std::thread scrape([&] { static_cast<void>(registry_.TakeSnapshot()); });
  while (!inside.load()) std::this_thread::yield();
  std::thread release([&] { may_leave.store(true); });
  token.reset();
  EXPECT_TRUE(has_left.load());
  release.join();
  scrape.join();
}

TEST_F(CallbackFamilyTest, ACallbackMayDestroyItsOwnToken) {
  std::optional<CallbackFamily::Token> token;
  const auto held = std::make_shared<int>(7);
  token = family_.Add(
      [&token, held] {
        token.reset();
        return static_cast<double>(*held);
      },
      "a");
  EXPECT_EQ(Read("a"), 7);
  EXPECT_EQ(Read("a"), std::nullopt);
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(CallbackFamilyTest, ASnapshotKeepsTheLabelsOfASeriesThatIsGone) {
  auto token = std::make_optional(family_.Add([] { return 1.0; }, "a-label-too-long-for-a-small-string"));
  const Snapshot snapshot = registry_.TakeSnapshot();
  token.reset();
  static_cast<void>(registry_.TakeSnapshot());
  EXPECT_EQ(snapshot.families().front().label_text(0), "queue=\"a-label-too-long-for-a-small-string\"");
}

TEST_F(CallbackFamilyTest, ATokenMayOutliveTheRegistry) {
  CallbackFamily::Token token;
  {
    Registry registry;
    token = registry.AddCallbackCounter({.name = "ticks_total", .help = "Test"}).value().Add([] { return 1.0; });
    EXPECT_EQ(MetricReader(registry).Value("ticks_total"), 1);
  }
}

TEST_F(CallbackFamilyTest, ADefaultConstructedFamilyIsNowhere) {
  const CallbackFamily nowhere;
  const auto token = nowhere.Add([] { return 1.0; }, "a");
}

TEST_F(CallbackFamilyTest, OfTwoWithTheSameLabelsTheNewestThatLivesIsAsked) {
  auto first = std::make_optional(family_.Add([] { return 1.0; }, "a"));
  auto second = std::make_optional(family_.Add([] { return 2.0; }, "a"));
  EXPECT_EQ(Read("a"), 2);
  second.reset();
  EXPECT_EQ(Read("a"), 1);
  second = family_.Add([] { return 3.0; }, "a");
  first.reset();
  EXPECT_EQ(Read("a"), 3);
}

TEST_F(CallbackFamilyTest, AnotherNumberOfValuesAddsNothingAndIsCounted) {
  const auto token = family_.Add([] { return 1.0; });
  EXPECT_EQ(registry_.TakeSnapshot().families()[0].size(), 0U);
  EXPECT_EQ(registry_.GetStatistics().losses.at(0).refused_lookups, 1U);
}

TEST_F(CallbackFamilyTest, ACallbackMayGiveManySeriesWhoseLabelsItKnowsOnlyThen) {
  const auto fixed = family_.Add([] { return 9.0; }, "b");
  const auto token = family_.AddMany([](CallbackFamily::Samples& samples) {
    for (const char* queue : {"a", "b", "c"}) samples.Add(1, std::string(queue));
    samples.Add(2, "c");
    samples.Add(3, "too", "many");
  });
  EXPECT_EQ(Read("a"), 1);
  EXPECT_EQ(Read("b"), 1);  // the newer callback's
  EXPECT_EQ(Read("c"), 1);
  EXPECT_EQ(registry_.TakeSnapshot().families()[0].size(), 3U);
}

TEST_F(CallbackFamilyTest, OfTwoCallbacksOfManySeriesTheNewestIsShown) {
  const auto give = [](double value) { return [value](CallbackFamily::Samples& samples) { samples.Add(value, "a"); }; };
  const auto old_one = family_.AddMany(give(1));
  {
    const auto new_one = family_.AddMany(give(2));
    EXPECT_EQ(Read("a"), 2);
  }
  EXPECT_EQ(Read("a"), 1);
}

TEST_F(CallbackFamilyTest, RefusesOptionsThatACallbackHasNoUseFor) {
  EXPECT_EQ(registry_.AddCallbackGauge({.name = "b", .help = "h", .series_max = 5}).status().code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(registry_.AddCallbackGauge({.name = "b", .help = "h", .label_value_bytes_max = 64}).status().code(),
            StatusCode::kInvalidArgument);
}

TEST_F(CallbackFamilyTest, ACallbackThatThrowsIsLeftOutAndCounted) {
  const auto throws = family_.Add([]() -> double { throw std::runtime_error("gone"); }, "a");
  const auto gives = family_.Add([] { return 1.0; }, "b");
  EXPECT_EQ(Read("a"), std::nullopt);
  EXPECT_EQ(Read("b"), 1);
  EXPECT_EQ(registry_.GetStatistics().losses.at(0).failed_callbacks, 2U);
}

TEST(CallbackCreationTest, ACounterBeganWhenItSaysSoOrWhenItWasAdded) {
  Registry registry({.creation_times = CreationTimes::kKept});
  const auto family = registry.AddCallbackCounter({.name = "a_total", .help = "Test", .labels = {"k"}}).value();
  using std::chrono::system_clock;
  const auto said = family.AddSince(
      system_clock::time_point(std::chrono::seconds(7)), [] { return 1.0; }, "said");
  const auto before = std::chrono::duration_cast<std::chrono::milliseconds>(system_clock::now().time_since_epoch());
  const auto added = family.Add([] { return 1.0; }, "added");
  const Snapshot snapshot = registry.TakeSnapshot();
  EXPECT_EQ(snapshot.families()[0].created_unix_milliseconds(0), 7'000);
  EXPECT_GE(snapshot.families()[0].created_unix_milliseconds(1), before.count());
}

TEST_F(CallbackFamilyTest, AssigningToATokenReleasesItsSeries) {
  auto kept = family_.Add([] { return 1.0; }, "a");
  auto other = family_.Add([] { return 2.0; }, "b");
  kept = std::move(other);
  EXPECT_EQ(Read("a"), std::nullopt);
  EXPECT_EQ(Read("b"), 2);
}

class CallbackDistributionTest : public ::testing::Test {
 protected:
  std::uint64_t Failures() {
    const auto losses = registry_.GetStatistics().losses;
    return losses.empty() ? 0 : losses.at(0).failed_callbacks;
  }

  Registry registry_;
  CallbackHistogramFamily sizes_ = registry_
                                       .AddCallbackHistogram({.name = "size_bytes", .help = "h", .labels = {"k"}},
                                                             BucketBounds::From({1, 10}).value())
                                       .value();
  CallbackSummaryFamily waits_ =
      registry_.AddCallbackSummary({.name = "wait_seconds", .help = "h"}, {0.5, 0.75}).value();
};

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

TEST_F(CallbackDistributionTest, AHistogramHasTheBucketsThatItIsGiven) {
  const auto token = sizes_.Add([] { return CallbackHistogram{.bucket_counts = {1, 0, 2}, .sum = 70}; }, "a");
  EXPECT_EQ(Page(registry_), "size_bytes{k=\"a\"} [1 0 2] sum 70 count 3\n");
}

TEST_F(CallbackDistributionTest, ManyHistogramsMayComeFromOneCallback) {
  const auto token = sizes_.AddMany([](CallbackHistogramFamily::Samples& samples) {
    samples.Add({.bucket_counts = {1, 0, 0}, .sum = 1}, "a");
    samples.Add({.bucket_counts = {0, 1, 0}, .sum = 5}, "b");
  });
  EXPECT_EQ(Page(registry_), "size_bytes{k=\"a\"} [1 0 0] sum 1 count 1\nsize_bytes{k=\"b\"} [0 1 0] sum 5 count 1\n");
}

TEST_F(CallbackDistributionTest, AHistogramThatCannotBeIsLeftOutAndCounted) {
  const auto other_bounds = sizes_.Add([] { return CallbackHistogram{.bucket_counts = {1, 2}, .sum = 1}; }, "a");
  const auto no_sum = sizes_.Add([] { return CallbackHistogram{.bucket_counts = {1, 2, 3}, .sum = kUnknown}; }, "b");
  EXPECT_EQ(Page(registry_), "");
  EXPECT_EQ(Failures(), 2U);
}

TEST_F(CallbackDistributionTest, ASummaryHasTheQuantilesThatAreKnown) {
  const auto token = waits_.Add([] {
    return CallbackSummary{.quantile_values = {0.25, kUnknown}, .sum = 1.5, .count = 4};
  });
  EXPECT_EQ(Page(registry_), "wait_seconds 0.5: 0.25 0.75: nan sum 1.5 count 4\n");
}

TEST_F(CallbackDistributionTest, ASummaryMayHaveNoQuantiles) {
  const auto plain = registry_.AddCallbackSummary({.name = "plain_seconds", .help = "h"}, {}).value();
  const auto token = plain.Add([] { return CallbackSummary{.quantile_values = {}, .sum = 1.5, .count = 4}; });
  EXPECT_EQ(Page(registry_), "plain_seconds sum 1.5 count 4\n");
}

TEST_F(CallbackDistributionTest, ASummaryThatCannotBeIsLeftOutAndCounted) {
  CallbackSummary given;
  const auto token = waits_.Add([&] { return given; });
  EXPECT_EQ(Page(registry_), "") << "no values for two quantiles";
  given = {.quantile_values = {2, 1}, .sum = 3, .count = 2};
  EXPECT_EQ(Page(registry_), "") << "values that do not ascend";
  EXPECT_EQ(Failures(), 2U);
}

TEST_F(CallbackDistributionTest, QuantilesAscendBetweenZeroAndOne) {
  const auto why = [&](std::vector<double> quantiles) {
    return registry_.AddCallbackSummary({.name = "a", .help = "h"}, std::move(quantiles)).status().message();
  };
  for (const std::vector<double>& bad : {std::vector<double>{0.9, 0.5}, {0.5, 0.5}, {-0.1}, {1.1}, {kUnknown}}) {
    EXPECT_EQ(why(bad), "metric \"a\": quantiles ascend and are in [0, 1]");
  }
}

TEST_F(CallbackDistributionTest, StartTimesAreThoseOfTheirCallbacks) {
  Registry registry({.creation_times = CreationTimes::kKept});
  const auto family = registry.AddCallbackSummary({.name = "a", .help = "h"}, {}).value();
  const auto token =
      family.AddSince(std::chrono::system_clock::time_point(std::chrono::seconds(7)), [] { return CallbackSummary{}; });
  EXPECT_EQ(registry.TakeSnapshot().families()[0].created_unix_milliseconds(0), 7'000);
}

}  // namespace
}  // namespace streamhouse::metrics
