// What a snapshot costs, and what series weigh. The weights are counters of their benches, in
// bytes.
#include <benchmark/benchmark.h>

#include <cstdint>

#include "bench/core_memory.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"

namespace streamhouse::metrics {
namespace {

void BM_Snapshot(benchmark::State& state) {
  Registry registry;
  MakeCounters(registry, state.range(0), 1);
  for (auto _ : state) benchmark::DoNotOptimize(registry.TakeSnapshot().families().size());
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_Snapshot)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

// Each weighs in a process of its own: in this one, benches before it have left memory to use
// again.
void WeighElsewhere(benchmark::State& state, const char* kind, std::int64_t series, std::int64_t threads) {
  for (auto _ : state) {
    const SeriesWeight weight = WeighInAnotherProcess(kind, series, threads);
    state.counters["bytes_per_series"] = weight.bytes;
    state.counters["bytes_per_series_when_scraped"] = weight.bytes_when_scraped;
  }
}

void BM_CounterMemory(benchmark::State& state) {
  WeighElsewhere(state, "counter", state.range(0), state.range(1));
}
BENCHMARK(BM_CounterMemory)
    ->ArgNames({"series", "threads"})
    ->Args({1'000'000, 1})
    ->Args({100'000, 1})
    ->Args({100'000, 2})
    ->Args({100'000, 4})
    ->Args({100'000, 8})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

void BM_CounterMemoryWithoutStartTimes(benchmark::State& state) {
  WeighElsewhere(state, "counter without start", state.range(0), 1);
}
BENCHMARK(BM_CounterMemoryWithoutStartTimes)
    ->ArgName("series")
    ->Arg(1'000'000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

void BM_HistogramMemory(benchmark::State& state) {
  WeighElsewhere(state, "histogram", state.range(0), 1);
}
BENCHMARK(BM_HistogramMemory)->ArgNames({"series"})->Arg(100'000)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace streamhouse::metrics
