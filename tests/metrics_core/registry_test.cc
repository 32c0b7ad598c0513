#include "metrics_core/registry.h"

#include <atomic>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/metrics_core/page.h"

namespace streamhouse::metrics {
namespace {

class RegistryTest : public testing::Test {
 protected:
  Status AddCounter(std::string name) { return registry_.AddCounter({.name = std::move(name), .help = "h"}).status(); }
  Status AddGauge(std::string name) { return registry_.AddGauge({.name = std::move(name), .help = "h"}).status(); }
  Status AddHistogram(std::string name) {
    return registry_.AddHistogram({.name = std::move(name), .help = "h"}, BucketBounds::From({1}).value()).status();
  }
  Status AddTicks(std::vector<double> bounds, double ticks_per_unit) {
    return registry_
        .AddTickHistogram({.name = "a", .help = "h"}, BucketBounds::From(std::move(bounds)).value(), ticks_per_unit)
        .status();
  }

  Registry registry_;
};

TEST_F(RegistryTest, EachScrapeSeesWhatWasRecordedSinceTheLast) {
  const Counter counter = registry_.AddCounter({.name = "sent_total", .help = "h"}).value().With();
  EXPECT_EQ(Page(registry_), "sent_total 0\n");
  counter.Increment();
  EXPECT_EQ(Page(registry_), "sent_total 1\n");
  std::thread([&] { counter.Increment(); }).join();
  EXPECT_EQ(Page(registry_), "sent_total 2\n");
}

TEST_F(RegistryTest, AFamilyKeepsWhatItWasRegisteredWith) {
  registry_
      .AddHistogram({.name = "a_bytes", .help = "Help", .unit = "bytes", .labels = {"x", "y"}},
                    BucketBounds::From({1, 2}).value())
      .value();
  const Snapshot snapshot = registry_.TakeSnapshot();
  const FamilyInfo& info = snapshot.families()[0].info();
  EXPECT_EQ(info.help, "Help");
  EXPECT_EQ(info.unit, "bytes");
  EXPECT_EQ(info.kind, MetricKind::kHistogram);
  EXPECT_EQ(info.label_names, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(info.bounds, (std::vector<double>{1, 2}));
}

// Invariant 3.
TEST_F(RegistryTest, AnEqualDefinitionGivesTheSameFamily) {
  const MetricOptions options = {.name = "a_total", .help = "h", .labels = {"x"}, .series_max = 7};
  const auto first = registry_.AddCounter(options).value();
  first.With("1").Increment();
  registry_.AddCounter(options).value().With("1").Increment(2);
  EXPECT_EQ(Page(registry_), "a_total{x=\"1\"} 3\n");
}

TEST_F(RegistryTest, AnUnequalDefinitionIsRefusedAndBothAreNamed) {
  ASSERT_TRUE(registry_.AddCounter({.name = "a_total", .help = "h", .labels = {"x"}}).ok());
  EXPECT_EQ(registry_.AddCounter({.name = "a_total", .help = "h", .labels = {"x", "y"}}).status(),
            Status(StatusCode::kAlreadyExists,
                   "metric \"a_total\" is registered with another definition: there is a counter \"a_total\", help "
                   "\"h\", labels {\"x\"}; asked for was a counter \"a_total\", help \"h\", labels {\"x\", \"y\"}"));
}

TEST_F(RegistryTest, EveryPartOfADefinitionCounts) {
  const BucketBounds bounds = BucketBounds::From({1, 2}).value();
  const MetricOptions options = {.name = "a_bytes", .help = "h", .unit = "bytes"};
  ASSERT_TRUE(registry_.AddTickHistogram(options, bounds, 1).ok());
  EXPECT_TRUE(registry_.AddTickHistogram(options, bounds, 1).ok());
  EXPECT_FALSE(registry_.AddTickHistogram(options, bounds, 2).ok());
  EXPECT_FALSE(registry_.AddTickHistogram(options, BucketBounds::From({1}).value(), 1).ok());
  EXPECT_FALSE(registry_.AddHistogram(options, bounds).ok());
  EXPECT_FALSE(registry_.AddTickHistogram({.name = "a_bytes", .help = "other", .unit = "bytes"}, bounds, 1).ok());
  EXPECT_FALSE(registry_.AddTickHistogram({.name = "a_bytes", .help = "h"}, bounds, 1).ok());
  const std::vector<MetricOptions> others = {
      {.name = "a_bytes", .help = "h", .unit = "bytes", .storage = SeriesStorage::kShared},
      {.name = "a_bytes", .help = "h", .unit = "bytes", .exemplars = Exemplars::kSampled},
      {.name = "a_bytes", .help = "h", .unit = "bytes", .series_max = 5},
      {.name = "a_bytes", .help = "h", .unit = "bytes", .label_value_bytes_max = 500},
      {.name = "a_bytes", .help = "h", .unit = "bytes", .expire_after = std::chrono::seconds(1)},
  };
  for (const MetricOptions& other : others) EXPECT_FALSE(registry_.AddTickHistogram(other, bounds, 1).ok());
}

TEST_F(RegistryTest, NamesTheFamilyThatSharesASampleNameAndTheNameThatTheCallerWrote) {
  EXPECT_TRUE(AddGauge("a").ok());
  EXPECT_EQ(registry_.AddCounter({.name = "a_total", .help = "h"}).status().message(),
            "metric \"a_total\" shares the sample name \"a\" with another family: there is a gauge \"a\", help \"h\"; "
            "asked for was a counter \"a_total\", help \"h\"");
}

TEST_F(RegistryTest, RefusesALimitOnLabelValuesThatHasNoRoomForItsMark) {
  EXPECT_EQ(registry_.AddGauge({.name = "a", .help = "h", .label_value_bytes_max = 31}).status().code(),
            StatusCode::kInvalidArgument);
}

// Invariant 1.
TEST_F(RegistryTest, RefusesNamesThatShareASampleInAnyFormat) {
  EXPECT_TRUE(AddHistogram("a").ok());
  EXPECT_EQ(AddCounter("a_total").code(), StatusCode::kAlreadyExists);
  EXPECT_TRUE(AddCounter("b_total").ok());
  EXPECT_EQ(AddGauge("b").code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(AddHistogram("b").code(), StatusCode::kAlreadyExists);
}

TEST_F(RegistryTest, TakesUtf8NamesWhereItIsToldTo) {
  Registry registry({.names = NameRules::kUtf8});
  const auto family = registry.AddCounter({.name = "a.b_total", .help = "h", .labels = {"x.y", "z"}}).value();
  family.With("1", "2").Increment(3);
  family.Lookup("1", "2")->Increment();
  EXPECT_EQ(registry.TakeSnapshot().families()[0].label_text(0), "\"x.y\"=\"1\",z=\"2\"");
  EXPECT_EQ(registry.TakeSnapshot().families()[0].As<CounterValues<std::uint64_t>>()[0], 4U);
  EXPECT_EQ(registry.AddGauge({.name = "a_b", .help = "h"}).status().code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(registry_.AddGauge({.name = "a.b", .help = "h"}).status().code(), StatusCode::kInvalidArgument);
}

// Invariant 2.
TEST_F(RegistryTest, ARefusedFamilyLeavesNothingBehind) {
  EXPECT_TRUE(AddGauge("b").ok());
  EXPECT_FALSE(AddCounter("b_total").ok());
  EXPECT_FALSE(AddCounter("c").ok());
  EXPECT_EQ(Page(registry_), "b 0\n");
  EXPECT_TRUE(AddGauge("c").ok());
}

TEST_F(RegistryTest, RefusesABadNameAMissingHelpAndALabelTwice) {
  EXPECT_EQ(AddCounter("1_total").code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(registry_.AddGauge({.name = "a"}).status().message(), "metric \"a\": help is missing");
  EXPECT_EQ(registry_.AddGauge({.name = "a", .help = "h", .labels = {"x", "x"}}).status().message(),
            "metric \"a\": label \"x\" stands twice");
}

TEST_F(RegistryTest, BoundsOfTicksAreWholeNumbersOfThem) {
  EXPECT_TRUE(AddTicks({0, 0.000001, 0.1, 2.5}, kNanosecondsPerSecond).ok());
  EXPECT_EQ(AddTicks({0.5}, 1).message(), "metric \"a\": bound 0.5 is not a whole number of ticks in [0, 2^53)");
  EXPECT_EQ(AddTicks({1e-10}, kNanosecondsPerSecond).code(), StatusCode::kInvalidArgument);
}

TEST_F(RegistryTest, BoundsOfTicksAreInRangeAndDistinct) {
  EXPECT_FALSE(AddTicks({-1}, 1).ok());
  EXPECT_FALSE(AddTicks({9007199254740992.0}, 1).ok());
  EXPECT_FALSE(AddTicks({1e300}, kNanosecondsPerSecond).ok());
  EXPECT_FALSE(AddTicks({1.0, 1.0000000000000002}, 1).ok());
  EXPECT_TRUE(AddTicks({9007199254740991.0}, 1).ok());
}

TEST_F(RegistryTest, AUnitHasAtLeastOneTick) {
  for (const double refused :
       {0.0, 0.5, -1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_EQ(AddTicks({1}, refused).message(), "metric \"a\": a unit has at least one tick");
  }
}

TEST_F(RegistryTest, RegistriesKnowNothingOfEachOther) {
  Registry other;
  EXPECT_TRUE(AddGauge("a").ok());
  EXPECT_TRUE(other.AddGauge({.name = "a", .help = "h"}).ok());
  other.TakeSnapshot();
  EXPECT_EQ(Page(registry_), "a 0\n");
}

TEST_F(RegistryTest, ThreadsMayRegisterAndScrapeAtOnce) {
  constexpr int kFamilies = 200;
  std::atomic<int> registered = 0;
  const auto add = [&] {
    for (int i = 0; i < kFamilies; ++i) registered += AddGauge("a" + std::to_string(i)).ok() ? 1 : 0;
  };
  std::thread first(add);
  std::thread second(add);
  while (registered < 2 * kFamilies) registry_.TakeSnapshot();
  first.join();
  second.join();
  EXPECT_EQ(registry_.TakeSnapshot().families().size(), std::size_t{kFamilies});
}

TEST(RegistryTargetTest, StandsOnThePageAsTheFirstInfo) {
  Registry registry({.target = {{"service.name", "relay"}, {"version", "1.0"}}});
  registry.AddCounter({.name = "a_total", .help = "h"}).value();
  EXPECT_EQ(Page(registry), "target_info{service_name=\"relay\",version=\"1.0\"}\na_total 0\n");
}

TEST(RegistryTargetTest, KeepsItsNamesWhereAnyNameIsLegal) {
  Registry registry({.names = NameRules::kUtf8, .target = {{"service.name", "relay"}}});
  EXPECT_EQ(Page(registry), "target_info{\"service.name\"=\"relay\"}\n");
}

TEST(RegistryTargetTest, ItsNameIsTaken) {
  Registry registry({.target = {{"version", "1.0"}}});
  EXPECT_EQ(registry.AddGauge({.name = "target_info", .help = "h"}).status().code(), StatusCode::kAlreadyExists);
}

TEST(RegistryTargetDeathTest, NamesThatAreTheSameAsLabelsEndTheProgram) {
  const RegistryOptions twice = {.target = {{"a.b", "1"}, {"a_b", "2"}}};
  EXPECT_DEATH(Registry{twice}, "stands twice");
  EXPECT_EQ(CheckTarget(twice).field(), "target");
  EXPECT_TRUE(CheckTarget({.target = {{"a.b", "1"}}}).ok());
}

}  // namespace
}  // namespace streamhouse::metrics
