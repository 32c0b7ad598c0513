#include "metrics_core/gauge.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "metrics_core/registry.h"
#include "tests/metrics_core/page.h"

namespace streamhouse::metrics {
namespace {

class GaugeTest : public testing::Test {
 protected:
  Registry registry_;
  const Family<Gauge> depth_ = registry_.AddGauge({.name = "depth", .help = "h", .labels = {"queue"}}).value();
  const Family<DoubleGauge> load_ = registry_.AddDoubleGauge({.name = "load", .help = "h", .labels = {"core"}}).value();
};

TEST_F(GaugeTest, ShowsTheValueThatWasSetLast) {
  const Gauge gauge = depth_.With("a");
  EXPECT_EQ(Page(registry_), "depth{queue=\"a\"} 0\n");
  gauge.Set(5);
  std::thread([&] { gauge.Set(-3); }).join();
  EXPECT_EQ(Page(registry_), "depth{queue=\"a\"} -3\n");
}

TEST_F(GaugeTest, AddsUpChangesOfAllThreads) {
  const Gauge gauge = depth_.With("a");
  gauge.Set(10);
  std::thread([&] { gauge.Add(-15); }).join();
  gauge.Add(2);
  EXPECT_EQ(Page(registry_), "depth{queue=\"a\"} -3\n");
}

TEST_F(GaugeTest, LosesNoAdditionOfConcurrentThreads) {
  constexpr int kAdditions = 20'000;
  const auto add = [&] {
    const Gauge depth = depth_.With("a");
    const DoubleGauge load = load_.With("0");
    for (int i = 0; i < kAdditions; ++i) {
      depth.Add(1);
      load.Add(0.5);
    }
  };
  std::thread other(add);
  add();
  other.join();
  EXPECT_EQ(Page(registry_), "depth{queue=\"a\"} 40000\nload{core=\"0\"} 20000\n");
}

TEST_F(GaugeTest, HoldsEveryInteger) {
  depth_.With("least").Set(std::numeric_limits<std::int64_t>::min());
  depth_.With("most").Set(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(Page(registry_),
            "depth{queue=\"least\"} -9223372036854775808\ndepth{queue=\"most\"} 9223372036854775807\n");
}

TEST_F(GaugeTest, HoldsEveryDouble) {
  const DoubleGauge gauge = load_.With("0");
  for (const double value : {-0.5, 1e-320, std::numeric_limits<double>::infinity()}) {
    gauge.Set(value);
    EXPECT_EQ(registry_.TakeSnapshot().families()[1].As<GaugeValues<double>>()[0], value);
  }
  gauge.Set(std::numeric_limits<double>::quiet_NaN());
  EXPECT_TRUE(std::isnan(registry_.TakeSnapshot().families()[1].As<GaugeValues<double>>()[0]));
}

TEST_F(GaugeTest, ADefaultConstructedOneIsASink) {
  const Gauge gauge;
  gauge.Set(5);
  gauge.Add(5);
  DoubleGauge().Set(5);
  EXPECT_EQ(Page(registry_), "");
}

TEST_F(GaugeTest, ANewSeriesStartsAtZeroAfterARemovedOne) {
  depth_.With("a").Set(7);
  load_.With("0").Set(7.5);
  EXPECT_TRUE(depth_.Remove("a"));
  EXPECT_TRUE(load_.Remove("0"));
  EXPECT_EQ(Page(registry_), "");
  depth_.With("b");
  load_.With("1");
  EXPECT_EQ(Page(registry_), "depth{queue=\"b\"} 0\nload{core=\"1\"} 0\n");
}

TEST_F(GaugeTest, AHandleThatOutlivesItsSeriesWritesIntoNoOther) {
  const Gauge held = depth_.With("a");
  depth_.Remove("a");
  depth_.With("b").Set(1);
  held.Set(99);
  held.Add(99);
  EXPECT_EQ(Page(registry_), "depth{queue=\"b\"} 1\n");
}

TEST_F(GaugeTest, AMovedFromHandleWritesIntoNoOtherSeries) {
  Gauge moved_from = depth_.With("a");
  { const Gauge moved_to = std::move(moved_from); }
  depth_.Remove("a");
  depth_.With("b").Set(1);
  moved_from.Set(99);  // NOLINT(bugprone-use-after-move): what it does is the question
  EXPECT_EQ(Page(registry_), "depth{queue=\"b\"} 1\n");
}

TEST_F(GaugeTest, AnAssignedHandleRecordsIntoTheOtherSeries) {
  Gauge gauge = depth_.With("a");
  gauge = depth_.With("b");
  gauge.Set(1);
  const Gauge copy = gauge;
  copy.Add(1);
  EXPECT_EQ(Page(registry_), "depth{queue=\"a\"} 0\ndepth{queue=\"b\"} 2\n");
}

}  // namespace
}  // namespace streamhouse::metrics
