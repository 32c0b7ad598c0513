// What the embedded agent carries on this machine: records through gRPC into the log, and back.
// Beside it: what librdkafka's producer brings to a mock cluster in another process, which stores
// next to nothing.
//
// Agent, producers and consumer share one process, so that all of it competes for the same
// processors, as it does on a machine of its own with its clients. 100-byte records, batches of
// 1,000, SyncPolicy::kNone. Latencies are those of one record in a thousand, from Send() to its
// acknowledgement, with as many records under way as the buffer lets in. Flat out, they say how
// long the queue is.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "bench/bench_agent.h"
#include "bench/kafka_producer.h"
#include "bench/latencies.h"
#include "bench/mock_kafka.h"
#include "client/agent_broker/record_codec.h"
#include "client/compression.h"
#include "client/consumer.h"
#include "client/producer.h"
#include "client/record_batch.h"
#include "proto/streamhouse.pb.h"

namespace streamhouse::bench {
namespace {

using std::chrono::steady_clock;

constexpr std::int64_t kRecords = 1'000'000;
constexpr std::size_t kRecordBytes = 100;
constexpr std::size_t kBatchRecords = 1'000;
constexpr std::int64_t kSampleEvery = 1'000;
constexpr std::size_t kBufferBytes = std::size_t{4} << 20;

// Before main(), because a process that has threads should not fork.
const MockKafka mock_kafka;

// A hundred bytes like those of a real topic: field names that repeat, and values that do not.
std::string OrderRecord(std::uint64_t i) {
  const std::uint64_t mixed = i * 0x9e3779b97f4a7c15U;
  std::string record = R"({"order":)" + std::to_string(1'000'000 + i) + R"(,"customer":")" +
                       std::to_string(mixed >> 40) + R"(","cents":)" + std::to_string(mixed % 100'000) +
                       R"(,"payment":")" + std::to_string(mixed) + R"("})";
  record.resize(kRecordBytes, ' ');
  return record;
}

// Of a batch of the first records.
double WireBytes(const std::vector<std::string>& values, client::Compression compression) {
  client::RecordBatch batch;
  for (std::size_t i = 0; i < kBatchRecords; ++i) batch.Append({.value = values[i]});
  batch.SetCompression(compression);
  v1::RecordBlock block;
  client::EncodeRecords(batch, block);
  return static_cast<double>(block.ByteSizeLong());
}

struct Load {
  std::int64_t records = kRecords;
  client::Compression compression = client::Compression::kNone;
};

void SendAll(const BenchAgent& agent, const Load& load, const std::vector<std::string>& values, Latencies& latencies) {
  const auto producer =
      client::Producer::Builder()
          .broker(agent.Connect())
          .options({.batch_records = kBatchRecords, .buffer_bytes = kBufferBytes, .compression = load.compression})
          .Build()
          .value();
  for (std::int64_t i = 0; i < load.records; ++i) {
    client::DeliveryCallback note;
    if (i % kSampleEvery == 0) {
      note = [&latencies, sent_at = steady_clock::now()](const client::Result<client::Delivery>& result) {
        if (result.ok()) latencies.Note(steady_clock::now() - sent_at);
      };
    }
    const std::string& value = values[static_cast<std::size_t>(i) % values.size()];
    static_cast<void>(producer->SendWithCallback("orders", {.value = value}, std::move(note)));
  }
  const std::size_t failed = producer->Close(std::chrono::minutes(1));
  metrics::Check(failed == 0, "records were not delivered");
}

// Runs `send` in so many threads at once; the time of the iteration is theirs.
void MeasureSenders(benchmark::State& state, std::int64_t senders, const std::function<void()>& send) {
  std::vector<std::jthread> threads;
  const auto start = steady_clock::now();
  for (std::int64_t i = 0; i < senders; ++i) threads.emplace_back(send);
  threads.clear();
  state.SetIterationTime(std::chrono::duration<double>(steady_clock::now() - start).count());
}

void Report(benchmark::State& state, Latencies& latencies) {
  state.SetItemsProcessed(state.iterations() * kRecords);
  state.counters["p50_ms"] = latencies.Percentile(0.5);
  state.counters["p99_ms"] = latencies.Percentile(0.99);
  state.counters["p999_ms"] = latencies.Percentile(0.999);
}

void BM_Produce(benchmark::State& state) {
  const std::int64_t producers = state.range(0);
  Latencies latencies;
  for (auto _ : state) {
    const BenchAgent agent(static_cast<std::uint32_t>(state.range(1)));
    MeasureSenders(state, producers, [&] {
      SendAll(agent, {.records = kRecords / producers}, {std::string(kRecordBytes, 'x')}, latencies);
    });
  }
  Report(state, latencies);
}

void BM_ProduceByLibrdkafka(benchmark::State& state) {
  const std::int64_t producers = state.range(0);
  const KafkaLoad load = {.records = kRecords / producers,
                          .partitions = static_cast<std::uint32_t>(state.range(1)),
                          .record_bytes = kRecordBytes,
                          .batch_records = kBatchRecords,
                          .idempotence = state.range(2) == 0 ? "false" : "true",
                          .sample_every = kSampleEvery};
  Latencies latencies;
  for (auto _ : state) {
    MeasureSenders(state, producers, [&] { SendAllByLibrdkafka(mock_kafka.address(), load, latencies); });
  }
  Report(state, latencies);
}

BENCHMARK(BM_Produce)
    ->ArgNames({"producers", "partitions"})
    ->ArgsProduct({{1, 2, 4}, {1, 4, 16}})
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(BM_ProduceByLibrdkafka)
    ->ArgNames({"producers", "partitions", "idempotent"})
    ->ArgsProduct({{1, 2, 4}, {1, 4, 16}, {0, 1}})
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

// Records that compress as real ones do.
void BM_ProduceOrders(benchmark::State& state) {
  const auto compression = static_cast<client::Compression>(state.range(0));
  std::vector<std::string> values;
  for (std::uint64_t i = 0; i < 100'000; ++i) values.push_back(OrderRecord(i));
  Latencies latencies;
  for (auto _ : state) {
    const BenchAgent agent(4);
    MeasureSenders(state, 1, [&] { SendAll(agent, {.compression = compression}, values, latencies); });
  }
  Report(state, latencies);
  state.counters["wire_bytes_per_record"] = WireBytes(values, compression) / kBatchRecords;
}
BENCHMARK(BM_ProduceOrders)
    ->ArgName("none_lz4_zstd")
    ->DenseRange(0, 2)
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

void BM_Consume(benchmark::State& state) {
  const BenchAgent agent(static_cast<std::uint32_t>(state.range(0)));
  Latencies unused;
  SendAll(agent, {}, {std::string(kRecordBytes, 'x')}, unused);
  for (auto _ : state) {
    const auto consumer =
        client::Consumer::Builder()
            .broker(agent.Connect())
            .options({.topics = {"orders"},
                      .fetch = {.max_records = 10'000, .offset_reset = client::OffsetReset::kEarliest}})
            .Build()
            .value();
    for (std::size_t consumed = 0; consumed < kRecords;) {
      auto polled = consumer->Poll(std::chrono::seconds(10));
      metrics::Check(polled.ok() && !polled->empty(), "records are missing");
      consumed += polled->size();
    }
  }
  state.SetItemsProcessed(state.iterations() * kRecords);
}
BENCHMARK(BM_Consume)
    ->ArgName("partitions")
    ->Arg(1)
    ->Arg(4)
    ->Iterations(1)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace streamhouse::bench
