// A consumer of Kafka with a page that shows its lag: rdkafka_consumer TOPIC [NAME=VALUE...]
//
// NAME=VALUE are settings of librdkafka: bootstrap.servers=127.0.0.1:9092 group.id=billing
#include <librdkafka/rdkafkacpp.h>

#include <csignal>
#include <iostream>
#include <memory>
#include <string>

#include "exporters/http/metrics_server.h"
#include "integrations/librdkafka/rdkafka_metrics.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"

namespace {

volatile std::sig_atomic_t stopped = 0;

// Passes on what librdkafka tells the program.
struct Events : RdKafka::EventCb {
  void event_cb(RdKafka::Event& event) override {
    if (event.type() == RdKafka::Event::EVENT_STATS && !metrics->OnStatistics(client->c_ptr(), event.str()).ok()) {
      std::cerr << "statistics that cannot be read\n";  // also counted on the page
    }
    if (event.type() == RdKafka::Event::EVENT_ERROR) {
      metrics->OnError(client->c_ptr(), static_cast<rd_kafka_resp_err_t>(event.err()));
    }
  }

  streamhouse::librdkafka::RdkafkaMetrics* metrics = nullptr;
  RdKafka::KafkaConsumer* client = nullptr;
};

int Fail(const std::string& error) {
  std::cerr << error << "\n";
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return Fail("usage: rdkafka_consumer TOPIC [NAME=VALUE...]");
  streamhouse::metrics::Registry registry;
  const streamhouse::metrics::Health health;
  auto metrics = streamhouse::librdkafka::RdkafkaMetrics::Register(registry);
  if (!metrics.ok()) return Fail(metrics.status().message());
  streamhouse::exporters::MetricsServer server(registry, health, {.host = "127.0.0.1", .port = 0});
  if (!server.Start().ok()) return Fail("no port");

  std::string error;
  Events events;
  const std::unique_ptr<RdKafka::Conf> conf(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));
  conf->set("statistics.interval.ms", "1000", error);
  conf->set("event_cb", &events, error);
  for (int i = 2; i < argc; ++i) {
    const std::string setting = argv[i];
    const std::size_t sign = setting.find('=');
    if (sign == std::string::npos) return Fail(setting + ": not NAME=VALUE");
    if (conf->set(setting.substr(0, sign), setting.substr(sign + 1), error) != RdKafka::Conf::CONF_OK)
      return Fail(error);
  }
  const std::unique_ptr<RdKafka::KafkaConsumer> consumer(RdKafka::KafkaConsumer::create(conf.get(), error));
  if (consumer == nullptr) return Fail(error);
  events.metrics = metrics->get();
  events.client = consumer.get();
  consumer->subscribe({argv[1]});
  std::signal(SIGINT, [](int) { stopped = 1; });
  std::cout << "http://127.0.0.1:" << server.port() << "/metrics" << std::endl;

  while (stopped == 0) {
    const std::unique_ptr<RdKafka::Message> message(consumer->consume(100));
    if (message->err() == RdKafka::ERR_NO_ERROR) (*metrics)->OnConsumed(*message->c_ptr());
  }
  consumer->close();
  (*metrics)->Forget(consumer->c_ptr());
}
