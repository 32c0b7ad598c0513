#include "metrics_core/counter.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "metrics_core/dropped_values.h"
#include "metrics_core/registry.h"
#include "tests/metrics_core/page.h"

namespace streamhouse::metrics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

// Every guarantee holds for both ways to store a series.
class CounterTest : public testing::TestWithParam<SeriesStorage> {
 protected:
  Family<Counter> AddFamily(std::string name) {
    return registry_->AddCounter({.name = std::move(name), .help = "h", .labels = {"topic"}, .storage = GetParam()})
        .value();
  }

  std::string Page() { return metrics::Page(*registry_); }

  std::optional<Registry> registry_{std::in_place};
  std::optional<Family<Counter>> sent_ = AddFamily("sent_total");
};

INSTANTIATE_TEST_SUITE_P(Storage, CounterTest, testing::Values(SeriesStorage::kPerThread, SeriesStorage::kShared),
                         [](const auto& storage) {
                           return storage.param == SeriesStorage::kShared ? "Shared" : "PerThread";
                         });

TEST_P(CounterTest, CountsByOneUnlessToldOtherwise) {
  const Counter counter = sent_->With("a");
  counter.Increment();
  counter.Increment(41);
  counter.Increment(0);
  EXPECT_EQ(Page(), "sent_total{topic=\"a\"} 42\n");
}

TEST_P(CounterTest, LosesNothingOfConcurrentThreads) {
  constexpr int kThreads = 4;
  constexpr int kIncrements = 20'000;
  std::vector<std::thread> threads;
  const Counter counter = sent_->With("a");
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kIncrements; ++i) counter.Increment();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Page(), "sent_total{topic=\"a\"} 80000\n");
}

TEST_P(CounterTest, IsExactBeyondWhatADoubleHolds) {
  const Counter counter = sent_->With("a");
  counter.Increment(std::uint64_t{1} << 53);
  counter.Increment();
  std::thread([&] { counter.Increment(); }).join();
  EXPECT_EQ(Page(), "sent_total{topic=\"a\"} 9007199254740994\n");
}

TEST_P(CounterTest, WrapsAtTwoToThe64) {
  const Counter counter = sent_->With("a");
  counter.Increment(std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(Page(), "sent_total{topic=\"a\"} 18446744073709551615\n");
  std::thread([&] { counter.Increment(3); }).join();
  EXPECT_EQ(Page(), "sent_total{topic=\"a\"} 2\n");
}

TEST_P(CounterTest, ADefaultConstructedOneIsASink) {
  const Counter sink;
  sink.Increment(99);
  std::thread([&] { sink.Increment(99); }).join();
  sent_->With("a");
  EXPECT_EQ(Page(), "sent_total{topic=\"a\"} 0\n");
}

TEST_P(CounterTest, CopiesRecordIntoTheSameSeries) {
  Counter copy;
  {
    const Counter original = sent_->With("a");
    copy = original;
    original.Increment();
  }
  copy.Increment();
  const Counter moved = std::move(copy);
  moved.Increment();
  EXPECT_EQ(Page(), "sent_total{topic=\"a\"} 3\n");
}

TEST_P(CounterTest, AMovedFromHandleIsASink) {
  Counter moved_from = sent_->With("a");
  const Counter moved_to = std::move(moved_from);
  moved_from.Increment(99);  // NOLINT(bugprone-use-after-move): what it does is the question
  EXPECT_EQ(Page(), "sent_total{topic=\"a\"} 0\n");
}

TEST_P(CounterTest, ARemovedSeriesLeavesThePageAtOnce) {
  const Counter held = sent_->With("a");
  held.Increment();
  EXPECT_TRUE(sent_->Remove("a"));
  EXPECT_EQ(Page(), "");
}

TEST_P(CounterTest, ASeriesThatReusesCellsStartsAtZero) {
  for (int life = 0; life < 5; ++life) {
    const Counter counter = sent_->With("a");
    EXPECT_EQ(Page(), "sent_total{topic=\"a\"} 0\n");
    counter.Increment(7);
    std::thread([&] { counter.Increment(3); }).join();
    EXPECT_EQ(Page(), "sent_total{topic=\"a\"} 10\n");
    EXPECT_TRUE(sent_->Remove("a"));
  }
}

TEST_P(CounterTest, WhatAHandleRecordsAfterRemovalIsCountedNowhere) {
  const Counter held = sent_->With("a");
  sent_->Remove("a");
  const Counter other = sent_->With("b");
  const Counter successor = sent_->With("a");
  held.Increment(99);
  other.Increment(1);
  successor.Increment(2);
  EXPECT_EQ(Page(), "sent_total{topic=\"b\"} 1\nsent_total{topic=\"a\"} 2\n");
}

TEST_P(CounterTest, AHandleMayOutliveItsFamilyAndItsRegistry) {
  const Counter held = sent_->With("a");
  sent_.reset();
  registry_.reset();
  held.Increment(99);
  registry_.emplace();
  AddFamily("new_total").With("b");
  held.Increment(99);
  EXPECT_EQ(Page(), "new_total{topic=\"b\"} 0\n");
}

TEST_P(CounterTest, AHandleMayOutliveTheThreadThatMadeIt) {
  Counter counter;
  std::thread([&] {
    counter = sent_->With("a");
    counter.Increment();
  }).join();
  counter.Increment();
  EXPECT_EQ(Page(), "sent_total{topic=\"a\"} 2\n");
}

TEST_P(CounterTest, NeverRunsBackwardsWhileThreadsComeAndGo) {
  const Counter counter = sent_->With("a");
  std::thread recorder([&] {
    for (int i = 0; i < 300; ++i) std::thread([&] { counter.Increment(); }).join();
  });
  std::uint64_t last = 0;
  while (last < 300) {
    const std::uint64_t now = registry_->TakeSnapshot().families()[0].As<CounterValues<std::uint64_t>>()[0];
    ASSERT_GE(now, last);
    last = now;
  }
  recorder.join();
}

class DoubleCounterTest : public testing::TestWithParam<SeriesStorage> {
 protected:
  std::string Page() { return metrics::Page(registry_); }

  Registry registry_;
  const Family<DoubleCounter> busy_ =
      registry_.AddDoubleCounter({.name = "busy_seconds_total", .help = "h", .labels = {"core"}, .storage = GetParam()})
          .value();
};

INSTANTIATE_TEST_SUITE_P(Storage, DoubleCounterTest, testing::Values(SeriesStorage::kPerThread, SeriesStorage::kShared),
                         [](const auto& storage) {
                           return storage.param == SeriesStorage::kShared ? "Shared" : "PerThread";
                         });

TEST_P(DoubleCounterTest, AddsUpFractionsOfAllThreads) {
  const DoubleCounter counter = busy_.With("0");
  counter.Increment(0.5);
  std::thread([&] { counter.Increment(0.25); }).join();
  EXPECT_EQ(Page(), "busy_seconds_total{core=\"0\"} 0.75\n");
}

TEST_P(DoubleCounterTest, LosesNothingOfConcurrentThreads) {
  const DoubleCounter counter = busy_.With("0");
  const auto add = [&] {
    for (int i = 0; i < 20'000; ++i) counter.Increment(0.5);
  };
  std::thread other(add);
  add();
  other.join();
  EXPECT_EQ(Page(), "busy_seconds_total{core=\"0\"} 20000\n");
}

TEST_P(DoubleCounterTest, DropsAndCountsWhatWouldMakeItRunBackwardsOrPoisonIt) {
  const DoubleCounter counter = busy_.With("0");
  const std::uint64_t out_of_range = DroppedOutOfRange();
  const std::uint64_t not_a_number = DroppedNotANumber();
  counter.Increment(1);
  for (const double dropped : {-1.0, -5e-324, kInfinity, -kInfinity, kNotANumber}) counter.Increment(dropped);
  EXPECT_EQ(Page(), "busy_seconds_total{core=\"0\"} 1\n");
  EXPECT_EQ(DroppedOutOfRange() - out_of_range, 4U);
  EXPECT_EQ(DroppedNotANumber() - not_a_number, 1U);
}

TEST_P(DoubleCounterTest, TakesZeroOfEitherSign) {
  const DoubleCounter counter = busy_.With("0");
  counter.Increment(-0.0);
  counter.Increment(0.0);
  EXPECT_EQ(Page(), "busy_seconds_total{core=\"0\"} 0\n");
}

TEST_P(DoubleCounterTest, ASeriesThatReusesCellsStartsAtZero) {
  for (int life = 0; life < 5; ++life) {
    const DoubleCounter counter = busy_.With("0");
    EXPECT_EQ(Page(), "busy_seconds_total{core=\"0\"} 0\n");
    counter.Increment(0.5);
    std::thread([&] { counter.Increment(0.25); }).join();
    EXPECT_EQ(Page(), "busy_seconds_total{core=\"0\"} 0.75\n");
    EXPECT_TRUE(busy_.Remove("0"));
  }
}

TEST_P(DoubleCounterTest, ASeriesAfterAHugeOneStartsAtZeroAndLosesNoSmallAmount) {
  busy_.With("0").Increment(1e18);
  EXPECT_TRUE(busy_.Remove("0"));
  busy_.With("1").Increment(0.001);
  EXPECT_EQ(registry_.TakeSnapshot().families()[0].As<CounterValues<double>>()[0], 0.001);
}

TEST_P(DoubleCounterTest, ADefaultConstructedOneIsASink) {
  DoubleCounter().Increment(99);
  EXPECT_EQ(Page(), "");
}

}  // namespace
}  // namespace streamhouse::metrics
