// What the embedded agent carries on this machine: records through gRPC into the log, and back.
//
// Agent, producers and consumer share one process, so that all of it competes for the same processors, as it does on a
// machine of its own with its clients. 100-byte records, batches of 1,000, SyncPolicy::kNone. Latencies are those of one
// record in a thousand, from Send() to its acknowledgement, with as many records under way as the buffer lets in: flat
// out, they say how long the queue is.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "bench/bench_agent.h"
#include "client/consumer.h"
#include "client/producer.h"

namespace streamhouse::bench {
namespace {

using std::chrono::steady_clock;

constexpr std::int64_t kRecords = 1'000'000;
constexpr std::size_t kRecordBytes = 100;
constexpr std::size_t kBatchRecords = 1'000;
constexpr std::int64_t kSampleEvery = 1'000;
constexpr std::size_t kBufferBytes = std::size_t{4} << 20;

class Latencies {
 public:
  void Note(steady_clock::duration latency) {
    const std::lock_guard lock(mutex_);
    milliseconds_.push_back(std::chrono::duration<double, std::milli>(latency).count());
  }
  double Percentile(double p) {
    const std::lock_guard lock(mutex_);
    if (milliseconds_.empty()) return 0;
    const auto at = milliseconds_.begin() + static_cast<std::ptrdiff_t>(p * (milliseconds_.size() - 1));
    std::nth_element(milliseconds_.begin(), at, milliseconds_.end());
    return *at;
  }

 private:
  std::mutex mutex_;
  std::vector<double> milliseconds_;  // guarded by mutex_
};

void SendAll(const BenchAgent& agent, std::int64_t records, Latencies& latencies) {
  const auto producer = client::Producer::Builder()
                            .broker(agent.Connect())
                            .batch_records(kBatchRecords)
                            .buffer_bytes(kBufferBytes)
                            .Build()
                            .value();
  const std::string value(kRecordBytes, 'x');
  for (std::int64_t i = 0; i < records; ++i) {
    client::DeliveryCallback note;
    if (i % kSampleEvery == 0) {
      note = [&latencies, sent_at = steady_clock::now()](const client::Result<client::Delivery>& result) {
        if (result.ok()) latencies.Note(steady_clock::now() - sent_at);
      };
    }
    static_cast<void>(producer->SendWithCallback("orders", {.value = value}, std::move(note)));
  }
  const std::size_t failed = producer->Close(std::chrono::minutes(1));
  metrics::Check(failed == 0, "records were not delivered");
}

void BM_Produce(benchmark::State& state) {
  const std::int64_t producers = state.range(0);
  Latencies latencies;
  for (auto _ : state) {
    const BenchAgent agent(static_cast<std::uint32_t>(state.range(1)));
    std::vector<std::jthread> senders;
    const auto start = steady_clock::now();
    for (std::int64_t i = 0; i < producers; ++i) {
      senders.emplace_back([&] { SendAll(agent, kRecords / producers, latencies); });
    }
    senders.clear();
    state.SetIterationTime(std::chrono::duration<double>(steady_clock::now() - start).count());
  }
  state.SetItemsProcessed(state.iterations() * kRecords);
  state.counters["p50_ms"] = latencies.Percentile(0.5);
  state.counters["p99_ms"] = latencies.Percentile(0.99);
}
BENCHMARK(BM_Produce)
    ->ArgNames({"producers", "partitions"})
    ->Args({1, 1})
    ->Args({1, 4})
    ->Args({2, 4})
    ->Args({4, 16})
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

void BM_Consume(benchmark::State& state) {
  const BenchAgent agent(static_cast<std::uint32_t>(state.range(0)));
  Latencies unused;
  SendAll(agent, kRecords, unused);
  for (auto _ : state) {
    const auto consumer = client::Consumer::Builder()
                              .broker(agent.Connect())
                              .topics({"orders"})
                              .offset_reset(client::OffsetReset::kEarliest)
                              .fetch_max_records(10'000)
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
