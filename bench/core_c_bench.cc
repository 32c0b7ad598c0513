// What a recording costs through the C API: the rows of core_recording_bench.cc by whose names
// these are called, with the same values.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/workload.h"
#include "metrics_core/bucket_bounds.h"
#include "metrics_core/c_api.h"
#include "metrics_core/status.h"

namespace streamhouse::metrics {
namespace {

using bench::kValues;

streamhouse_registry* SharedRegistryOfC() {
  static streamhouse_registry* const registry = streamhouse_registry_new();
  return registry;
}

// Both threads of a bench resolve the same family, by its name.
template <typename Family, typename Add>
Family Added(const char* name, std::vector<const char*> labels, const Add& add) {
  const streamhouse_metric_options options = {.size = sizeof(options),
                                              .name = name,
                                              .help = "Bench",
                                              .unit = nullptr,
                                              .labels = labels.data(),
                                              .label_count = labels.size(),
                                              .storage = 0,
                                              .exemplars = 0,
                                              .aggregation = 0,
                                              .series_max = 0,
                                              .label_value_bytes_max = 0,
                                              .expire_after_nanoseconds = 0};
  Family family;
  const streamhouse_status added = add(SharedRegistryOfC(), &options, &family);
  Check(added.code == STREAMHOUSE_OK, added.message);
  return family;
}

void BM_CounterIncrementInC(benchmark::State& state) {
  const auto family = Added<streamhouse_counter_family>("bench_c_total", {}, streamhouse_add_counter);
  const streamhouse_counter counter = streamhouse_counter_with(family, nullptr, nullptr, 0);
  for (auto _ : state) streamhouse_counter_add(counter, 1);
}
BENCHMARK(BM_CounterIncrementInC)->Threads(1)->Threads(2)->UseRealTime();

void BM_HistogramObserveInC(benchmark::State& state) {
  const std::vector<double> bounds = BucketBounds::Exponential(0.001, 2, 13).value().values();
  const auto family = Added<streamhouse_histogram_family>(
      "bench_c_seconds", {},
      [&](streamhouse_registry* registry, const streamhouse_metric_options* options,
          streamhouse_histogram_family* out) {
        return streamhouse_add_histogram(registry, options, bounds.data(), bounds.size(), out);
      });
  const streamhouse_histogram histogram = streamhouse_histogram_with(family, nullptr, nullptr, 0);
  const std::vector<double> values = bench::LogSpreadSeconds();
  std::size_t next = 0;
  for (auto _ : state) streamhouse_histogram_observe(histogram, values[next++ % kValues]);
}
BENCHMARK(BM_HistogramObserveInC)->Threads(1)->Threads(2)->UseRealTime();

void BM_FamilyLookupIncrementInC(benchmark::State& state) {
  const auto family =
      Added<streamhouse_counter_family>("bench_c_looked_up_total", {"topic", "partition"}, streamhouse_add_counter);
  const std::vector<bench::SeriesKey> keys = bench::SeriesKeys(1000, 10);
  const std::vector<std::uint16_t> order = bench::RandomOrder(keys.size());
  for (const bench::SeriesKey& key : keys) {
    const char* const values[] = {key.topic.c_str(), key.partition.c_str()};
    streamhouse_counter_with(family, values, nullptr, 2);
  }
  std::size_t next = 0;
  for (auto _ : state) {
    const bench::SeriesKey& key = keys[order[next++ % kValues]];
    const char* const values[] = {key.topic.data(), key.partition.data()};
    const std::size_t bytes[] = {key.topic.size(), key.partition.size()};
    streamhouse_counter_add_at(family, 1, values, bytes, 2);
  }
}
BENCHMARK(BM_FamilyLookupIncrementInC)->Threads(1)->Threads(2)->UseRealTime();

}  // namespace
}  // namespace streamhouse::metrics
