// What a recording costs. BM_FetchAdd is the unit: every claim is a ratio to it, from the same run.
#include <benchmark/benchmark.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "bench/workload.h"
#include "metrics_core/bucket_bounds.h"
#include "metrics_core/clock.h"
#include "metrics_core/counter.h"
#include "metrics_core/exponential_histogram.h"
#include "metrics_core/family.h"
#include "metrics_core/gauge.h"
#include "metrics_core/histogram.h"
#include "metrics_core/registry.h"
#include "metrics_core/timer.h"
#include "metrics_core/up_down_counter.h"

namespace streamhouse::metrics {
namespace {

using bench::kValues;
using bench::LogSpreadSeconds;

Registry& SharedRegistry() {
  static Registry* const registry = new Registry;
  return *registry;
}

std::string UniqueName(const char* suffix) {
  static std::atomic<int> last{0};
  // Relaxed: a number that no other call gets orders nothing.
  return "bench_" + std::to_string(last.fetch_add(1, std::memory_order_relaxed)) + suffix;
}

BucketBounds ThirteenBounds() {
  return BucketBounds::Exponential(0.001, 2, 13).value();
}

void BM_EmptyLoop(benchmark::State& state) {
  for (auto _ : state) benchmark::ClobberMemory();
}
BENCHMARK(BM_EmptyLoop);

void BM_FetchAdd(benchmark::State& state) {
  static std::atomic<std::uint64_t> count{0};
  // Relaxed: the order of a counter, to compare like with like.
  for (auto _ : state) count.fetch_add(1, std::memory_order_relaxed);
}
BENCHMARK(BM_FetchAdd)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

void BM_CounterIncrement(benchmark::State& state) {
  static const Counter counter =
      SharedRegistry().AddCounter({.name = UniqueName("_total"), .help = "Bench"}).value().With();
  for (auto _ : state) counter.Increment();
}
BENCHMARK(BM_CounterIncrement)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

void BM_CounterIncrementSharedPolicy(benchmark::State& state) {
  static const Counter counter =
      SharedRegistry()
          .AddCounter({.name = UniqueName("_total"), .help = "Bench", .storage = SeriesStorage::kShared})
          .value()
          .With();
  for (auto _ : state) counter.Increment();
}
BENCHMARK(BM_CounterIncrementSharedPolicy)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

void BM_GaugeSet(benchmark::State& state) {
  static const Gauge gauge =
      SharedRegistry().AddGauge({.name = UniqueName("_records"), .help = "Bench"}).value().With();
  std::int64_t value = 0;
  for (auto _ : state) gauge.Set(++value);
}
BENCHMARK(BM_GaugeSet)->Threads(1)->Threads(2)->UseRealTime();

void BM_UpDownCounterAdd(benchmark::State& state) {
  static const UpDownCounter counter =
      SharedRegistry().AddUpDownCounter({.name = UniqueName("_records"), .help = "Bench"}).value().With();
  std::int64_t change = 1;
  for (auto _ : state) {
    benchmark::DoNotOptimize(change);
    counter.Add(change);
    change = -change;
  }
}
BENCHMARK(BM_UpDownCounterAdd)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

void BM_HistogramObserve(benchmark::State& state) {
  static const Histogram histogram =
      SharedRegistry().AddHistogram({.name = UniqueName("_seconds"), .help = "Bench"}, ThirteenBounds()).value().With();
  const std::vector<double> values = LogSpreadSeconds();
  std::size_t next = 0;
  for (auto _ : state) histogram.Observe(values[next++ % kValues]);
}
BENCHMARK(BM_HistogramObserve)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

void BM_HistogramObserveTicks(benchmark::State& state) {
  static const TickHistogram histogram =
      SharedRegistry()
          .AddTickHistogram({.name = UniqueName("_seconds"), .help = "Bench"}, ThirteenBounds(), kNanosecondsPerSecond)
          .value()
          .With();
  std::vector<std::uint64_t> values;
  for (const double seconds : LogSpreadSeconds()) {
    values.push_back(static_cast<std::uint64_t>(seconds * kNanosecondsPerSecond));
  }
  std::size_t next = 0;
  for (auto _ : state) histogram.Observe(values[next++ % kValues]);
}
BENCHMARK(BM_HistogramObserveTicks)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

void BM_ExponentialHistogramObserve(benchmark::State& state) {
  static const ExponentialHistogram histogram =
      SharedRegistry()
          .AddExponentialHistogram({.name = UniqueName("_seconds"), .help = "Bench"}, BucketBounds::From({}).value())
          .value()
          .With();
  const std::vector<double> values = LogSpreadSeconds();
  std::size_t next = 0;
  for (auto _ : state) histogram.Observe(values[next++ % kValues]);
}
BENCHMARK(BM_ExponentialHistogramObserve)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

// 2 labels, 1,000 series, in random order.
void BM_FamilyLookupIncrement(benchmark::State& state) {
  static const Family<Counter> family =
      SharedRegistry()
          .AddCounter({.name = UniqueName("_total"), .help = "Bench", .labels = {"topic", "partition"}})
          .value();
  const std::vector<bench::SeriesKey> keys = bench::SeriesKeys(1000, 10);
  for (const bench::SeriesKey& key : keys) static_cast<void>(family.With(key.topic, key.partition));
  const std::vector<std::uint16_t> order = bench::RandomOrder(keys.size());
  std::size_t next = 0;
  for (auto _ : state) {
    const bench::SeriesKey& key = keys[order[next++ % kValues]];
    family.Lookup(key.topic, key.partition)->Increment();
  }
}
BENCHMARK(BM_FamilyLookupIncrement)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

void BM_ScopedTimer(benchmark::State& state) {
  static const TickHistogram histogram =
      SharedRegistry()
          .AddTickHistogram({.name = UniqueName("_seconds"), .help = "Bench"}, ThirteenBounds(), kNanosecondsPerSecond)
          .value()
          .With();
  for (auto _ : state) const ScopedTimer timer(histogram);
}
BENCHMARK(BM_ScopedTimer);

void BM_ClockNow(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(Clock::NowNanoseconds());
}
BENCHMARK(BM_ClockNow);

void BM_SteadyClockNow(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(std::chrono::steady_clock::now());
}
BENCHMARK(BM_SteadyClockNow);

void BM_DisabledCounterIncrement(benchmark::State& state) {
  const Counter sink;
  for (auto _ : state) sink.Increment();
}
BENCHMARK(BM_DisabledCounterIncrement);

// The counter of BM_CounterIncrement while another thread takes snapshots of 100,000 series back to
// back.
void BM_RecordWhileScraped(benchmark::State& state) {
  static Registry* const registry = new Registry;
  static const Counter counter = [] {
    auto family = registry->AddCounter(
        {.name = "bench_scraped_total", .help = "Bench", .labels = {"series"}, .series_max = 200'000});
    for (int i = 0; i < 100'000; ++i) family->With(std::to_string(i)).Increment();
    return family->With("0");
  }();
  const std::jthread scraper([](const std::stop_token& stop) {
    while (!stop.stop_requested()) benchmark::DoNotOptimize(registry->TakeSnapshot().families().size());
  });
  for (auto _ : state) counter.Increment();
}
BENCHMARK(BM_RecordWhileScraped)->UseRealTime();

}  // namespace
}  // namespace streamhouse::metrics
