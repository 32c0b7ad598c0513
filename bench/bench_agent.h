// BenchAgent: an agent of this process, in a folder that goes with it, for benches of the whole
// data path.
//
// When to use something else: DiscardingBroker, to measure a producer alone.
// Guarantees:
// 1. It serves the topic "orders" on a port that the kernel has picked, as long as it lives.
// 2. A start that fails ends the program.
// Thread safety: Connect from any thread.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "agent/agent.h"
#include "agent/agent_config.h"
#include "client/agent_broker/agent_broker.h"
#include "client/broker.h"
#include "metrics_core/status.h"

namespace streamhouse::bench {

class ScratchFolder {
 public:
  ScratchFolder() {
    path_ = (std::filesystem::temp_directory_path() / "dataplane_XXXXXX").string();
    metrics::Check(::mkdtemp(path_.data()) != nullptr, "no temporary folder");
  }
  ~ScratchFolder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class BenchAgent {
 public:
  explicit BenchAgent(std::uint32_t partitions) {
    agent::AgentConfig config = {.data_folder = folder_.path()};
    config.grpc_port = 0;
    config.sync_policy = agent::SyncPolicy::kNone;  // what is measured is the agent, not the disk
    config.topics = {{.name = "orders", .partitions = partitions}};
    agent_ = agent::Agent::Make(config).value();
    const auto started = agent_->Start();
    metrics::Check(started.ok(), started.message());
  }

  std::shared_ptr<client::Broker> Connect() const {
    return client::MakeAgentBroker({.address = "127.0.0.1:" + std::to_string(agent_->grpc_port())}).value();
  }

 private:
  ScratchFolder folder_;
  std::unique_ptr<agent::Agent> agent_;
};

}  // namespace streamhouse::bench
