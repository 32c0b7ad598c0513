// The refresh of the lag of 10,000 partitions of groups, and what appends and scrapes notice of it.
//
// Wanted: a refresh within a second of one core. Beside a refresh every second, the 99.9th
// percentile of an append is at most 1.02 of that without one. The time of a sample in a page is
// then at most 1.1 of that of a plain gauge.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/base/periodic_task.h"
#include "agent/groups/group_coordinator.h"
#include "agent/groups/group_times.h"
#include "agent/lag/lag_metrics.h"
#include "agent/lag/lag_refresh.h"
#include "agent/lease/lease_keeper.h"
#include "agent/log/batch_builder.h"
#include "agent/log/file_system.h"
#include "agent/metadata/in_memory_metadata_store.h"
#include "agent/metadata/metadata_store.h"
#include "agent/metadata/sqlite_metadata_store.h"
#include "agent/topics/topic_catalog.h"
#include "bench/bench_agent.h"
#include "bench/latencies.h"
#include "bench/pairs.h"
#include "exporters/encoding/page_chunk.h"
#include "exporters/encoding/text_encoder.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::bench {
namespace {

using std::chrono::steady_clock;

constexpr std::uint32_t kPartitions = 100;
constexpr std::uint32_t kGroups = 100;
constexpr std::uint64_t kBatches = 200;  // in each log
constexpr std::uint64_t kRecordsPerBatch = 50;
// No thread renews the leases: they outlast every bench.
constexpr agent::LeaseTiming kNoRenewalNeeded = {.duration = std::chrono::hours(10),
                                                 .renew_interval = std::chrono::hours(1)};

// Of the calling thread.
double CpuSeconds() {
  timespec time = {};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// A catalog with one topic, whose partitions all groups have committed to.
class Groups {
 public:
  explicit Groups(std::unique_ptr<agent::MetadataStore> store) : store_(std::move(store)) {
    metrics::Check(topics_.Create({.name = "orders", .partitions = kPartitions}).ok(), "no topic");
    for (std::uint32_t i = 0; i < kPartitions; ++i) {
      for (std::uint64_t batch = 0; batch < kBatches; ++batch) Append(i, kRecordsPerBatch);
    }
  }

  void Append(std::uint32_t partition, std::uint64_t records) {
    agent::BatchBuilder batch;
    for (std::uint64_t i = 0; i < records; ++i) {
      batch.Add({.key = std::nullopt, .value = value_, .timestamp_ms = 1'700'000'000'000});
    }
    const auto appended = topics_.Find("orders", partition).value()->Append(batch);
    metrics::Check(appended.ok(), appended.status().message());
  }
  void CommitAll(std::uint64_t offset) {
    const agent::TopicId id = topics_.Describe("orders")->id;
    std::vector<agent::OffsetChange> changes;
    for (std::uint32_t group = 0; group < kGroups; ++group) {
      for (std::uint32_t partition = 0; partition < kPartitions; ++partition) {
        changes.push_back({.group = "group-" + std::to_string(group),
                           .partition = {.topic_id = id, .partition = partition},
                           .offset = offset + group * kRecordsPerBatch});
      }
    }
    metrics::Check(store_->ChangeOffsets(changes).ok(), "no commits");
  }
  void Refresh() { metrics::Check(lag_.Refresh().ok(), "no refresh"); }
  metrics::Registry& registry() { return registry_; }

 private:
  ScratchFolder folder_;
  const std::string value_ = std::string(100, 'v');
  metrics::Registry registry_;
  const agent::LagMetrics metrics_ = agent::LagMetrics::Register(registry_).value();
  const std::unique_ptr<agent::MetadataStore> store_;
  agent::LeaseKeeper leases_{*store_, "agent", kNoRenewalNeeded, agent::LeaseMetrics(),
                             [](const agent::TopicPartition&, std::uint64_t) {}};
  agent::TopicCatalog topics_{
      agent::PosixFileSystem(), *store_, leases_,
      agent::TopicCatalog::Options{.log_folder = folder_.path() + "/log", .log = {}, .record_bytes_max = 1 << 20}};
  agent::GroupCoordinator members_{*store_, topics_};
  agent::GroupTimes times_;
  agent::LagRefresh lag_{*store_, topics_, members_, times_, metrics_};
};

// moved 0: all groups stand still, and are behind. 1: each has committed since the refresh before,
// and its place is read from its log.
void BM_RefreshLag(benchmark::State& state) {
  const ScratchFolder folder;
  Groups groups(agent::SqliteMetadataStore::Open(folder.path() + "/metadata.db").value());
  groups.CommitAll(1);
  groups.Refresh();
  std::uint64_t offset = 1;
  double cpu = 0;
  for (auto _ : state) {
    if (state.range(0) == 1) groups.CommitAll(++offset);
    const double cpu_before = CpuSeconds();
    const auto start = steady_clock::now();
    groups.Refresh();
    state.SetIterationTime(std::chrono::duration<double>(steady_clock::now() - start).count());
    cpu += CpuSeconds() - cpu_before;
  }
  state.counters["cpu_ms"] = 1e3 * cpu / static_cast<double>(state.iterations());
  state.SetItemsProcessed(state.iterations() * kPartitions * kGroups);
}
BENCHMARK(BM_RefreshLag)
    ->ArgName("moved")
    ->Arg(0)
    ->Arg(1)
    ->Iterations(10)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

// While it lives, all groups commit and are refreshed every second.
class Refresher {
 public:
  explicit Refresher(Groups& groups)
      : task_([&groups, offset = std::uint64_t{1}]() mutable -> std::chrono::nanoseconds {
          groups.CommitAll(++offset % kRecordsPerBatch + 1);
          groups.Refresh();
          return std::chrono::seconds(1);
        }) {
    metrics::Check(task_.Start().ok(), "no thread");
  }

 private:
  agent::PeriodicTask task_;
};

// The 99.9th percentile, in microseconds, of appends at kAppendsPerSecond, which is far below what
// a log takes: an append never waits for the one before.
double AppendP999(Groups& groups) {
  constexpr int kAppendsPerSecond = 20'000;
  constexpr int kAppends = 2 * kAppendsPerSecond;
  constexpr std::uint64_t kRecords = 10;
  Latencies latencies;
  const auto begin = steady_clock::now();
  for (int i = 0; i < kAppends; ++i) {
    const auto due = begin + std::chrono::nanoseconds(std::nano::den * i / kAppendsPerSecond);
    // A thread that sleeps would measure how a processor wakes up.
    while (steady_clock::now() < due) {
    }
    const auto start = steady_clock::now();
    groups.Append(static_cast<std::uint32_t>(i) % kPartitions, kRecords);
    latencies.Note(steady_clock::now() - start);
  }
  return 1e3 * latencies.Percentile(0.999);
}

void BM_AppendBesideRefresh(benchmark::State& state) {
  Groups groups(std::make_unique<agent::InMemoryMetadataStore>());
  Pairs p999;
  for (auto _ : state) {
    p999 = MeasurePairs([&](Turn turn) {
      std::optional<Refresher> refresher;
      if (turn == Turn::kWith) refresher.emplace(groups);
      return AppendP999(groups);
    });
  }
  state.counters["with_p999_us"] = Median(p999.with);
  state.counters["without_p999_us"] = Median(p999.without);
  ReportRatio(state, p999);
}
BENCHMARK(BM_AppendBesideRefresh)->Iterations(1)->Repetitions(1)->UseRealTime()->Unit(benchmark::kMillisecond);

struct Page {
  std::size_t bytes = 0;
  std::size_t samples = 0;
};

// As a server writes it.
Page WritePage(metrics::Registry& registry, exporters::PageChunk& chunk) {
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  exporters::TextEncoder encoder(snapshot.families());
  Page page;
  exporters::PageSource::Progress progress;
  do {
    chunk.Clear();
    progress = encoder.Fill(chunk);
    page.bytes += chunk.view().size();
    benchmark::DoNotOptimize(chunk.view().data());
  } while (progress == exporters::PageSource::Progress::kMore);
  for (const metrics::FamilySnapshot& family : snapshot.families()) page.samples += family.size();
  return page;
}

// In nanoseconds of a processor, over a second of scrapes. The time that passes would include how
// the refresh and the scrape share the processors of this machine.
double TimePerSample(metrics::Registry& registry) {
  exporters::PageChunk chunk;
  std::size_t samples = 0;
  const double cpu_before = CpuSeconds();
  const auto end = steady_clock::now() + std::chrono::seconds(1);
  while (steady_clock::now() < end) samples += WritePage(registry, chunk).samples;
  return 1e9 * (CpuSeconds() - cpu_before) / static_cast<double>(samples);
}

// Gauges with the labels and the number of samples of the lags, which stay as they are.
void AddPlainGauges(metrics::Registry& registry) {
  const auto options = [](const std::string& name) {
    return metrics::MetricOptions{.name = "streamhouse_agent_plain_" + name,
                                  .help = "Bench",
                                  .labels = {"topic", "partition", "group"},
                                  .series_max = 2 * kPartitions * kGroups};
  };
  const auto committed = registry.AddGauge(options("committed_offset")).value();
  const auto records = registry.AddGauge(options("lag_records")).value();
  const auto bytes = registry.AddGauge(options("lag_bytes")).value();
  const auto seconds = registry.AddDoubleGauge(options("lag_seconds")).value();
  for (std::uint32_t group = 0; group < kGroups; ++group) {
    for (std::uint32_t partition = 0; partition < kPartitions; ++partition) {
      const std::string name = "group-" + std::to_string(group);
      const std::string number = std::to_string(partition);
      committed.With("orders", number, name).Set(group * kRecordsPerBatch);
      records.With("orders", number, name).Set((kBatches - group) * kRecordsPerBatch);
      bytes.With("orders", number, name).Set((kBatches - group) * kRecordsPerBatch * 100);
      seconds.With("orders", number, name).Set(1e6 + group + partition / 1e3);
    }
  }
}

// Whether a page of 10,000 lags that are refreshed every second costs more than its samples do.
// The ratio is that of the times of a sample, in this page and in one of as many plain gauges.
void BM_ScrapeBesideRefresh(benchmark::State& state) {
  Groups groups(std::make_unique<agent::InMemoryMetadataStore>());
  groups.CommitAll(1);
  groups.Refresh();
  metrics::Registry plain;
  AddPlainGauges(plain);
  exporters::PageChunk chunk;
  Pairs times;
  for (auto _ : state) {
    times = MeasurePairs([&](Turn turn) {
      if (turn == Turn::kWithout) return TimePerSample(plain);
      const Refresher refresher(groups);
      return TimePerSample(groups.registry());
    });
  }
  state.counters["samples"] = static_cast<double>(WritePage(groups.registry(), chunk).samples);
  state.counters["with_ns"] = Median(times.with);
  state.counters["without_ns"] = Median(times.without);
  ReportRatio(state, times);
}
BENCHMARK(BM_ScrapeBesideRefresh)->Iterations(1)->Repetitions(1)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace streamhouse::bench
