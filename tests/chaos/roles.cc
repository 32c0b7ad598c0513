#include "tests/chaos/roles.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "agent/agent.h"
#include "agent/agent_config.h"
#include "agent/log/file_system.h"
#include "agent/testing/faulty_file_system.h"
#include "client/agent_broker/agent_broker.h"
#include "client/consumer.h"
#include "client/producer.h"
#include "tests/chaos/group_reader.h"

namespace streamhouse::chaos {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Enough to outlast a restart, not enough to hide that an agent stays unreachable.
constexpr client::RetryPolicy kPatient = {
    .max_retries = 30, .initial_backoff = milliseconds(20), .max_backoff = milliseconds(300)};
constexpr std::size_t kBufferBytes = std::size_t{4} << 20;
constexpr std::size_t kBatchBytes = std::size_t{64} << 10;

std::shared_ptr<client::Broker> Connect(const std::string& address) {
  return client::MakeAgentBroker({.address = address, .connect_timeout = seconds(2)}).value();
}

std::unique_ptr<client::Producer> MakeProducer(const std::string& address) {
  return client::Producer::Builder()
      .broker(Connect(address))
      .options({.retry_policy = kPatient,
                .batch_bytes = kBatchBytes,
                .buffer_bytes = kBufferBytes,
                .linger = milliseconds(5),
                .request_timeout = seconds(5)})
      .Build()
      .value();
}

std::unique_ptr<client::Consumer> JoinGroup(const std::string& address) {
  auto built = client::Consumer::Builder()
                   .broker(Connect(address))
                   .options({.topics = {kTopic},
                             .group = kGroup,
                             .fetch = {.request_timeout = seconds(5), .offset_reset = client::OffsetReset::kEarliest},
                             .auto_commit_interval = milliseconds(200),
                             .group_options = {.heartbeat_interval = milliseconds(200), .session_timeout = seconds(2)}})
                   .Build();
  return built.ok() ? *std::move(built) : nullptr;
}

// Commits by hand are reported to the ledger; automatic commits are not.
constexpr int kPollsPerCommit = 10;

// Where the member stands in each of its partitions.
std::map<std::uint32_t, std::uint64_t> Positions(const client::Consumer& consumer) {
  std::map<std::uint32_t, std::uint64_t> positions;
  for (const auto& [topic, partition] : consumer.Assignment()) {
    if (const auto position = consumer.Position(topic, partition); position.ok()) positions[partition] = *position;
  }
  return positions;
}

agent::DiskState DiskStateOf(const std::string& word) {
  if (word == "slow") return agent::DiskState::kSlow;
  return word == "broken" ? agent::DiskState::kBroken : agent::DiskState::kWell;
}

void Print(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

}  // namespace

int ServeForEver(const std::string& folder, std::uint16_t port, agent::SyncPolicy sync_policy) {
  // A write beyond the limit on file sizes, which stands for a full disk, is to fail, not to end
  // the process.
  ::signal(SIGXFSZ, SIG_IGN);
  agent::AgentConfig config = {.data_folder = folder};
  config.agent_id = kAgentId;
  config.grpc_port = port;
  config.topics = {{.name = kTopic, .partitions = kPartitions}};
  config.segment_bytes = kSegmentBytes;
  config.sync_policy = sync_policy;
  config.sync_interval = milliseconds(1'000);
  config.lease = {.duration = milliseconds(1'000),
                  .renew_interval = milliseconds(300),
                  .safety_margin = milliseconds(200),
                  .retry_interval = milliseconds(50)};
  agent::FaultyFileSystem files(agent::PosixFileSystem(), milliseconds(150));
  const auto agent = agent::Agent::Make(config, {.files = &files}).value();
  if (const auto started = agent->Start(); !started.ok()) {
    std::fprintf(stderr, "%s\n", started.message().c_str());
    return 1;
  }
  Print("ready " + std::to_string(agent->grpc_port()));
  for (std::string line; std::getline(std::cin, line);) {
    const auto* const cut = std::find(kPowerCuts.begin(), kPowerCuts.end(), line);
    if (cut == kPowerCuts.end()) {
      files.Switch(DiskStateOf(line));
    } else {
      files.LosePower(static_cast<agent::Leftover>(cut - kPowerCuts.begin()));
    }
    Print(line);
  }
  for (;;) ::pause();
}

int ProduceForEver(const std::string& address, const std::string& name) {
  const auto producer = MakeProducer(address);
  std::mutex mutex;
  for (std::uint64_t number = 0;; ++number) {
    std::string value = Ledger::Value(name, number);
    const auto print = [&mutex, value](const client::Result<client::Delivery>& result) {
      if (!result.ok()) return;
      const client::Delivery& delivery = result.value();
      const std::lock_guard lock(mutex);
      std::printf("%u %llu %s\n", delivery.partition.partition, static_cast<unsigned long long>(delivery.offset),
                  value.c_str());
      std::fflush(stdout);
    };
    static_cast<void>(producer->SendWithCallback(kTopic, {.value = value}, print));
  }
}

void Produce(const std::string& address, const std::string& name, const std::stop_token& stop, Ledger& ledger) {
  const auto producer = MakeProducer(address);
  for (std::uint64_t number = 0; !stop.stop_requested(); ++number) {
    std::string value = Ledger::Value(name, number);
    const auto note = [&ledger, value](const client::Result<client::Delivery>& result) {
      if (result.ok()) {
        ledger.NoteAcknowledged(result.value().partition.partition, result.value().offset, value);
      } else {
        ledger.NoteFailed();
      }
    };
    if (!producer->SendWithCallback(kTopic, {.value = value}, note).ok()) ledger.NoteFailed();
    // A few thousand records a second leave the faults more than the ledger to slow things down.
    if (number % 100 == 99) static_cast<void>(producer->Flush(seconds(10)));
  }
  producer->Close(seconds(30));
}

int ConsumeForEver(const std::string& address) {
  std::unique_ptr<client::Consumer> consumer;
  while (consumer == nullptr) consumer = JoinGroup(address);
  for (int polls = 1;; ++polls) {
    const auto polled = consumer->Poll(milliseconds(100));
    if (!polled.ok()) continue;
    for (const client::ConsumedRecord& record : polled.value()) {
      Print(std::to_string(record.partition.partition) + " " + std::to_string(record.offset) + " " +
            std::string(record.record.value));
    }
    if (polls % kPollsPerCommit != 0 || !consumer->Commit().ok()) continue;
    for (const auto& [partition, offset] : Positions(*consumer)) {
      Print("commit " + std::to_string(partition) + " " + std::to_string(offset));
    }
  }
}

void Consume(const std::string& address, const std::stop_token& stop, Ledger& ledger) {
  // Building needs the agent, which may be dead just now.
  std::unique_ptr<client::Consumer> consumer;
  while (consumer == nullptr && !stop.stop_requested()) consumer = JoinGroup(address);
  GroupReader reader(ledger);
  for (int polls = 1; !stop.stop_requested(); ++polls) {
    reader.BeforePoll();
    const auto polled = consumer->Poll(milliseconds(100));
    std::vector<std::uint32_t> partitions;
    for (const client::TopicPartition& partition : consumer->Assignment()) partitions.push_back(partition.partition);
    reader.Follow(partitions);
    if (!polled.ok() || polled.value().empty()) reader.NothingGiven();
    if (!polled.ok()) continue;
    for (const client::ConsumedRecord& record : polled.value()) {
      reader.Given(record.partition.partition, record.offset, std::string(record.record.value));
    }
    if (polls % kPollsPerCommit != 0 || !consumer->Commit().ok()) continue;
    for (const auto& [partition, offset] : Positions(*consumer)) reader.NoteCommitted(partition, offset);
  }
  if (consumer != nullptr) static_cast<void>(consumer->Close());
}

}  // namespace streamhouse::chaos
