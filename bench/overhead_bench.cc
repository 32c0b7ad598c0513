// What instrumentation costs a producer: the same records with metrics and without, in turns.
//
// With an agent, records go over gRPC into a log, on the same processors; without one, nothing
// hides the producer's own work.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "bench/bench_agent.h"
#include "bench/discarding_broker.h"
#include "bench/pairs.h"
#include "client/broker.h"
#include "client/producer.h"
#include "client/producer_metrics.h"
#include "client/record_headers.h"
#include "metrics_core/clock.h"
#include "metrics_core/registry.h"
#include "metrics_core/traceparent.h"

namespace streamhouse::bench {
namespace {

using std::chrono::steady_clock;

constexpr std::uint32_t kPartitions = 4;
constexpr std::size_t kRecordBytes = 100;
constexpr std::size_t kBatchRecords = 1'000;

constexpr std::int64_t kFlatOut = 0;
constexpr std::int64_t kFlatOutRecords = 1'000'000;
constexpr std::int64_t kPacedRecords = 100'000;
// A paced sender sends so many at a time, and waits for the moment of the next ones.
constexpr std::int64_t kBurstRecords = 200;

constexpr std::size_t kBufferBytes = std::size_t{4} << 20;

// Records per second, until all are acknowledged.
double Throughput(const std::shared_ptr<client::Broker>& broker, const client::ProducerMetrics& metrics,
                  std::int64_t records, std::int64_t records_per_second) {
  const auto producer =
      client::Producer::Builder()
          .broker(broker)
          .metrics(metrics)
          .options({.batch_records = kBatchRecords, .buffer_bytes = kBufferBytes, .sender_threads = 1})
          .Build()
          .value();
  const std::string value(kRecordBytes, 'x');
  const auto start = steady_clock::now();
  for (std::int64_t i = 0; i < records; ++i) {
    if (records_per_second != kFlatOut && i % kBurstRecords == 0) {
      std::this_thread::sleep_until(start + std::chrono::nanoseconds(std::nano::den * i / records_per_second));
    }
    static_cast<void>(producer->SendWithCallback("orders", {.value = value}, nullptr));
  }
  static_cast<void>(producer->Flush(std::chrono::seconds(60)));
  return static_cast<double>(records) / std::chrono::duration<double>(steady_clock::now() - start).count();
}

// `rate`: records per second, or kFlatOut for as many as go.
void ComparePairs(benchmark::State& state, const std::shared_ptr<client::Broker>& broker, std::int64_t rate) {
  const std::int64_t records = rate == kFlatOut ? kFlatOutRecords : kPacedRecords;
  metrics::Registry registry;
  const client::ProducerMetrics with = client::ProducerMetrics::Register(registry).value();
  const client::ProducerMetrics without;
  Pairs rates;
  for (auto _ : state) {
    rates = MeasurePairs(
        [&](Turn turn) { return Throughput(broker, turn == Turn::kWith ? with : without, records, rate); });
  }
  state.counters["with_per_s"] = Median(rates.with);
  state.counters["without_per_s"] = Median(rates.without);
  ReportRatio(state, rates);
  state.counters["time_ratio"] = 1 / MeanOfRatios(rates).mean;
}

void BM_ProducerToAgent(benchmark::State& state) {
  const BenchAgent agent(kPartitions);
  ComparePairs(state, agent.Connect(), state.range(0));
}
BENCHMARK(BM_ProducerToAgent)
    ->ArgName("records_per_s")
    ->Arg(kFlatOut)
    ->Arg(200'000)
    ->Iterations(1)
    ->Repetitions(1)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void BM_ProducerAlone(benchmark::State& state) {
  ComparePairs(state, std::make_shared<DiscardingBroker>(kPartitions), kFlatOut);
}
BENCHMARK(BM_ProducerAlone)->Iterations(1)->Repetitions(1)->UseRealTime()->Unit(benchmark::kMillisecond);

// What a producer does for its metrics, and nothing else: per record one reading of the clock,
// which serves timestamp and linger as well. Per batch, one more reading and the counts of the
// batch. Time per record.
void BM_InstrumentationPerRecord(benchmark::State& state) {
  metrics::Registry registry;
  const client::ProducerTopicMetrics topic = client::ProducerMetrics::Register(registry).value().ForTopic("orders");
  std::vector<std::uint64_t> entered(kBatchRecords);
  for (auto _ : state) {
    for (std::uint64_t& moment : entered) {
      moment = metrics::Clock::NowNanoseconds();
      topic.pending_records.Add(1);
    }
    const std::uint64_t now = metrics::Clock::NowNanoseconds();
    for (const std::uint64_t moment : entered) topic.send_duration.Observe(now - moment);
    topic.batch_flush_duration.Observe(now - entered.front());
    topic.batch_size_records.Observe(kBatchRecords);
    topic.batch_size_bytes.Observe(kBatchRecords * kRecordBytes);
    topic.records_sent.Increment(kBatchRecords);
    topic.bytes_sent.Increment(kBatchRecords * kRecordBytes);
    topic.pending_records.Add(-static_cast<std::int64_t>(kBatchRecords));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBatchRecords));
  state.counters["ns_per_record"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * kBatchRecords / std::nano::den,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(BM_InstrumentationPerRecord);

// What a record with a sampled trace costs beyond that: finding and reading its header, and being
// offered as an exemplar. One without headers costs a comparison. Time per record.
void BM_TracePerRecord(benchmark::State& state) {
  metrics::Registry registry;
  const client::ProducerTopicMetrics topic = client::ProducerMetrics::Register(registry).value().ForTopic("orders");
  client::RecordHeaders headers;
  headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  const client::HeadersView view = headers;
  for (auto _ : state) {
    const auto traceparent = view.Find(metrics::kTraceparentHeader);
    topic.send_duration.Observe(kBatchRecords, metrics::SampledTrace(*traceparent));
  }
}
BENCHMARK(BM_TracePerRecord);

}  // namespace
}  // namespace streamhouse::bench
