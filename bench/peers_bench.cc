// The library beside prometheus-cpp, its sibling: the same recordings, look-ups and pages, in one
// run.
#include <benchmark/benchmark.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "bench/workload.h"
#include "exporters/encoding/page_chunk.h"
#include "exporters/encoding/text_encoder.h"
#include "metrics_core/bucket_bounds.h"
#include "metrics_core/counter.h"
#include "metrics_core/family.h"
#include "metrics_core/histogram.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"

namespace streamhouse::bench {
namespace {

constexpr int kPartitionsPerTopic = 10;
constexpr int kLookedUpSeries = 1000;

std::vector<double> ThirteenBounds() {
  std::vector<double> bounds;
  for (double bound = 0.001; bounds.size() < 13; bound *= 2) bounds.push_back(bound);
  return bounds;
}

// Ours, all in one registry; as many series as asked for, each recorded once.
struct Ours {
  metrics::Registry registry;
  metrics::Family<metrics::Counter> counters;
  metrics::Family<metrics::Histogram> histograms;

  explicit Ours(int series = 0) {
    counters = registry
                   .AddCounter({.name = "records_sent_total",
                                .help = "Bench",
                                .labels = {"topic", "partition"},
                                .series_max = 2'000'000})
                   .value();
    histograms = registry
                     .AddHistogram({.name = "send_duration_seconds", .help = "Bench"},
                                   metrics::BucketBounds::From(ThirteenBounds()).value())
                     .value();
    for (const SeriesKey& key : SeriesKeys(series, kPartitionsPerTopic)) {
      counters.With(key.topic, key.partition).Increment();
    }
  }
};

// The same with prometheus-cpp.
struct Theirs {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& counters =
      prometheus::BuildCounter().Name("records_sent_total").Help("Bench").Register(registry);
  prometheus::Family<prometheus::Histogram>& histograms =
      prometheus::BuildHistogram().Name("send_duration_seconds").Help("Bench").Register(registry);

  explicit Theirs(int series = 0) {
    for (const SeriesKey& key : SeriesKeys(series, kPartitionsPerTopic)) Find(key).Increment();
  }
  prometheus::Counter& Find(const SeriesKey& key) {
    return counters.Add({{"topic", key.topic}, {"partition", key.partition}});
  }
};

void BM_CounterIncrement(benchmark::State& state) {
  static const metrics::Counter counter = (new Ours)->counters.With("orders", "0");
  for (auto _ : state) counter.Increment();
}
BENCHMARK(BM_CounterIncrement)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

void BM_PrometheusCppCounterIncrement(benchmark::State& state) {
  static prometheus::Counter& counter = (new Theirs)->Find({.topic = "orders", .partition = "0"});
  for (auto _ : state) counter.Increment();
}
BENCHMARK(BM_PrometheusCppCounterIncrement)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

void BM_HistogramObserve(benchmark::State& state) {
  static const metrics::Histogram histogram = (new Ours)->histograms.With();
  const std::vector<double> values = LogSpreadSeconds();
  std::size_t next = 0;
  for (auto _ : state) histogram.Observe(values[next++ % kValues]);
}
BENCHMARK(BM_HistogramObserve)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

void BM_PrometheusCppHistogramObserve(benchmark::State& state) {
  static prometheus::Histogram& histogram = (new Theirs)->histograms.Add({}, ThirteenBounds());
  const std::vector<double> values = LogSpreadSeconds();
  std::size_t next = 0;
  for (auto _ : state) histogram.Observe(values[next++ % kValues]);
}
BENCHMARK(BM_PrometheusCppHistogramObserve)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

void BM_FamilyLookupIncrement(benchmark::State& state) {
  static const Ours* const ours = new Ours(kLookedUpSeries);
  const std::vector<SeriesKey> keys = SeriesKeys(kLookedUpSeries, kPartitionsPerTopic);
  const std::vector<std::uint16_t> order = RandomOrder(keys.size());
  std::size_t next = 0;
  for (auto _ : state) {
    const SeriesKey& key = keys[order[next++ % kValues]];
    ours->counters.Lookup(key.topic, key.partition)->Increment();
  }
}
BENCHMARK(BM_FamilyLookupIncrement)->Threads(1)->Threads(2)->UseRealTime();

// Add() is how prometheus-cpp finds a series by its labels.
void BM_PrometheusCppFamilyAddIncrement(benchmark::State& state) {
  static Theirs* const theirs = new Theirs(kLookedUpSeries);
  const std::vector<SeriesKey> keys = SeriesKeys(kLookedUpSeries, kPartitionsPerTopic);
  const std::vector<std::uint16_t> order = RandomOrder(keys.size());
  std::size_t next = 0;
  for (auto _ : state) theirs->Find(keys[order[next++ % kValues]]).Increment();
}
BENCHMARK(BM_PrometheusCppFamilyAddIncrement)->Threads(1)->Threads(2)->UseRealTime();

// Collecting and encoding, as for each scrape, up to the bytes that go on the socket.
void BM_ScrapeText(benchmark::State& state) {
  Ours ours(static_cast<int>(state.range(0)));
  exporters::PageChunk chunk;
  std::size_t bytes = 0;
  for (auto _ : state) {
    const metrics::Snapshot snapshot = ours.registry.TakeSnapshot();
    exporters::TextEncoder page(snapshot.families());
    bytes = 0;
    exporters::PageSource::Progress progress;
    do {
      chunk.Clear();
      progress = page.Fill(chunk);
      bytes += chunk.view().size();
      benchmark::DoNotOptimize(chunk.view().data());
    } while (progress == exporters::PageSource::Progress::kMore);
  }
  state.counters["page_bytes"] = static_cast<double>(bytes);
}
BENCHMARK(BM_ScrapeText)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMicrosecond);

void BM_PrometheusCppScrapeText(benchmark::State& state) {
  Theirs theirs(static_cast<int>(state.range(0)));
  const prometheus::TextSerializer serializer;
  std::size_t bytes = 0;
  for (auto _ : state) {
    std::string page = serializer.Serialize(theirs.registry.Collect());
    bytes = page.size();
    benchmark::DoNotOptimize(page.data());
  }
  state.counters["page_bytes"] = static_cast<double>(bytes);
}
BENCHMARK(BM_PrometheusCppScrapeText)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace streamhouse::bench
