// A producer and a consumer with metrics, against a running agent: orders HOST:PORT
//
// The agent needs the topic: streamhouse agent --data FOLDER --topic orders:2
#include <chrono>
#include <iostream>

#include "client/agent_broker/agent_broker.h"
#include "client/consumer.h"
#include "client/consumer_metrics.h"
#include "client/offset_reset.h"
#include "client/producer.h"
#include "client/producer_metrics.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

using namespace std::chrono_literals;
namespace client = streamhouse::client;
using streamhouse::metrics::Status;

namespace {

Status Run(const std::string& agent) {
  streamhouse::metrics::Registry registry;  // give it to a MetricsServer to see what follows on a page
  auto producer_metrics = client::ProducerMetrics::Register(registry);
  if (!producer_metrics.ok()) return producer_metrics.status();
  auto consumer_metrics = client::ConsumerMetrics::Register(registry);
  if (!consumer_metrics.ok()) return consumer_metrics.status();
  auto broker = client::MakeAgentBroker({.address = agent});
  if (!broker.ok()) return broker.status();

  auto producer = client::Producer::Builder().broker(*broker).metrics(*producer_metrics).Build();
  if (!producer.ok()) return producer.status();
  auto delivered = (*producer)->Send("orders", {.key = "customer-7", .value = "two apples"});
  if (Status flushed = (*producer)->Flush(10s); !flushed.ok()) return flushed;
  const auto delivery = delivered.get();
  if (!delivery.ok()) return delivery.status();
  std::cout << "sent to " << delivery.value().partition.ToString() << " at " << delivery.value().offset << "\n";

  auto consumer =
      client::Consumer::Builder()
          .broker(*broker)
          .metrics(*consumer_metrics)
          .options(
              {.topics = {"orders"}, .group = "billing", .fetch = {.offset_reset = client::OffsetReset::kEarliest}})
          .Build();
  if (!consumer.ok()) return consumer.status();
  const auto polled = (*consumer)->Poll(10s);
  if (!polled.ok()) return polled.status();
  for (const auto& record : polled.value()) std::cout << "got " << record.record.value << "\n";
  return (*consumer)->Close();  // commits what Poll() has returned
}

}  // namespace

int main(int argc, char** argv) {
  const Status done = Run(argc > 1 ? argv[1] : "127.0.0.1:9090");
  if (!done.ok()) std::cerr << done.message() << "\n";
  return done.ok() ? 0 : 1;
}
