// What the adapter of librdkafka costs a program that uses librdkafka.
//
// The documents and messages are those of librdkafka itself, against its mock cluster. Of a
// producer at 100,000 records/s, the processor time of the whole process is compared, with metrics
// and without, in turns; the cluster is another process.
#include <benchmark/benchmark.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <time.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "bench/mock_kafka.h"
#include "bench/pairs.h"
#include "integrations/librdkafka/rdkafka_metrics.h"
#include "integrations/librdkafka/statistics.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::bench {
namespace {

using librdkafka::RdkafkaMetrics;
using std::chrono::steady_clock;

constexpr std::int64_t kRecords = 200'000;
constexpr std::int64_t kRecordsPerSecond = 100'000;
constexpr std::int64_t kBurstRecords = 200;
constexpr std::size_t kRecordBytes = 100;
constexpr int kPartitions = 200;

// What a client calls back; any of them may be missing.
struct Calls {
  std::function<void(rd_kafka_t*, const rd_kafka_message_t&)> delivery = {};
  std::function<void(rd_kafka_t*, std::string_view)> statistics = {};
};

void OnDelivery(rd_kafka_t* client, const rd_kafka_message_t* message, void* opaque) {
  const Calls& calls = *static_cast<Calls*>(opaque);
  if (calls.delivery) calls.delivery(client, *message);
}

int OnStatistics(rd_kafka_t* client, char* json, std::size_t bytes, void* opaque) {
  const Calls& calls = *static_cast<Calls*>(opaque);
  if (calls.statistics) calls.statistics(client, {json, bytes});
  return 0;
}

struct ClientDeleter {
  void operator()(rd_kafka_t* client) const { rd_kafka_destroy(client); }
};
using Client = std::unique_ptr<rd_kafka_t, ClientDeleter>;

Client MakeClient(rd_kafka_type_t type, const std::string& address, const std::string& interval_ms, Calls& calls) {
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  std::array<char, 256> error = {};
  const auto set = [&](const char* name, const std::string& value) {
    const auto done = rd_kafka_conf_set(conf, name, value.c_str(), error.data(), error.size());
    metrics::Check(done == RD_KAFKA_CONF_OK, error.data());
  };
  set("bootstrap.servers", address);
  set("log_level", "0");  // what goes wrong ends the bench
  set("statistics.interval.ms", interval_ms);
  if (type == RD_KAFKA_CONSUMER) set("group.id", "billing");
  rd_kafka_conf_set_opaque(conf, &calls);
  if (type == RD_KAFKA_PRODUCER) rd_kafka_conf_set_dr_msg_cb(conf, OnDelivery);
  rd_kafka_conf_set_stats_cb(conf, OnStatistics);
  Client client(rd_kafka_new(type, conf, error.data(), error.size()));
  metrics::Check(client != nullptr, error.data());
  return client;
}

double ProcessorSeconds() {
  timespec used = {};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / std::nano::den;
}

// Processor time of this process, for kRecords at kRecordsPerSecond.
double SendPaced(const std::string& address, const std::string& interval_ms, Calls& calls) {
  const Client client = MakeClient(RD_KAFKA_PRODUCER, address, interval_ms, calls);
  rd_kafka_topic_t* const topic = rd_kafka_topic_new(client.get(), "orders", nullptr);
  std::string value(kRecordBytes, 'x');
  const double before = ProcessorSeconds();
  const auto start = steady_clock::now();
  for (std::int64_t i = 0; i < kRecords; ++i) {
    const auto partition = static_cast<std::int32_t>(i % kMockKafkaPartitions);
    const int failed =
        rd_kafka_produce(topic, partition, RD_KAFKA_MSG_F_COPY, value.data(), value.size(), nullptr, 0, nullptr);
    metrics::Check(failed == 0, "librdkafka has refused a record");
    if (i % kBurstRecords != 0) continue;
    // The wait for the moment of the next records serves callbacks.
    const auto next = start + std::chrono::nanoseconds(std::nano::den * i / kRecordsPerSecond);
    do rd_kafka_poll(client.get(), 1);
    while (steady_clock::now() < next);
  }
  metrics::Check(rd_kafka_flush(client.get(), 60'000) == RD_KAFKA_RESP_ERR_NO_ERROR, "librdkafka has not flushed");
  const double used = ProcessorSeconds() - before;
  rd_kafka_topic_destroy(topic);
  return used;
}

void BM_ProducerProcessorTime(benchmark::State& state) {
  const MockKafka cluster;
  metrics::Registry registry;
  const auto metrics = RdkafkaMetrics::Register(registry).value();
  Calls with = {
      .delivery = [&](rd_kafka_t*, const rd_kafka_message_t& message) { metrics->OnDelivery(message); },
      .statistics = [&](rd_kafka_t* client,
                        std::string_view json) { benchmark::DoNotOptimize(metrics->OnStatistics(client, json).ok()); },
  };
  // A program that has callbacks of its own, which take the same calls.
  std::uint64_t delivered = 0;
  Calls without = {
      .delivery = [&](rd_kafka_t*, const rd_kafka_message_t& message) { delivered += message.err == 0 ? 1 : 0; },
      .statistics = {},
  };
  Pairs seconds;
  for (auto _ : state) {
    seconds = MeasurePairs([&](Turn turn) {
      return turn == Turn::kWith ? SendPaced(cluster.address(), "1000", with)
                                 : SendPaced(cluster.address(), "0", without);
    });
  }
  state.counters["with_cpu_ms"] = 1000 * Median(seconds.with);
  state.counters["without_cpu_ms"] = 1000 * Median(seconds.without);
  ReportRatio(state, seconds);
}
BENCHMARK(BM_ProducerProcessorTime)->Iterations(1)->Repetitions(1)->UseRealTime()->Unit(benchmark::kMillisecond);

std::size_t ActivePartitions(std::string_view json) {
  const auto statistics = librdkafka::ParseStatistics(json);
  metrics::Check(statistics.ok(), statistics.status().message());
  std::size_t active = 0;
  for (const librdkafka::TopicStatistics& topic : statistics->topics) {
    for (const librdkafka::PartitionStatistics& partition : topic.partitions) active += partition.is_active ? 1 : 0;
  }
  return active;
}

// A document of librdkafka, of a consumer that reads kPartitions partitions of a topic. The
// consumer has ended: it would make further documents while they are measured.
std::string WideDocument() {
  std::string document;
  Calls calls = {.statistics = [&](rd_kafka_t*, std::string_view json) { document = json; }};
  const Client owner(rd_kafka_new(RD_KAFKA_PRODUCER, nullptr, nullptr, 0));
  rd_kafka_mock_cluster_t* const cluster = rd_kafka_mock_cluster_new(owner.get(), 1);
  rd_kafka_mock_topic_create(cluster, "orders", kPartitions, 1);
  Client client = MakeClient(RD_KAFKA_CONSUMER, rd_kafka_mock_cluster_bootstraps(cluster), "100", calls);
  rd_kafka_topic_partition_list_t* const partitions = rd_kafka_topic_partition_list_new(kPartitions);
  rd_kafka_topic_partition_list_add_range(partitions, "orders", 0, kPartitions - 1);
  rd_kafka_assign(client.get(), partitions);
  rd_kafka_topic_partition_list_destroy(partitions);
  const auto deadline = steady_clock::now() + std::chrono::seconds(60);
  while (document.empty() || ActivePartitions(document) < kPartitions) {
    metrics::Check(steady_clock::now() < deadline, "the consumer does not fetch all partitions");
    rd_kafka_poll(client.get(), 100);
  }
  client.reset();
  rd_kafka_mock_cluster_destroy(cluster);
  return document;
}

void BM_ParseStatistics(benchmark::State& state) {
  const std::string document = WideDocument();
  for (auto _ : state) benchmark::DoNotOptimize(librdkafka::ParseStatistics(document));
  state.counters["document_bytes"] = static_cast<double>(document.size());
}
BENCHMARK(BM_ParseStatistics)->Unit(benchmark::kMicrosecond);

// Parsed and recorded: what the thread that polls does once an interval.
void BM_TakeStatistics(benchmark::State& state) {
  const std::string document = WideDocument();
  // Its settings are asked for once.
  const Client client(rd_kafka_new(RD_KAFKA_CONSUMER, nullptr, nullptr, 0));
  metrics::Registry registry;
  const auto metrics = RdkafkaMetrics::Register(registry).value();
  for (auto _ : state) benchmark::DoNotOptimize(metrics->OnStatistics(client.get(), document).ok());
  state.counters["ms"] = benchmark::Counter(static_cast<double>(state.iterations()) / std::milli::den,
                                            benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(BM_TakeStatistics)->Unit(benchmark::kMicrosecond);

// One delivery report, which the bench is given again and again.
void BM_Delivery(benchmark::State& state) {
  metrics::Registry registry;
  const auto metrics = RdkafkaMetrics::Register(registry).value();
  Calls calls;
  calls.delivery = [&](rd_kafka_t*, const rd_kafka_message_t& message) {
    for (auto _ : state) metrics->OnDelivery(message);
  };
  const Client owner(rd_kafka_new(RD_KAFKA_PRODUCER, nullptr, nullptr, 0));
  rd_kafka_mock_cluster_t* const cluster = rd_kafka_mock_cluster_new(owner.get(), 1);
  {
    const Client client = MakeClient(RD_KAFKA_PRODUCER, rd_kafka_mock_cluster_bootstraps(cluster), "0", calls);
    std::string value = "abc";
    rd_kafka_producev(client.get(), RD_KAFKA_V_TOPIC("orders"), RD_KAFKA_V_VALUE(value.data(), value.size()),
                      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
    rd_kafka_flush(client.get(), 60'000);
  }
  rd_kafka_mock_cluster_destroy(cluster);
}
BENCHMARK(BM_Delivery);

}  // namespace
}  // namespace streamhouse::bench
