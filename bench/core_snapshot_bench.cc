// What a snapshot costs, and what series weigh. The weights are counters of their benches, in bytes.
#include <benchmark/benchmark.h>

#include <barrier>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "bench/core_memory.h"
#include "metrics_core/bucket_bounds.h"
#include "metrics_core/clock.h"
#include "metrics_core/counter.h"
#include "metrics_core/family.h"
#include "metrics_core/histogram.h"
#include "metrics_core/registry.h"
#include "metrics_core/snapshot.h"

namespace streamhouse::metrics {
namespace {

constexpr int kPartitionsPerTopic = 100;

// `count` series with two labels, as a broker has them, each recorded once by each of `threads` threads.
template <typename Handle, typename Record>
void MakeSeries(const Family<Handle>& family, std::int64_t count, int threads, Record record) {
  std::vector<std::thread> running;
  // All alive at once, so that each has a shard of its own.
  std::barrier all_done(threads);
  for (int thread = 0; thread < threads; ++thread) {
    running.emplace_back([&] {
      for (std::int64_t i = 0; i < count; ++i) {
        record(
            family.With("orders-" + std::to_string(i / kPartitionsPerTopic), std::to_string(i % kPartitionsPerTopic)));
      }
      all_done.arrive_and_wait();
    });
  }
  for (std::thread& thread : running) thread.join();
}

MetricOptions TwoLabels(std::string name, std::int64_t count) {
  return {.name = std::move(name),
          .help = "Bench",
          .labels = {"topic", "partition"},
          .series_max = static_cast<std::uint32_t>(count)};
}

void BM_Snapshot(benchmark::State& state) {
  Registry registry;
  const auto family = *registry.AddCounter(TwoLabels("bench_series_total", state.range(0)));
  MakeSeries(family, state.range(0), 1, [](const Counter& counter) { counter.Increment(); });
  for (auto _ : state) benchmark::DoNotOptimize(registry.TakeSnapshot().families().size());
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_Snapshot)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

// Bytes a series, all included: text, index, cells; with the buffers of a snapshot beside it.
void ReportWeight(benchmark::State& state, Registry& registry, std::uint64_t before) {
  const auto count = static_cast<double>(state.range(0));
  state.counters["bytes_per_series"] = static_cast<double>(ResidentBytes() - before) / count;
  const Snapshot snapshot = registry.TakeSnapshot();
  state.counters["bytes_per_series_when_scraped"] = static_cast<double>(ResidentBytes() - before) / count;
}

void BM_CounterMemory(benchmark::State& state) {
  for (auto _ : state) {
    const std::uint64_t before = ResidentBytes();
    Registry registry;
    const auto family = *registry.AddCounter(TwoLabels("bench_series_total", state.range(0)));
    MakeSeries(family, state.range(0), static_cast<int>(state.range(1)),
               [](const Counter& counter) { counter.Increment(); });
    ReportWeight(state, registry, before);
  }
}
BENCHMARK(BM_CounterMemory)
    ->ArgNames({"series", "threads"})
    ->Args({1'000'000, 1})
    ->Args({100'000, 2})
    ->Args({100'000, 4})
    ->Args({100'000, 8})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

void BM_HistogramMemory(benchmark::State& state) {
  for (auto _ : state) {
    const std::uint64_t before = ResidentBytes();
    Registry registry;
    const auto family =
        *registry.AddTickHistogram(TwoLabels("bench_series_seconds", state.range(0)),
                                   BucketBounds::Exponential(0.001, 2, 13).value(), kNanosecondsPerSecond);
    MakeSeries(family, state.range(0), 1, [](const TickHistogram& histogram) { histogram.Observe(1); });
    ReportWeight(state, registry, before);
  }
}
BENCHMARK(BM_HistogramMemory)->ArgNames({"series"})->Arg(100'000)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace streamhouse::metrics
