#include "integrations/librdkafka/c_api.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "integrations/librdkafka/rdkafka_metrics.h"
#include "metrics_core/c_api/bridge.h"
#include "metrics_core/status.h"

struct streamhouse_rdkafka {
  std::unique_ptr<streamhouse::librdkafka::RdkafkaMetrics> metrics;
};

namespace {

using streamhouse::librdkafka::RdkafkaMetrics;

// What the contract forbids to be null.
template <typename T>
T& Given(T* pointer, std::string_view what) {
  if (pointer == nullptr) streamhouse::metrics::Fail("C API: " + std::string(what) + " is null");
  return *pointer;
}

RdkafkaMetrics& MetricsOf(streamhouse_rdkafka* metrics) {
  return *Given(metrics, "a streamhouse_rdkafka").metrics;
}

}  // namespace

streamhouse_status streamhouse_rdkafka_new(streamhouse_registry* registry, streamhouse_rdkafka** metrics) noexcept {
  streamhouse_rdkafka*& place = Given(metrics, "the place for a streamhouse_rdkafka");
  place = nullptr;
  auto made = RdkafkaMetrics::Register(streamhouse::metrics::RegistryOf(Given(registry, "a registry")));
  if (!made.ok()) return streamhouse::metrics::ToC(made.status());
  place = std::make_unique<streamhouse_rdkafka>(streamhouse_rdkafka{*std::move(made)}).release();
  return streamhouse::metrics::ToC(streamhouse::metrics::Status::Ok());
}

void streamhouse_rdkafka_free(streamhouse_rdkafka* metrics) noexcept {
  delete metrics;
}

streamhouse_status streamhouse_rdkafka_on_statistics(streamhouse_rdkafka* metrics, rd_kafka_t* client, const char* json,
                                                     size_t bytes) noexcept {
  const std::string_view document(&Given(json, "a document"), bytes);
  return streamhouse::metrics::ToC(MetricsOf(metrics).OnStatistics(&Given(client, "a client"), document));
}

void streamhouse_rdkafka_on_delivery(streamhouse_rdkafka* metrics, const rd_kafka_message_t* message) noexcept {
  MetricsOf(metrics).OnDelivery(Given(message, "a message"));
}

void streamhouse_rdkafka_on_consumed(streamhouse_rdkafka* metrics, const rd_kafka_message_t* message) noexcept {
  MetricsOf(metrics).OnConsumed(Given(message, "a message"));
}

void streamhouse_rdkafka_on_error(streamhouse_rdkafka* metrics, rd_kafka_t* client, int error) noexcept {
  MetricsOf(metrics).OnError(&Given(client, "a client"), static_cast<rd_kafka_resp_err_t>(error));
}

void streamhouse_rdkafka_on_rebalance(streamhouse_rdkafka* metrics, rd_kafka_t* client, rd_kafka_resp_err_t event,
                                      size_t partitions) noexcept {
  MetricsOf(metrics).OnRebalance(&Given(client, "a client"), event, partitions);
}

void streamhouse_rdkafka_on_pause(streamhouse_rdkafka* metrics, rd_kafka_t* client, const char* topic,
                                  int32_t partition) noexcept {
  MetricsOf(metrics).OnPause(&Given(client, "a client"), &Given(topic, "a topic"), partition);
}

void streamhouse_rdkafka_on_resume(streamhouse_rdkafka* metrics, rd_kafka_t* client, const char* topic,
                                   int32_t partition) noexcept {
  MetricsOf(metrics).OnResume(&Given(client, "a client"), &Given(topic, "a topic"), partition);
}

void streamhouse_rdkafka_forget(streamhouse_rdkafka* metrics, rd_kafka_t* client) noexcept {
  MetricsOf(metrics).Forget(&Given(client, "a client"));
}
