// A consumer that is far away and takes long for a record: invoices HOST:PORT FOLDER writes a file
// for each order, until it is killed. Its very first start is told so: invoices HOST:PORT FOLDER
// first
#include <chrono>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

#include "client/agent_broker/agent_broker.h"
#include "client/compression.h"
#include "client/consumer.h"
#include "client/offset_reset.h"
#include "metrics_core/status.h"

using namespace std::chrono_literals;
namespace client = streamhouse::client;
using streamhouse::metrics::Status;
using streamhouse::metrics::StatusCode;

namespace {

Status Run(const std::string& agent, const std::string& folder, client::OffsetReset without_offsets) {
  // The agent is behind a slow network, and orders come with scanned papers.
  auto broker = client::MakeAgentBroker({.address = agent,
                                         .connect_timeout = 30s,
                                         .response_message_bytes_max = 256 << 20,
                                         .fetch_compression = client::Compression::kZstd});
  if (!broker.ok()) return broker.status();
  client::ConsumerOptions options = {.topics = {"orders"}, .group = "invoices"};
  options.fetch.offset_reset = without_offsets;
  options.commit_mode = client::CommitMode::kManual;  // when the files are there
  // The records of one Poll() may take an hour. Members seldom come or go: few heartbeats suffice.
  options.group_options = {.heartbeat_interval = 10s, .session_timeout = 60s, .max_poll_interval = 1h};
  auto consumer = client::Consumer::Builder().broker(*broker).options(options).Build();
  if (!consumer.ok()) return consumer.status();
  while (true) {
    const auto polled = (*consumer)->Poll(10s);
    if (!polled.ok()) return polled.status();
    for (const auto& order : *polled) {
      const std::string name = folder + "/" + std::to_string(order.partition.partition) + "-" +
                               std::to_string(order.offset);  // the same for an order that comes again
      if (!(std::ofstream(name) << order.record.value << std::flush)) {
        return Status(StatusCode::kUnavailable, "cannot write " + name);
      }
      std::cout << "wrote " << name << std::endl;
    }
    if (polled->empty()) continue;
    if (Status committed = (*consumer)->Commit(); !committed.ok()) return committed;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bool is_first = argc == 4 && std::string_view(argv[3]) == "first";
  if (argc != 3 && !is_first) return std::cerr << "usage: invoices HOST:PORT FOLDER [first]\n", 1;
  // Invoices that were sent must not be sent again: later, a group without its offsets is an error.
  const auto without_offsets = is_first ? client::OffsetReset::kEarliest : client::OffsetReset::kNone;
  return std::cerr << Run(argv[1], argv[2], without_offsets).message() << "\n", 1;
}
