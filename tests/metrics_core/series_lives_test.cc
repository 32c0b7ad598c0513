// Series that come and go: what is left of them in memory, and in the series after them.
#include "metrics_core/registry.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <thread>

#include "metrics_core/internal/cells/cell_arena.h"
#include "metrics_core/internal/cells/shard.h"
#include "tests/metrics_core/page.h"

namespace streamhouse::metrics {
namespace {

constexpr int kFirstLives = 1'000;
constexpr int kLives = 20'000;

class SeriesLivesTest : public ::testing::Test {
 protected:
  // Each life has another label value, and a recording that is too large for the next life's to be
  // exact beside it.
  template <typename Handle>
  void Live(const Family<Handle>& family, int lives, const std::function<void(const Handle&)>& record) {
    for (int i = 0; i < lives; ++i, ++born_) {
      const std::string name = std::to_string(born_);
      record(family.With(name));
      ASSERT_TRUE(family.Remove(name));
    }
  }

  // Many lives keep no more memory than the first ones.
  template <typename Handle>
  void ExpectFlatMemory(const Family<Handle>& family, const std::function<void(const Handle&)>& record) {
    Live(family, kFirstLives, record);
    const std::uint64_t cells = internal::GetCellStatistics().cells;
    const std::uint64_t free_runs = internal::GetCellStatistics().free_runs;
    const std::uint64_t chunks = internal::GetShardStatistics().chunks;
    const std::uint64_t label_bytes = registry_.GetStatistics().series_bytes;
    Live(family, kLives, record);
    EXPECT_EQ(internal::GetCellStatistics().cells, cells);
    EXPECT_EQ(internal::GetCellStatistics().free_runs, free_runs);
    EXPECT_EQ(internal::GetShardStatistics().chunks, chunks);
    // Their names have become longer.
    EXPECT_LE(registry_.GetStatistics().series_bytes, label_bytes + 64);
  }

  static MetricOptions Options(const char* name = "a") { return {.name = name, .help = "Test", .labels = {"k"}}; }

  const BucketBounds bounds_ = BucketBounds::From({1, 2, 4}).value();
  Registry registry_;
  int born_ = 0;
};

TEST_F(SeriesLivesTest, CountersLeaveNothingBehind) {
  ExpectFlatMemory<Counter>(registry_.AddCounter(Options("a_total")).value(),
                            [](const Counter& one) { one.Increment(~0ULL); });
}

TEST_F(SeriesLivesTest, DoubleCountersLeaveNothingBehind) {
  ExpectFlatMemory<DoubleCounter>(registry_.AddDoubleCounter(Options("a_total")).value(),
                                  [](const DoubleCounter& one) { one.Increment(2e6); });
}

TEST_F(SeriesLivesTest, GaugesLeaveNothingBehind) {
  ExpectFlatMemory<Gauge>(registry_.AddGauge(Options()).value(), [](const Gauge& one) { one.Set(-1); });
  ExpectFlatMemory<DoubleGauge>(registry_.AddDoubleGauge(Options("b")).value(),
                                [](const DoubleGauge& one) { one.Set(1e300); });
}

TEST_F(SeriesLivesTest, UpDownCountersLeaveNothingBehind) {
  ExpectFlatMemory<UpDownCounter>(registry_.AddUpDownCounter(Options()).value(), [](const UpDownCounter& one) {
    one.Add(7);
    one.Add(-9);
  });
}

TEST_F(SeriesLivesTest, HistogramsLeaveNothingBehind) {
  ExpectFlatMemory<Histogram>(registry_.AddHistogram(Options(), bounds_).value(),
                              [](const Histogram& one) { one.Observe(2e6); });
}

TEST_F(SeriesLivesTest, TickHistogramsLeaveNothingBehind) {
  ExpectFlatMemory<TickHistogram>(registry_.AddTickHistogram(Options(), bounds_, 1).value(),
                                  [](const TickHistogram& one) { one.Observe(~0ULL); });
}

TEST_F(SeriesLivesTest, ExponentialHistogramsLeaveNothingBehind) {
  ExpectFlatMemory<ExponentialHistogram>(registry_.AddExponentialHistogram(Options(), bounds_).value(),
                                         [](const ExponentialHistogram& one) { one.Observe(2e300); });
}

TEST_F(SeriesLivesTest, ASumIsExactAfterAnyRecordingsOfTheSeriesBefore) {
  const auto family = registry_.AddHistogram(Options(), bounds_).value();
  for (const double huge : {1e15, -1e300, 1e300}) {
    const auto both = [&] { family.With("old").Observe(huge); };
    both();
    std::thread(both).join();
    ASSERT_TRUE(family.Remove("old"));
    family.With("new").Observe(0.1);
    std::thread([&] { family.With("new").Observe(0.2); }).join();
    EXPECT_EQ(Page(registry_), "a{k=\"new\"} [2 0 0 0] sum 0.30000000000000004 count 2\n") << huge;
    ASSERT_TRUE(family.Remove("new"));
  }
}

// Goal: a recording through a handle that outlives its series reaches no other series, in any
// thread's cells.
TEST_F(SeriesLivesTest, ALateRecordingReachesNoLaterSeries) {
  const auto family = registry_.AddDoubleCounter(Options("a_total")).value();
  {
    const DoubleCounter late = family.With("old");
    ASSERT_TRUE(family.Remove("old"));
    static_cast<void>(Page(registry_));
    const DoubleCounter next = family.With("new");
    late.Increment(5);
    std::thread([&] { late.Increment(6); }).join();
    EXPECT_EQ(Page(registry_), "a_total{k=\"new\"} 0\n");
  }
  static_cast<void>(family.With("newer"));
  EXPECT_EQ(Page(registry_), "a_total{k=\"new\"} 0\na_total{k=\"newer\"} 0\n");
}

}  // namespace
}  // namespace streamhouse::metrics
