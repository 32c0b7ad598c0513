// Recording allocates nothing, and a scrape nothing that grows with the number of series: the
// replaced operator new of this program counts.
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <new>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "metrics_core/registry.h"
#include "metrics_core/timer.h"

namespace {

std::atomic<std::uint64_t> allocations = 0;

void* CountedAllocation(std::size_t size) {
  ++allocations;
  void* const memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  return memory;
}

}  // namespace

void* operator new(std::size_t size) {
  return CountedAllocation(size);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  ++allocations;
  const auto boundary = static_cast<std::size_t>(alignment);
  return std::aligned_alloc(boundary, (size + boundary - 1) / boundary * boundary);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

namespace streamhouse::metrics {
namespace {

// How often the action allocates.
template <typename Action>
std::uint64_t AllocationsOf(const Action& action) {
  const std::uint64_t before = allocations;
  action();
  return allocations - before;
}

// One of every kind, all with the same storage.
class Instruments {
 public:
  explicit Instruments(SeriesStorage storage) : storage_(storage) {}

  void RecordThroughHandles() const {
    counter.Increment();
    double_counter.Increment(0.5);
    gauge.Set(1);
    gauge.Add(1);
    double_gauge.Add(0.5);
    in_flight.Add(1);
    in_flight.Add(-1);
    for (const double value :
         {0.5, 1e300, -1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
      histogram.Observe(value);
    }
    for (const double value : {0.001, 1e9, 0.0, -1.0}) exponential.Observe(value);
    ticks.Observe(5);
    const ScopedTimer timer(ticks);
  }

  void RecordThroughLookups() const {
    counters.Lookup("topic", "group")->Increment();
    double_counters.Lookup("topic", "group")->Increment(0.5);
    gauges.Lookup("topic", "group")->Set(1);
    double_gauges.Lookup("topic", "group")->Add(0.5);
    ups_and_downs.Lookup("topic", "group")->Add(-1);
    histograms.Lookup("topic", "group")->Observe(0.5);
    tick_histograms.Lookup("topic", "group")->Observe(5);
    exponential_histograms.Lookup("topic", "group")->Observe(5);
  }

 private:
  MetricOptions Named(std::string name) {
    return {.name = std::move(name), .help = "h", .labels = {"x", "y"}, .storage = storage_, .series_max = 1};
  }

  const SeriesStorage storage_;
  Registry registry_;
  const BucketBounds bounds_ = BucketBounds::Linear(0, 1, 20).value();

 public:
  const Family<Counter> counters = registry_.AddCounter(Named("a_total")).value();
  const Family<DoubleCounter> double_counters = registry_.AddDoubleCounter(Named("b_total")).value();
  const Family<Gauge> gauges = registry_.AddGauge(Named("c")).value();
  const Family<DoubleGauge> double_gauges = registry_.AddDoubleGauge(Named("d")).value();
  const Family<UpDownCounter> ups_and_downs = registry_.AddUpDownCounter(Named("e")).value();
  const Family<Histogram> histograms = registry_.AddHistogram(Named("f"), bounds_).value();
  const Family<TickHistogram> tick_histograms = registry_.AddTickHistogram(Named("g"), bounds_, 1).value();
  const Family<ExponentialHistogram> exponential_histograms =
      registry_.AddExponentialHistogram(Named("h"), BucketBounds::Exponential(1, 2, 4).value()).value();

  const Counter counter = counters.With("topic", "group");
  const DoubleCounter double_counter = double_counters.With("topic", "group");
  const Gauge gauge = gauges.With("topic", "group");
  const DoubleGauge double_gauge = double_gauges.With("topic", "group");
  const UpDownCounter in_flight = ups_and_downs.With("topic", "group");
  const Histogram histogram = histograms.With("topic", "group");
  const TickHistogram ticks = tick_histograms.With("topic", "group");
  const ExponentialHistogram exponential = exponential_histograms.With("topic", "group");
};

class RecordingAllocationTest : public testing::TestWithParam<SeriesStorage> {
 protected:
  const Instruments instruments_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Storage, RecordingAllocationTest,
                         testing::Values(SeriesStorage::kPerThread, SeriesStorage::kShared), [](const auto& storage) {
                           return storage.param == SeriesStorage::kShared ? "Shared" : "PerThread";
                         });

TEST(AllocationTest, TheCounterCounts) {
  EXPECT_EQ(AllocationsOf([] { delete new int; }), 1U);
  EXPECT_EQ(AllocationsOf([] { const std::string text(100, 'x'); }), 1U);
}

TEST_P(RecordingAllocationTest, HandlesAllocateNothingAfterTheFirstTouch) {
  instruments_.RecordThroughHandles();
  EXPECT_EQ(AllocationsOf([&] { instruments_.RecordThroughHandles(); }), 0U);
}

TEST_P(RecordingAllocationTest, LookupsAllocateNothingAfterTheFirstTouch) {
  instruments_.RecordThroughLookups();
  EXPECT_EQ(AllocationsOf([&] { instruments_.RecordThroughLookups(); }), 0U);
}

TEST_P(RecordingAllocationTest, LookupsThatOverflowAllocateNothing) {
  instruments_.counters.Lookup("another", "group")->Increment();
  EXPECT_EQ(AllocationsOf([&] { instruments_.counters.Lookup("a third", "group")->Increment(); }), 0U);
}

TEST_P(RecordingAllocationTest, LookupsOfLongAndEscapedValuesAllocateNothing) {
  const std::string value = "\"\\\n" + std::string(1'000, 'v');
  instruments_.counters.Remove("topic", "group");
  instruments_.counters.With(value, value);
  EXPECT_EQ(AllocationsOf([&] { instruments_.counters.Lookup(value, value)->Increment(); }), 0U);
}

TEST_P(RecordingAllocationTest, TheFirstTouchOfAThreadDoesNotUseTheHeapEither) {
  std::uint64_t counted = 1;
  std::thread([&] { counted = AllocationsOf([&] { instruments_.RecordThroughHandles(); }); }).join();
  EXPECT_EQ(counted, 0U);
}

TEST(AllocationTest, SinksAllocateNothing) {
  const Counter counter;
  counter.Increment();
  EXPECT_EQ(AllocationsOf([&] {
              counter.Increment();
              Gauge().Set(1);
              UpDownCounter().Add(1);
              Histogram().Observe(1);
              TickHistogram().Observe(1);
              ExponentialHistogram().Observe(1);
              Family<Counter>().Lookup("any", "thing")->Increment();
            }),
            0U);
}

TEST(AllocationTest, CopiesAndMovesOfHandlesAllocateNothing) {
  const Instruments instruments(SeriesStorage::kPerThread);
  EXPECT_EQ(AllocationsOf([&] {
              Counter copy = instruments.counter;
              const Counter moved = std::move(copy);
              const Gauge gauge = instruments.gauge;
              const Histogram histogram = instruments.histogram;
            }),
            0U);
}

// The allocations of a scrape of so many series, once the buffers have grown.
std::uint64_t AllocationsOfAScrape(int series) {
  Registry registry;
  const MetricOptions options = {.help = "h", .labels = {"x"}, .series_max = 100'000};
  const auto named = [&](std::string name) {
    MetricOptions copy = options;
    copy.name = std::move(name);
    return copy;
  };
  const auto counters = registry.AddCounter(named("a_total")).value();
  const auto changes = registry.AddUpDownCounter(named("b")).value();
  const auto histograms = registry.AddHistogram(named("c"), BucketBounds::Linear(0, 1, 5).value()).value();
  for (int i = 0; i < series; ++i) {
    counters.Lookup(std::to_string(i))->Increment();
    changes.Lookup(std::to_string(i))->Add(1);
    histograms.Lookup(std::to_string(i))->Observe(1);
  }
  for (int warm_up = 0; warm_up < 3; ++warm_up) registry.TakeSnapshot();
  return AllocationsOf([&] { registry.TakeSnapshot(); });
}

std::uint64_t AllocationsOfAScrapeOfCallbacks(int series) {
  Registry registry;
  const auto family = registry.AddCallbackGauge({.name = "a", .help = "h", .labels = {"x"}}).value();
  std::vector<CallbackFamily::Token> tokens;
  for (int i = 0; i < series; ++i) tokens.push_back(family.Add([] { return 1.0; }, std::to_string(i)));
  for (int warm_up = 0; warm_up < 3; ++warm_up) registry.TakeSnapshot();
  return AllocationsOf([&] { registry.TakeSnapshot(); });
}

TEST(AllocationTest, AScrapeOfCallbacksAllocatesNoMoreForManySeriesThanForFew) {
  EXPECT_EQ(AllocationsOfAScrapeOfCallbacks(1'000), AllocationsOfAScrapeOfCallbacks(10));
}

TEST(AllocationTest, AScrapeAllocatesNoMoreForManySeriesThanForFew) {
  const std::uint64_t for_few = AllocationsOfAScrape(10);
  EXPECT_EQ(AllocationsOfAScrape(5'000), for_few);
  EXPECT_LE(for_few, 4U);
}

}  // namespace
}  // namespace streamhouse::metrics
