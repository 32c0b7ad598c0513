// What pages cost to write: the encoders beside one memcpy of the same page.
#include <benchmark/benchmark.h>

#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "exporters/encoding/compressed_page.h"
#include "exporters/encoding/openmetrics2_encoder.h"
#include "exporters/encoding/openmetrics_encoder.h"
#include "exporters/encoding/page_chunk.h"
#include "exporters/encoding/protobuf_encoder.h"
#include "exporters/encoding/text_encoder.h"
#include "exporters/http/metrics_server.h"
#include "exporters/select/selected_view.h"
#include "exporters/select/selection.h"
#include "metrics_core/bucket_bounds.h"
#include "metrics_core/health.h"
#include "metrics_core/naming/name_escaping.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"

namespace streamhouse::exporters {
namespace {

constexpr std::int64_t kPartitionsPerTopic = 100;

metrics::MetricOptions TwoLabels(std::string name, std::int64_t series) {
  return {.name = std::move(name),
          .help = "Bench",
          .labels = {"topic", "partition"},
          .series_max = static_cast<std::uint32_t>(series)};
}

template <typename Handle, typename Record>
void AddSeries(const metrics::Family<Handle>& family, std::int64_t series, Record record) {
  for (std::int64_t i = 0; i < series; ++i) {
    record(family.With("orders-" + std::to_string(i / kPartitionsPerTopic), std::to_string(i % kPartitionsPerTopic)),
           i);
  }
}

// Counters with two labels and values of some digits, as a broker has them.
void AddCounters(metrics::Registry& registry, std::int64_t series) {
  const auto family = registry.AddCounter(TwoLabels("bench_records_sent_total", series)).value();
  AddSeries(family, series, [](const metrics::Counter& counter, std::int64_t i) {
    counter.Increment(static_cast<std::uint64_t>(i) * 7919 % 10'000'000);
  });
}

void AddHistograms(metrics::Registry& registry, std::int64_t series) {
  const auto bounds = metrics::BucketBounds::Exponential(0.001, 2, 13).value();
  const auto family =
      registry.AddTickHistogram(TwoLabels("bench_duration_seconds", series), bounds, metrics::kNanosecondsPerSecond)
          .value();
  AddSeries(family, series, [](const metrics::TickHistogram& histogram, std::int64_t i) {
    histogram.Observe(static_cast<std::uint64_t>(i) * 1'000'003 % 10'000'000'000);
  });
}

// As a server does it, but for the sending: chunk after chunk, in one buffer.
std::size_t EncodePage(PageSource& page, PageChunk& chunk) {
  std::size_t bytes = 0;
  PageSource::Progress progress;
  do {
    chunk.Clear();
    progress = page.Fill(chunk);
    bytes += chunk.view().size();
    benchmark::DoNotOptimize(chunk.view().data());
  } while (progress == PageSource::Progress::kMore);
  return bytes;
}

void ReportPage(benchmark::State& state, std::size_t page_bytes) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(page_bytes));
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["page_bytes"] = static_cast<double>(page_bytes);
}

template <typename Encoder>
void Encode(benchmark::State& state, const metrics::Snapshot& snapshot) {
  PageChunk chunk;
  std::size_t bytes = 0;
  for (auto _ : state) {
    Encoder encoder(snapshot.families());
    bytes = EncodePage(encoder, chunk);
  }
  ReportPage(state, bytes);
}

// The baseline: the same bytes, copied once from memory to memory.
void BM_MemcpyPage(benchmark::State& state) {
  metrics::Registry registry;
  AddCounters(registry, state.range(0));
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  TextEncoder encoder(snapshot.families());
  const std::string page = ReadPage(encoder).value();
  const auto copy = std::make_unique<char[]>(page.size());
  for (auto _ : state) {
    std::memcpy(copy.get(), page.data(), page.size());
    benchmark::DoNotOptimize(copy.get());
    benchmark::ClobberMemory();
  }
  ReportPage(state, page.size());
}
BENCHMARK(BM_MemcpyPage)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

template <typename Encoder>
void EncodeCounters(benchmark::State& state) {
  metrics::Registry registry;
  AddCounters(registry, state.range(0));
  Encode<Encoder>(state, registry.TakeSnapshot());
}

void BM_EncodeText(benchmark::State& state) {
  EncodeCounters<TextEncoder>(state);
}
BENCHMARK(BM_EncodeText)->Arg(1'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

void BM_EncodeOpenMetrics(benchmark::State& state) {
  EncodeCounters<OpenMetricsEncoder>(state);
}
BENCHMARK(BM_EncodeOpenMetrics)->Arg(1'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

void BM_EncodeOpenMetrics2(benchmark::State& state) {
  EncodeCounters<OpenMetrics2Encoder>(state);
}
BENCHMARK(BM_EncodeOpenMetrics2)->Arg(1'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

void BM_EncodeProtobuf(benchmark::State& state) {
  EncodeCounters<ProtobufEncoder>(state);
}
BENCHMARK(BM_EncodeProtobuf)->Arg(1'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

// A text page of the series that a match[] chooses: read, chosen, encoded.
void SelectText(benchmark::State& state, const std::string& selector) {
  metrics::Registry registry;
  AddCounters(registry, state.range(0));
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  PageChunk chunk;
  std::size_t bytes = 0;
  for (auto _ : state) {
    const Selection selection = Selection::Parse({}, {selector}).value();
    const auto selected = SelectedView(snapshot.families(), selection, metrics::NameEscaping::kNone,
                                       std::chrono::steady_clock::time_point::max());
    TextEncoder encoder(selected->families());
    bytes = EncodePage(encoder, chunk);
  }
  ReportPage(state, bytes);
}
BENCHMARK_CAPTURE(SelectText, name, "bench_records_sent_total")->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(SelectText, none, "up")->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(SelectText, one_topic, R"({topic="orders-1"})")->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(SelectText, some_partitions, R"({partition=~"1.*"})")->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(SelectText, both, R"({topic="orders-1",partition=~"1.*"})")
    ->Arg(100'000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(SelectText, all_by_expression, R"({topic=~"orders.*"})")->Arg(100'000)->Unit(benchmark::kMillisecond);

// Bytes are those of the page before compression.
template <ContentCoding kCoding>
void BM_Compress(benchmark::State& state) {
  metrics::Registry registry;
  AddCounters(registry, state.range(0));
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  PageChunk chunk;
  TextEncoder plain(snapshot.families());
  const std::size_t plain_bytes = EncodePage(plain, chunk);
  std::size_t bytes = 0;
  for (auto _ : state) {
    CompressedPage page(std::make_unique<TextEncoder>(snapshot.families()), kCoding);
    bytes = EncodePage(page, chunk);
  }
  ReportPage(state, plain_bytes);
  state.counters["ratio"] = static_cast<double>(plain_bytes) / static_cast<double>(bytes);
}
BENCHMARK(BM_Compress<ContentCoding::kGzip>)->Name("BM_Gzip")->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Compress<ContentCoding::kZstd>)->Name("BM_Zstd")->Arg(100'000)->Unit(benchmark::kMillisecond);

std::size_t ResidentBytes() {
  std::size_t total = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// One scrape over loopback, collection included, read and thrown away by a thread of the same
// process. With the memory that scrapes added to what a snapshot had already taken.
void BM_Scrape(benchmark::State& state) {
  namespace asio = boost::asio;
  metrics::Registry registry;
  const metrics::Health health;
  AddCounters(registry, state.range(0));
  registry.TakeSnapshot();
  MetricsServer server(registry, health, {.port = 0});
  if (!server.Start().ok()) return state.SkipWithError("no port");
  const std::size_t resident_before = ResidentBytes();
  const std::string request = "GET /metrics HTTP/1.0\r\n\r\n";
  std::vector<char> received(kPageChunkBytes);
  std::size_t bytes = 0;
  for (auto _ : state) {
    asio::io_context context;
    asio::ip::tcp::socket socket(context);
    socket.connect({asio::ip::address_v4::loopback(), server.port()});
    asio::write(socket, asio::buffer(request));
    boost::system::error_code error;
    bytes = 0;
    while (!error) bytes += socket.read_some(asio::buffer(received), error);
  }
  ReportPage(state, bytes);
  state.counters["added_bytes"] = static_cast<double>(ResidentBytes() - resident_before);
}
BENCHMARK(BM_Scrape)->Arg(1'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond)->UseRealTime();

void BM_EncodeTextHistograms(benchmark::State& state) {
  metrics::Registry registry;
  AddHistograms(registry, state.range(0));
  Encode<TextEncoder>(state, registry.TakeSnapshot());
}
BENCHMARK(BM_EncodeTextHistograms)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace streamhouse::exporters
