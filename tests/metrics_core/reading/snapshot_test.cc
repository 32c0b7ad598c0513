#include "metrics_core/reading/snapshot.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "metrics_core/bucket_bounds.h"
#include "metrics_core/registry.h"
#include "tests/metrics_core/page.h"
#include "tests/support/eventually.h"

namespace streamhouse::metrics {
namespace {

class SnapshotTest : public testing::Test {
 protected:
  Family<Counter> AddCounter(std::string name) {
    return registry_.AddCounter({.name = std::move(name), .help = "h", .labels = {"x"}}).value();
  }

  Registry registry_;
};

TEST_F(SnapshotTest, AnEmptyOneHasNoFamilies) {
  EXPECT_TRUE(Snapshot().families().empty());
  EXPECT_TRUE(registry_.TakeSnapshot().families().empty());
}

TEST_F(SnapshotTest, FamiliesStandInRegistrationOrderAlsoThoseWithoutSeries) {
  for (const std::string name : {"c_total", "a_total", "b_total"}) AddCounter(name);
  const Snapshot snapshot = registry_.TakeSnapshot();
  ASSERT_EQ(snapshot.families().size(), 3U);
  EXPECT_EQ(snapshot.families()[0].info().name, "c_total");
  EXPECT_EQ(snapshot.families()[2].info().name, "b_total");
  EXPECT_EQ(snapshot.families()[0].size(), 0U);
}

TEST_F(SnapshotTest, SeriesStandInTheOrderOfTheirFirstUse) {
  const auto family = AddCounter("a_total");
  for (const std::string value : {"3", "1", "2"}) family.Lookup(value)->Increment();
  for (const std::string value : {"1", "2", "3"}) family.Lookup(value)->Increment();
  EXPECT_EQ(Page(registry_), "a_total{x=\"3\"} 2\na_total{x=\"1\"} 2\na_total{x=\"2\"} 2\n");
}

TEST_F(SnapshotTest, ANewSeriesMayTakeTheirPlaceButNoSeriesMoves) {
  const auto family = AddCounter("a_total");
  for (const std::string value : {"1", "2", "3"}) family.With(value);
  family.Remove("1");
  EXPECT_EQ(Page(registry_), "a_total{x=\"2\"} 0\na_total{x=\"3\"} 0\n");
  family.With("4");
  EXPECT_EQ(Page(registry_), "a_total{x=\"4\"} 0\na_total{x=\"2\"} 0\na_total{x=\"3\"} 0\n");
}

TEST_F(SnapshotTest, HoldsTheValuesOfEachKindAndTypeOfNumber) {
  registry_.AddCounter({.name = "a_total", .help = "h"}).value();
  registry_.AddDoubleCounter({.name = "b_total", .help = "h"}).value();
  registry_.AddGauge({.name = "c", .help = "h"}).value().With().Set(-1);
  registry_.AddDoubleGauge({.name = "d", .help = "h"}).value().With().Set(0.5);
  registry_.AddUpDownCounter({.name = "e", .help = "h"}).value();
  const Snapshot snapshot = registry_.TakeSnapshot();
  EXPECT_EQ(snapshot.families()[0].As<CounterValues<std::uint64_t>>()[0], 0U);
  EXPECT_EQ(snapshot.families()[1].As<CounterValues<double>>()[0], 0);
  EXPECT_EQ(snapshot.families()[4].As<UpDownCounterValues>()[0], 0);
  EXPECT_EQ(snapshot.families()[2].As<GaugeValues<std::int64_t>>()[0], -1);
  EXPECT_EQ(snapshot.families()[3].As<GaugeValues<double>>()[0], 0.5);
}

TEST(CreationTimesTest, AreKeptOfCountersAndHistograms) {
  Registry registry;
  const auto now = [] {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
  };
  registry.AddGauge({.name = "g", .help = "h"}).value();
  registry.AddHistogram({.name = "h", .help = "h"}, BucketBounds::Linear(0, 1, 5).value()).value();
  const auto counters = registry.AddCounter({.name = "c_total", .help = "h", .labels = {"x"}}).value();
  const std::int64_t before = now();
  for (const std::string value : {"1", "2", "3"}) counters.With(value);
  counters.Remove("2");
  const std::int64_t after = now();
  const Snapshot snapshot = registry.TakeSnapshot();
  EXPECT_FALSE(snapshot.families()[0].info().has_created);
  ASSERT_TRUE(snapshot.families()[1].info().has_created);
  EXPECT_GT(snapshot.families()[1].created_unix_milliseconds(0), 0);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_GE(snapshot.families()[2].created_unix_milliseconds(i), before);
    EXPECT_LE(snapshot.families()[2].created_unix_milliseconds(i), after);
  }
}

TEST(CreationTimesTest, BelongToTheirSeriesAlsoWhereOthersAreRemoved) {
  Registry registry;
  const auto counters = registry.AddCounter({.name = "c_total", .help = "h", .labels = {"x"}}).value();
  const auto newest = [&] { return registry.TakeSnapshot().families()[0].created_unix_milliseconds(0); };
  counters.With("1");
  const std::int64_t first = newest();
  counters.With("2");
  counters.Remove("1");
  // Made again until the clock has moved on.
  EXPECT_TRUE(Eventually([&] {
    counters.Remove("2");
    counters.With("2");
    return newest() > first;
  }));
}

TEST(CreationTimesTest, AreNotKeptWhereTheRegistryIsToldSo) {
  Registry registry({.creation_times = CreationTimes::kNotKept});
  registry.AddCounter({.name = "a_total", .help = "h"}).value();
  EXPECT_FALSE(registry.TakeSnapshot().families()[0].info().has_created);
}

TEST_F(SnapshotTest, SaysWhenItWasTaken) {
  const auto before = std::chrono::system_clock::now();
  const Snapshot snapshot = registry_.TakeSnapshot();
  EXPECT_GE(snapshot.taken_at(), before);
  EXPECT_LE(snapshot.taken_at(), std::chrono::system_clock::now());
}

TEST_F(SnapshotTest, HasTheTargetOfItsRegistryAlsoWhenThatIsGone) {
  EXPECT_TRUE(registry_.TakeSnapshot().target().empty());
  Snapshot snapshot;
  {
    Registry registry({.target = {{"service.name", "relay"}}});
    snapshot = registry.TakeSnapshot();
  }
  EXPECT_EQ(snapshot.target(), (TargetAttributes{{"service.name", "relay"}}));
}

TEST_F(SnapshotTest, IsNotChangedByRecordingsAndRemovalsAfterIt) {
  const auto family = AddCounter("a_total");
  family.With("1").Increment();
  const Snapshot snapshot = registry_.TakeSnapshot();
  family.With("1").Increment();
  family.Remove("1");
  for (int i = 0; i < 1'000; ++i) family.With("new " + std::to_string(i)).Increment();
  AddCounter("b_total");
  const std::string later = Page(registry_);
  EXPECT_EQ(Page(snapshot), "a_total{x=\"1\"} 1\n");
}

TEST_F(SnapshotTest, KeepsTheTextsOfSeriesThatAreRemovedUntilItEnds) {
  const auto family = AddCounter("a_total");
  const std::string value(100, 'v');
  for (int round = 0; round < 50; ++round) {
    family.With(value).Increment();
    const Snapshot snapshot = registry_.TakeSnapshot();
    family.Remove(value);
    family.With(std::string(100, 'w'));
    family.Remove(std::string(100, 'w'));
    EXPECT_EQ(Page(snapshot), "a_total{x=\"" + value + "\"} 1\n");
  }
}

TEST_F(SnapshotTest, SeveralMayBeAliveAtOnce) {
  const Counter counter = AddCounter("a_total").With("1");
  std::vector<Snapshot> snapshots;
  for (int i = 0; i < 4; ++i) {
    snapshots.push_back(registry_.TakeSnapshot());
    counter.Increment();
  }
  for (std::size_t i = 0; i < snapshots.size(); ++i)
    EXPECT_EQ(snapshots[i].families()[0].As<CounterValues<std::uint64_t>>()[0], i);
}

TEST_F(SnapshotTest, MayBeMovedAndReadOnAnotherThread) {
  AddCounter("a_total").With("1").Increment();
  Snapshot snapshot = registry_.TakeSnapshot();
  std::thread([moved = std::move(snapshot)] { EXPECT_EQ(Page(moved), "a_total{x=\"1\"} 1\n"); }).join();
}

TEST(SnapshotLifetimeTest, MayOutliveItsRegistry) {
  Snapshot snapshot;
  {
    Registry registry;
    registry.AddCounter({.name = "a_total", .help = "h", .labels = {"x"}}).value().With("1").Increment();
    snapshot = registry.TakeSnapshot();
  }
  EXPECT_EQ(Page(snapshot), "a_total{x=\"1\"} 1\n");
}

TEST_F(SnapshotTest, ItsBuffersAreUsedAgain) {
  const auto family = AddCounter("a_total");
  for (int i = 0; i < 1'000; ++i) family.With(std::to_string(i));
  const auto first_text_at = [&] { return &registry_.TakeSnapshot().families()[0]; };
  const FamilySnapshot* const first = first_text_at();
  EXPECT_EQ(first_text_at(), first);
}

}  // namespace
}  // namespace streamhouse::metrics
