// A program whose threads must not wait for its records: clicks HOST:PORT sends each line of its
// input, as a web server sends the clicks of its visitors. A click is lost rather than a page late.
#include <atomic>
#include <chrono>
#include <iostream>
#include <string>

#include "client/agent_broker/agent_broker.h"
#include "client/broker.h"
#include "client/producer.h"
#include "metrics_core/status.h"

using namespace std::chrono_literals;
namespace client = streamhouse::client;
using streamhouse::metrics::Status;

namespace {

Status Run(const std::string& agent) {
  // Clicks that waited through a restart of the agent go in few requests, of up to batch_bytes.
  auto broker = client::MakeAgentBroker({.address = agent, .request_message_bytes_max = 16 << 20});
  if (!broker.ok()) return broker.status();
  // Connects before the first visitor comes.
  const auto topic = (*broker)->DescribeTopic("clicks", client::CallLimits::Within(10s));
  if (!topic.ok()) return topic.status();

  client::ProducerOptions options;
  options.batch_bytes = 8 << 20;
  options.max_block = 20ms;  // how much later a page may be for its click
  // Outlasts a restart of the agent: the delays double from 50 ms to 12.8 s, about 25 s in all.
  options.retry_policy = {.max_retries = 9, .initial_backoff = 50ms};
  auto producer = client::Producer::Builder().broker(*broker).options(options).Build();
  if (!producer.ok()) return producer.status();

  std::atomic<int> sent = 0;
  std::atomic<int> lost = 0;
  for (std::string click; std::getline(std::cin, click);) {
    // Relaxed, here and below: a count orders nothing, and Close() comes after all callbacks.
    const auto count = [&](const auto& delivery) {
      (delivery.ok() ? sent : lost).fetch_add(1, std::memory_order_relaxed);
    };
    const auto taken = (*producer)->SendWithCallback("clicks", {.key = {}, .value = click}, count);
    if (!taken.ok()) count(taken);
  }
  (*producer)->Close(client::Producer::kCloseTimeout);
  // Relaxed: as above.
  std::cout << "sent=" << sent.load(std::memory_order_relaxed) << " lost=" << lost.load(std::memory_order_relaxed)
            << std::endl;
  return Status::Ok();
}

}  // namespace

int main(int argc, char** argv) {
  const Status done = Run(argc > 1 ? argv[1] : "127.0.0.1:9090");
  if (!done.ok()) std::cerr << done.message() << "\n";
  return done.ok() ? 0 : 1;
}
