#include "metrics_core/up_down_counter.h"

#include <atomic>
#include <cstdint>
#include <limits>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "metrics_core/registry.h"
#include "tests/metrics_core/page.h"

namespace streamhouse::metrics {
namespace {

class UpDownCounterTest : public testing::TestWithParam<SeriesStorage> {
 protected:
  std::string Page() { return metrics::Page(registry_); }
  std::int64_t Value() { return registry_.TakeSnapshot().families()[0].As<UpDownCounterValues>()[0]; }

  Registry registry_;
  const Family<UpDownCounter> in_flight_ =
      registry_.AddUpDownCounter({.name = "in_flight", .help = "h", .labels = {"topic"}, .storage = GetParam()})
          .value();
};

INSTANTIATE_TEST_SUITE_P(Storage, UpDownCounterTest, testing::Values(SeriesStorage::kPerThread, SeriesStorage::kShared),
                         [](const auto& storage) {
                           return storage.param == SeriesStorage::kShared ? "Shared" : "PerThread";
                         });

TEST_P(UpDownCounterTest, AddsUpChangesInBothDirections) {
  const UpDownCounter counter = in_flight_.With("a");
  counter.Add(5);
  std::thread([&] { counter.Add(-3); }).join();
  EXPECT_EQ(Page(), "in_flight{topic=\"a\"} 2\n");
}

TEST_P(UpDownCounterTest, ShowsANegativeSumWhereThatIsTheSum) {
  const UpDownCounter counter = in_flight_.With("a");
  counter.Add(-3);
  EXPECT_EQ(Page(), "in_flight{topic=\"a\"} -3\n");
}

TEST_P(UpDownCounterTest, TakesTheLargestChanges) {
  const UpDownCounter counter = in_flight_.With("a");
  counter.Add(std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(Value(), std::numeric_limits<std::int64_t>::min());
  counter.Add(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(Value(), -1);
}

TEST_P(UpDownCounterTest, ADefaultConstructedOneIsASink) {
  UpDownCounter().Add(99);
  UpDownCounter().Add(-99);
  EXPECT_EQ(Page(), "");
}

TEST_P(UpDownCounterTest, ASeriesThatReusesCellsStartsAtZero) {
  for (int life = 0; life < 5; ++life) {
    const UpDownCounter counter = in_flight_.With("a");
    EXPECT_EQ(Page(), "in_flight{topic=\"a\"} 0\n");
    counter.Add(7);
    std::thread([&] { counter.Add(-3); }).join();
    EXPECT_EQ(Page(), "in_flight{topic=\"a\"} 4\n");
    EXPECT_TRUE(in_flight_.Remove("a"));
  }
}

// A thing goes up on one thread and down on another, which learns of it by an acquire. So at no
// moment are there fewer than none, and no scrape may say otherwise.
TEST_P(UpDownCounterTest, NeverShowsFewerThanNone) {
  constexpr int kThings = 100'000;
  const UpDownCounter counter = in_flight_.With("a");
  std::atomic<int> handed_over = 0;
  std::thread down([&] {
    for (int done = 0; done < kThings; ++done) {
      while (handed_over.load(std::memory_order_acquire) <= done) std::this_thread::yield();
      counter.Add(-1);
    }
  });
  std::thread up([&] {
    for (int i = 0; i < kThings; ++i) {
      counter.Add(1);
      handed_over.fetch_add(1, std::memory_order_release);
    }
  });
  for (int scrape = 0; scrape < 2'000; ++scrape) ASSERT_GE(Value(), 0);
  up.join();
  down.join();
  EXPECT_EQ(Value(), 0);
}

}  // namespace
}  // namespace streamhouse::metrics
