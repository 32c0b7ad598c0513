// What a receiver that is unreachable costs those who record: the same recordings with an exporter
// that cannot deliver and with none, in turns.
#include <benchmark/benchmark.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <semaphore>
#include <string>
#include <string_view>
#include <utility>

#include "bench/pairs.h"
#include "exporters/builtin_exporters.h"
#include "exporters/exporter_registry.h"
#include "metrics_core/bucket_bounds.h"
#include "metrics_core/counter.h"
#include "metrics_core/exporter.h"
#include "metrics_core/health.h"
#include "metrics_core/histogram.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::bench {
namespace {

using std::chrono::steady_clock;

constexpr std::uint32_t kSeries = 1'000;
constexpr std::int64_t kRecordings = 100'000'000;

// A port of this machine where no receiver answers: connections are refused, or are made and get no
// response.
class AwayReceiver {
 public:
  explicit AwayReceiver(bool hangs) : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    const bool is_bound = bind(descriptor_, generic, size) == 0 && getsockname(descriptor_, generic, &size) == 0;
    metrics::Check(is_bound && (!hangs || listen(descriptor_, SOMAXCONN) == 0), "no port can be held");
    port_ = ntohs(address.sin_port);
  }
  ~AwayReceiver() { close(descriptor_); }
  AwayReceiver(const AwayReceiver&) = delete;
  AwayReceiver& operator=(const AwayReceiver&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  const int descriptor_;
  std::uint16_t port_ = 0;
};

class Recorder {
 public:
  Recorder() {
    const auto family = registry_.AddCounter(
        {.name = "bench_records_sent_total", .help = "Records", .labels = {"partition"}, .series_max = kSeries});
    for (std::uint32_t i = 0; i < kSeries; ++i) family.value().With(std::to_string(i)).Increment(i);
    records_ = family.value().With("0");
    duration_ = registry_
                    .AddHistogram({.name = "bench_duration_seconds", .help = "Durations"},
                                  metrics::BucketBounds::Exponential(0.001, 2, 13).value())
                    .value()
                    .With();
  }

  double SecondsAlone() {
    const auto start = steady_clock::now();
    for (std::int64_t i = 0; i < kRecordings; ++i) {
      records_.Increment();
      duration_.Observe(0.25);
    }
    return std::chrono::duration<double>(steady_clock::now() - start).count();
  }

  // Since the exporter has said that pushes fail.
  double SecondsBeside(const AwayReceiver& receiver) {
    std::binary_semaphore fails{0};
    const exporters::ExporterContext context = {
        .registry = registry_, .health = health_, .log = [&](std::string_view line) {
          if (line.find("pushes fail") != std::string_view::npos) fails.release();
        }};
    // More often than a program would.
    const std::string spec =
        "otlp+http://127.0.0.1:" + std::to_string(receiver.port()) + "?interval=100ms&push_time=50ms";
    const auto exporter = exporters::BuiltinExporters().MakeExporter(spec, context).value();
    metrics::Check(exporter->Start().ok(), "the exporter does not start");
    fails.acquire();
    const double seconds = SecondsAlone();
    exporter->Stop();
    return seconds;
  }

 private:
  metrics::Registry registry_;
  const metrics::Health health_;
  metrics::Counter records_;
  metrics::Histogram duration_;
};

void RecordBeside(benchmark::State& state, bool hangs) {
  const AwayReceiver receiver(hangs);
  Recorder recorder;
  Pairs seconds;
  for (auto _ : state) {
    seconds = MeasurePairs(
        [&](Turn turn) { return turn == Turn::kWith ? recorder.SecondsBeside(receiver) : recorder.SecondsAlone(); });
  }
  ReportRatio(state, seconds);
}

void BM_RecordBesideRefusing(benchmark::State& state) {
  RecordBeside(state, false);
}
BENCHMARK(BM_RecordBesideRefusing)->Iterations(1)->Repetitions(1)->UseRealTime()->Unit(benchmark::kMillisecond);

void BM_RecordBesideHanging(benchmark::State& state) {
  RecordBeside(state, true);
}
BENCHMARK(BM_RecordBesideHanging)->Iterations(1)->Repetitions(1)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace streamhouse::bench
