// What pushes cost to encode: each format beside the text page of the same registry, and how many
// bytes a series has before and after compression.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "exporters/encoding/compressed_page.h"
#include "exporters/encoding/openmetrics2_encoder.h"
#include "exporters/encoding/openmetrics_encoder.h"
#include "exporters/encoding/page_chunk.h"
#include "exporters/encoding/protobuf_encoder.h"
#include "exporters/encoding/text_encoder.h"
#include "exporters/otlp/otlp_json_encoder.h"
#include "exporters/otlp/otlp_protobuf_encoder.h"
#include "exporters/otlp/otlp_resource.h"
#include "exporters/remote_write/remote_write_1_encoder.h"
#include "exporters/remote_write/remote_write_2_encoder.h"
#include "exporters/remote_write/remote_write_batch.h"
#include "exporters/remote_write/snappy_block.h"
#include "exporters/remote_write/symbol_table.h"
#include "exporters/statsd/statsd_encoder.h"
#include "exporters/statsd/statsd_names.h"
#include "metrics_core/clock.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"

namespace streamhouse::exporters {
namespace {

constexpr std::int64_t kPartitionsPerTopic = 100;
// Of a request of OTLP, and of a datagram on a local network.
constexpr std::size_t kOtlpRequestBytes = std::size_t{512} * 1024;
constexpr std::size_t kDatagramBytes = 1432;

// Counters with two labels and values of some digits, as a broker has them.
class Counters {
 public:
  explicit Counters(std::int64_t series) {
    const auto family = registry_
                            .AddCounter({.name = "bench_records_sent_total",
                                         .help = "Bench",
                                         .labels = {"topic", "partition"},
                                         .series_max = static_cast<std::uint32_t>(series)})
                            .value();
    for (std::int64_t i = 0; i < series; ++i) {
      const std::string topic = "orders-" + std::to_string(i / kPartitionsPerTopic);
      family.With(topic, std::to_string(i % kPartitionsPerTopic))
          .Increment(static_cast<std::uint64_t>(i) * 7919 % 10'000'000);
    }
    snapshot_ = registry_.TakeSnapshot();
  }

  const metrics::Snapshot& snapshot() const { return snapshot_; }

 private:
  metrics::Registry registry_;
  metrics::Snapshot snapshot_;
};

// Calls `use` with each chunk of a page.
template <typename Use>
void ForEachChunk(PageSource& page, PageChunk& chunk, const Use& use) {
  PageSource::Progress progress;
  do {
    chunk.Clear();
    progress = page.Fill(chunk);
    use(chunk.view());
  } while (progress == PageSource::Progress::kMore);
}

// How requests of a format are compressed: each by itself.
std::size_t GzipBytes(std::string_view text) {
  class OneText : public PageSource {
   public:
    explicit OneText(std::string_view text) : text_(text) {}
    Progress Fill(PageChunk& chunk) override { return chunk.Append(text_) ? Progress::kEnd : Progress::kMore; }

   private:
    const std::string_view text_;
  };
  if (text.empty()) return 0;
  CompressedPage page(std::make_unique<OneText>(text), ContentCoding::kGzip);
  return ReadPage(page).value().size();
}
std::size_t SnappyBytes(std::string_view text) {
  std::string block;
  CompressSnappyBlock(text, block);
  return block.size();
}
std::size_t PlainBytes(std::string_view text) {
  return text.size();
}

// `make_encoder(snapshot)` makes the page or the requests of one push.
template <typename MakeEncoder>
void Encode(benchmark::State& state, std::size_t chunk_bytes, std::size_t (*compressed_bytes)(std::string_view),
            const MakeEncoder& make_encoder) {
  const Counters counters(state.range(0));
  PageChunk chunk(chunk_bytes);
  for (auto _ : state) {
    auto encoder = make_encoder(counters.snapshot());
    ForEachChunk(encoder, chunk, [](std::string_view text) { benchmark::DoNotOptimize(text.data()); });
  }
  std::size_t bytes = 0;
  std::size_t compressed = 0;
  auto encoder = make_encoder(counters.snapshot());
  ForEachChunk(encoder, chunk, [&](std::string_view text) {
    bytes += text.size();
    compressed += compressed_bytes(text);
  });
  const auto series = static_cast<double>(state.range(0));
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["bytes_per_series"] = static_cast<double>(bytes) / series;
  state.counters["compressed_bytes_per_series"] = static_cast<double>(compressed) / series;
}

template <typename Encoder>
void Page(benchmark::State& state) {
  // A page is compressed as a whole: one chunk holds it.
  constexpr std::size_t kWholePageBytes = std::size_t{32} * 1024 * 1024;
  Encode(state, kWholePageBytes, GzipBytes,
         [](const metrics::Snapshot& snapshot) { return Encoder(snapshot.families()); });
}

void BM_Text(benchmark::State& state) {
  Page<TextEncoder>(state);
}
BENCHMARK(BM_Text)->Arg(100'000)->Unit(benchmark::kMillisecond);

void BM_OpenMetrics(benchmark::State& state) {
  Page<OpenMetricsEncoder>(state);
}
BENCHMARK(BM_OpenMetrics)->Arg(100'000)->Unit(benchmark::kMillisecond);

void BM_OpenMetrics2(benchmark::State& state) {
  Page<OpenMetrics2Encoder>(state);
}
BENCHMARK(BM_OpenMetrics2)->Arg(100'000)->Unit(benchmark::kMillisecond);

// What a Pushgateway gets.
void BM_Protobuf(benchmark::State& state) {
  Page<ProtobufEncoder>(state);
}
BENCHMARK(BM_Protobuf)->Arg(100'000)->Unit(benchmark::kMillisecond);

template <typename Encoder>
void Otlp(benchmark::State& state) {
  const metrics::TargetAttributes resource = OtlpResource({});
  Encode(state, kOtlpRequestBytes, GzipBytes,
         [&](const metrics::Snapshot& snapshot) { return Encoder(snapshot, resource); });
}

void BM_OtlpProtobuf(benchmark::State& state) {
  Otlp<OtlpProtobufEncoder>(state);
}
BENCHMARK(BM_OtlpProtobuf)->Arg(100'000)->Unit(benchmark::kMillisecond);

void BM_OtlpJson(benchmark::State& state) {
  Otlp<OtlpJsonEncoder>(state);
}
BENCHMARK(BM_OtlpJson)->Arg(100'000)->Unit(benchmark::kMillisecond);

RemoteWriteBatch BatchOf(const metrics::Snapshot& snapshot) {
  return {.families = snapshot.families(), .unix_milliseconds = metrics::Clock::UnixMilliseconds()};
}

void BM_RemoteWrite1(benchmark::State& state) {
  Encode(state, kRemoteWriteRequestBytes, SnappyBytes,
         [](const metrics::Snapshot& snapshot) { return RemoteWrite1Encoder(BatchOf(snapshot)); });
}
BENCHMARK(BM_RemoteWrite1)->Arg(100'000)->Unit(benchmark::kMillisecond);

void BM_RemoteWrite2(benchmark::State& state) {
  SymbolTable symbols;
  Encode(state, kRemoteWriteRequestBytes, SnappyBytes,
         [&](const metrics::Snapshot& snapshot) { return RemoteWrite2Encoder(BatchOf(snapshot), symbols); });
}
BENCHMARK(BM_RemoteWrite2)->Arg(100'000)->Unit(benchmark::kMillisecond);

// Values as they are; a push sends deltas.
template <StatsdDialect kDialect>
void Statsd(benchmark::State& state) {
  Encode(state, kDatagramBytes, PlainBytes,
         [](const metrics::Snapshot& snapshot) { return StatsdEncoder(snapshot.families(), kDialect); });
}

void BM_Statsd(benchmark::State& state) {
  Statsd<StatsdDialect::kPlain>(state);
}
BENCHMARK(BM_Statsd)->Arg(100'000)->Unit(benchmark::kMillisecond);

void BM_DogStatsd(benchmark::State& state) {
  Statsd<StatsdDialect::kDogStatsd>(state);
}
BENCHMARK(BM_DogStatsd)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace streamhouse::exporters
