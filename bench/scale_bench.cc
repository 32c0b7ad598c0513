// What grows faster than it should: making many topics, and recovering a log whose records look
// like the log itself.
//
// An agent that renews every lease for each new topic takes four times as long for twice as many.
// So does a recovery that checks the body of each planted header. The smaller sizes tell in
// seconds.
#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>

#include "agent/log/file_system.h"
#include "agent/log/partition_log.h"
#include "bench/bench_agent.h"
#include "client/broker.h"
#include "metrics_core/status.h"

namespace streamhouse::bench {
namespace {

using std::chrono::steady_clock;

double SecondsSince(steady_clock::time_point start) {
  return std::chrono::duration<double>(steady_clock::now() - start).count();
}

void BM_CreateTopics(benchmark::State& state) {
  for (auto _ : state) {
    const BenchAgent agent(1);
    const auto broker = agent.Connect();
    const auto start = steady_clock::now();
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      const auto limits = client::CallLimits::Within(std::chrono::minutes(1));
      const auto created = broker->CreateTopic("topic-" + std::to_string(i), 1, limits);
      metrics::Check(created.ok(), created.message());
    }
    state.SetIterationTime(SecondsSince(start));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_CreateTopics)
    ->ArgName("topics")
    ->Arg(250)
    ->Arg(500)
    ->Arg(1'000)
    ->Arg(10'000)
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

// As zlib computes it.
std::uint32_t Crc32(const char* bytes, std::size_t count) {
  std::uint32_t crc = 0xffffffff;
  for (std::size_t i = 0; i < count; ++i) {
    crc ^= static_cast<unsigned char>(bytes[i]);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320U : 0U);
  }
  return ~crc;
}

// The header of a batch, by docs/log_format.md, that claims the rest of the file for its body; its
// own checksum is right, that of the body is not.
struct PlantedHeader {
  std::array<char, 4> magic = {'S', 'H', 'L', 'B'};
  std::uint32_t version = 1;
  std::uint32_t body_bytes = 0;
  std::uint32_t record_count = 1;
  std::uint64_t base_offset = 1;
  std::uint64_t epoch = 1;
  std::uint64_t producer = 0;
  std::uint64_t sequence = 0;
  std::int64_t latest_timestamp = 0;
  std::uint32_t body_checksum = 0;
  std::uint32_t header_checksum = 0;
};
static_assert(sizeof(PlantedHeader) == 64);

// A segment whose first batch is damaged, and whose records hold headers.
std::string PlantedSegment(std::size_t bytes) {
  std::string segment(sizeof(PlantedHeader), 'x');
  while (segment.size() < bytes) {
    PlantedHeader header;
    header.body_bytes = static_cast<std::uint32_t>(bytes - segment.size() - sizeof(header));
    std::array<char, sizeof(header)> raw;
    std::memcpy(raw.data(), &header, raw.size());
    header.header_checksum = Crc32(raw.data(), raw.size() - sizeof(header.header_checksum));
    std::memcpy(raw.data(), &header, raw.size());
    segment.append(raw.data(), raw.size());
  }
  return segment;
}

void BM_RecoverPlantedHeaders(benchmark::State& state) {
  const std::string segment = PlantedSegment(static_cast<std::size_t>(state.range(0)) << 10);
  for (auto _ : state) {
    const ScratchFolder folder;
    std::ofstream(folder.path() + "/00000000000000000000.log", std::ios::binary) << segment;
    const auto start = steady_clock::now();
    const auto log = agent::PartitionLog::Open(agent::PosixFileSystem(), folder.path(), {});
    metrics::Check(log.ok() && log.value()->HighWatermark() == 0, "a planted header was taken for a batch");
    state.SetIterationTime(SecondsSince(start));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(segment.size()));
}
BENCHMARK(BM_RecoverPlantedHeaders)
    ->ArgName("kib")
    ->Arg(256)
    ->Arg(512)
    ->Arg(1 << 10)
    ->Arg(15 << 10)
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace streamhouse::bench
