#include "bench/kafka_producer.h"

#include <librdkafka/rdkafka.h>

#include <array>
#include <chrono>
#include <memory>
#include <thread>

#include "metrics_core/status.h"

namespace streamhouse::bench {
namespace {

using std::chrono::steady_clock;

struct Deliveries {
  Latencies& latencies;
  std::int64_t delivered = 0;  // by the thread that polls
};

// `opaque` of a record whose latency is noted: when it was sent.
void OnDelivery(rd_kafka_t* /*client*/, const rd_kafka_message_t* message, void* opaque) {
  auto& deliveries = *static_cast<Deliveries*>(opaque);
  metrics::Check(message->err == RD_KAFKA_RESP_ERR_NO_ERROR, "librdkafka has not delivered a record");
  ++deliveries.delivered;
  if (message->_private == nullptr) return;
  const std::unique_ptr<steady_clock::time_point> sent_at(static_cast<steady_clock::time_point*>(message->_private));
  deliveries.latencies.Note(steady_clock::now() - *sent_at);
}

void Set(rd_kafka_conf_t* conf, const char* name, const std::string& value) {
  std::array<char, 256> error;
  const auto set = rd_kafka_conf_set(conf, name, value.c_str(), error.data(), error.size());
  metrics::Check(set == RD_KAFKA_CONF_OK, error.data());
}

rd_kafka_t* MakeClient(const std::string& address, const KafkaLoad& load, Deliveries& deliveries) {
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  Set(conf, "bootstrap.servers", address);
  Set(conf, "log_level", "4");
  Set(conf, "enable.idempotence", load.idempotence);
  Set(conf, "batch.num.messages", std::to_string(load.batch_records));
  rd_kafka_conf_set_opaque(conf, &deliveries);
  rd_kafka_conf_set_dr_msg_cb(conf, OnDelivery);
  std::array<char, 256> error;
  rd_kafka_t* const client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error.data(), error.size());
  metrics::Check(client != nullptr, error.data());
  return client;
}

}  // namespace

void SendAllByLibrdkafka(const std::string& address, const KafkaLoad& load, Latencies& latencies) {
  Deliveries deliveries = {.latencies = latencies};
  rd_kafka_t* const client = MakeClient(address, load, deliveries);
  rd_kafka_topic_t* const topic = rd_kafka_topic_new(client, "orders", nullptr);
  std::jthread poller([client](const std::stop_token& stop) {
    while (!stop.stop_requested()) rd_kafka_poll(client, 10);
  });
  std::string value(load.record_bytes, 'x');
  for (std::int64_t i = 0; i < load.records; ++i) {
    const bool sampled = i % load.sample_every == 0;
    void* const sent_at = sampled ? new steady_clock::time_point(steady_clock::now()) : nullptr;
    const auto partition = static_cast<std::int32_t>(i % load.partitions);
    const int failed = rd_kafka_produce(topic, partition, RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK, value.data(),
                                        value.size(), nullptr, 0, sent_at);
    metrics::Check(failed == 0, "librdkafka has refused a record");
  }
  poller.request_stop();
  poller.join();
  metrics::Check(rd_kafka_flush(client, 60'000) == RD_KAFKA_RESP_ERR_NO_ERROR, "librdkafka has not flushed in time");
  metrics::Check(deliveries.delivered == load.records, "librdkafka has lost records");
  rd_kafka_topic_destroy(topic);
  rd_kafka_destroy(client);
}

}  // namespace streamhouse::bench
