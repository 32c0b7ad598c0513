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

// Passes on what librdkafka tells the program. With an event_cb librdkafka itself logs nothing.
struct Events : RdKafka::EventCb {
  void event_cb(RdKafka::Event& event) override {
    switch (event.type()) {
      case RdKafka::Event::EVENT_STATS:
        if (const auto taken = metrics->OnStatistics(client->c_ptr(), event.str()); !taken.ok()) {
          std::cerr << taken.message() + "\n";  // also counted on the page
        }
        break;
      case RdKafka::Event::EVENT_ERROR:
        metrics->OnError(client->c_ptr(), static_cast<rd_kafka_resp_err_t>(event.err()));
        std::cerr << "error: " + event.str() + "\n";
        break;
      case RdKafka::Event::EVENT_LOG:  // also on threads of librdkafka
        std::cerr << event.fac() + ": " + event.str() + "\n";
        break;
      default:
        break;
    }
  }

  streamhouse::librdkafka::RdkafkaMetrics* metrics = nullptr;
  RdKafka::KafkaConsumer* client = nullptr;  // before the first poll
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
  if (const auto started = server.Start(); !started.ok()) return Fail(started.message());

  std::string error;
  Events events;
  const std::unique_ptr<RdKafka::Conf> conf(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));
  if (conf->set("statistics.interval.ms", "1000", error) != RdKafka::Conf::CONF_OK) return Fail(error);
  if (conf->set("event_cb", &events, error) != RdKafka::Conf::CONF_OK) return Fail(error);
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
  if (const auto refused = consumer->subscribe({argv[1]})) return Fail(RdKafka::err2str(refused));
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { stopped = 1; });
  std::cout << "http://127.0.0.1:" << server.port() << "/metrics" << std::endl;

  while (stopped == 0) {
    const std::unique_ptr<RdKafka::Message> message(consumer->consume(100));
    if (message->err() == RdKafka::ERR_NO_ERROR) {
      (*metrics)->OnConsumed(*message->c_ptr());
    } else if (message->err() != RdKafka::ERR__TIMED_OUT) {
      std::cerr << "error: " << message->errstr() << "\n";
    }
  }
  consumer->close();
  (*metrics)->Forget(consumer->c_ptr());
}
