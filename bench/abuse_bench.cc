// What hostile crowds cost those who do no harm: who asks for /health, and who records.
#include <benchmark/benchmark.h>
#include <poll.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "bench/crowd.h"
#include "exporters/http/metrics_server.h"
#include "metrics_core/bucket_bounds.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"

namespace streamhouse::exporters {
namespace {

constexpr std::uint32_t kSeries = 100'000;  // a page of some seven megabytes
constexpr int kThousands = 2000;            // of connections: more than the server keeps
constexpr int kScrapers = 64;               // as many as are served at a time

std::size_t ResidentBytes() {
  std::size_t total = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// This thread, and what it starts from now on, stay on this processor; on a machine with one,
// nothing happens.
void StayOn(int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  sched_setaffinity(0, sizeof(set), &set);
}

// A server with a large page, on its usual limits.
class Site {
 public:
  Site() {
    const auto family = registry.AddCounter(
        {.name = "bench_large_total", .help = "Large", .labels = {"topic", "partition"}, .series_max = kSeries});
    for (std::uint32_t i = 0; i < kSeries; ++i) {
      family.value().With("orders-" + std::to_string(i / 100), std::to_string(i % 100)).Increment(i);
    }
    started = server.Start().ok();
  }

  metrics::Registry registry;
  const metrics::Health health;
  MetricsServer server{registry, health, {.port = 0}};
  bool started = false;
};

void BM_Health(benchmark::State& state, std::string_view what, int count) {
  Site site;
  if (!site.started) return state.SkipWithError("no port");
  Fetch(site.server.port(), "/metrics");
  const std::size_t resident_before = ResidentBytes();
  const Crowd crowd(what, count, site.server.port());
  std::vector<double> milliseconds;
  std::size_t resident_max = resident_before;
  for (auto _ : state) {
    // With pauses, so that all that the crowd does falls into the time that is measured.
    constexpr int kMillisecondsBetween = 20;
    poll(nullptr, 0, kMillisecondsBetween);
    const auto begin = std::chrono::steady_clock::now();
    if (Fetch(site.server.port(), "/health") == 0) return state.SkipWithError("no response");
    milliseconds.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    resident_max = std::max(resident_max, ResidentBytes());
  }
  std::sort(milliseconds.begin(), milliseconds.end());
  state.counters["median_ms"] = milliseconds[milliseconds.size() / 2];
  state.counters["max_ms"] = milliseconds.back();
  // Of the first repetition: later ones use what the process has got already.
  state.counters["resident_added_mib"] = static_cast<double>(resident_max - resident_before) / (1024 * 1024);
}

void BM_Record(benchmark::State& state, std::string_view what, int count) {
  StayOn(1);
  Site site;
  if (!site.started) return state.SkipWithError("no port");
  const auto records = site.registry.AddCounter({.name = "bench_records_total", .help = "Records"}).value().With();
  const auto duration = site.registry
                            .AddHistogram({.name = "bench_duration", .help = "Durations"},
                                          metrics::BucketBounds::Exponential(0.001, 2, 13).value())
                            .value()
                            .With();
  const Crowd crowd(what, count, site.server.port());
  StayOn(0);
  constexpr int kBatch = 1000;
  for (auto _ : state) {
    for (int i = 0; i < kBatch; ++i) {
      records.Increment();
      duration.Observe(0.25);
    }
  }
  state.SetItemsProcessed(state.iterations() * kBatch);
}

struct CrowdSize {
  std::string_view what;
  int count;
};
constexpr CrowdSize kCrowds[] = {
    {kNone, 0}, {kSilent, kThousands}, {kSlowHeaders, kThousands}, {kNeverReading, kScrapers}, {kScraping, kScrapers}};

void RegisterBenches() {
  for (const CrowdSize& crowd : kCrowds) {
    const auto health = [crowd](benchmark::State& state) { BM_Health(state, crowd.what, crowd.count); };
    const auto record = [crowd](benchmark::State& state) { BM_Record(state, crowd.what, crowd.count); };
    const std::string name(crowd.what);
    constexpr int kRequests = 100;
    benchmark::RegisterBenchmark(("BM_HealthBeside/" + name).c_str(), health)->Iterations(kRequests)->UseRealTime();
    benchmark::RegisterBenchmark(("BM_RecordBeside/" + name).c_str(), record)->Unit(benchmark::kMicrosecond);
  }
}

}  // namespace
}  // namespace streamhouse::exporters

int main(int argc, char** argv) {
  if (streamhouse::exporters::RunCrowdIfAsked(argc, argv)) return 0;
  streamhouse::exporters::RegisterBenches();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
