#include "bench/core_memory.h"

#include <malloc.h>
#include <unistd.h>

#include <barrier>
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "metrics_core/bucket_bounds.h"
#include "metrics_core/clock.h"
#include "metrics_core/counter.h"
#include "metrics_core/family.h"
#include "metrics_core/histogram.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/status.h"

namespace streamhouse::metrics {
namespace {

constexpr std::string_view kWeighFlag = "--weigh";
constexpr std::int64_t kPartitionsPerTopic = 100;

// After giving freed memory back to the kernel.
double ResidentBytes() {
  malloc_trim(0);
  std::ifstream statm("/proc/self/statm");
  double total_pages = 0;
  double resident_pages = 0;
  statm >> total_pages >> resident_pages;
  return resident_pages * static_cast<double>(sysconf(_SC_PAGESIZE));
}

MetricOptions TwoLabels(std::string name, std::int64_t count) {
  return {.name = std::move(name),
          .help = "Bench",
          .labels = {"topic", "partition"},
          .series_max = static_cast<std::uint32_t>(count)};
}

template <typename Handle, typename Record>
void RecordAll(const Family<Handle>& family, std::int64_t count, std::int64_t threads, Record record) {
  std::vector<std::thread> running;
  // All alive at once, so that each has a shard of its own.
  std::barrier all_done(threads);
  for (std::int64_t thread = 0; thread < threads; ++thread) {
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

void MakeHistograms(Registry& registry, std::int64_t count, std::int64_t threads) {
  const auto family = registry.AddTickHistogram(TwoLabels("bench_series_seconds", count),
                                                BucketBounds::Exponential(0.001, 2, 13).value(), kNanosecondsPerSecond);
  RecordAll(family.value(), count, threads, [](const TickHistogram& histogram) { histogram.Observe(1); });
}

}  // namespace

void MakeCounters(Registry& registry, std::int64_t count, std::int64_t threads) {
  const auto family = registry.AddCounter(TwoLabels("bench_series_total", count));
  RecordAll(family.value(), count, threads, [](const Counter& counter) { counter.Increment(); });
}

SeriesWeight WeighInAnotherProcess(const char* kind, std::int64_t series, std::int64_t threads) {
  // Not /proc/self/exe itself, which would be the shell.
  char self[4096] = {};
  Check(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0, "cannot tell which program this is");
  const std::string command = "'" + std::string(self) + "' " + std::string(kWeighFlag) + " '" + kind + "' " +
                              std::to_string(series) + " " + std::to_string(threads);
  FILE* const output = popen(command.c_str(), "r");
  Check(output != nullptr, "cannot start " + command);
  SeriesWeight weight{};
  Check(std::fscanf(output, "%lf %lf", &weight.bytes, &weight.bytes_when_scraped) == 2, "no response from " + command);
  pclose(output);
  return weight;
}

bool WeighIfAsked(int argc, char** argv) {
  if (argc != 5 || argv[1] != kWeighFlag) return false;
  const std::int64_t series = std::stoll(argv[3]);
  const std::int64_t threads = std::stoll(argv[4]);
  const double before = ResidentBytes();
  const std::string_view kind = argv[2];
  Registry registry(
      {.creation_times = kind == "counter without start" ? CreationTimes::kNotKept : CreationTimes::kKept});
  (kind == "histogram" ? MakeHistograms : MakeCounters)(registry, series, threads);
  const double after = ResidentBytes();
  const Snapshot snapshot = registry.TakeSnapshot();
  const auto count = static_cast<double>(series);
  std::printf("%f %f\n", (after - before) / count, (ResidentBytes() - before) / count);
  return true;
}

}  // namespace streamhouse::metrics
