// AgentClient: what the commands that talk to an agent have in common: the flags, the connection, the first question.
//
// Thread safety: none; the broker that it makes is for any thread.
// Errors: one line that names the agent's address or the topic, and the flag that changes it.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "apps/host_port.h"
#include "client/broker.h"
#include "metrics_core/status.h"

namespace streamhouse::apps {

struct AgentClientFlags {
  HostPort agent = {.host = "127.0.0.1", .port = 9090};
  std::string topic;
};

// --agent and --topic; `flags` outlives the parser.
void AddAgentClientFlags(CLI::App& parser, AgentClientFlags& flags);

// Does not wait for the agent.
metrics::Result<std::shared_ptr<client::Broker>> MakeBroker(const HostPort& agent);

// The failure of a call to the agent, in words for whoever gave the flags.
metrics::Status ExplainFailure(const metrics::Status& failure, const HostPort& agent);

// How many partitions the topic has. The first thing to ask: an agent that cannot be reached, or a topic that is not
// there, is noticed before anything else is begun.
metrics::Result<std::uint32_t> CountPartitions(client::Broker& broker, const AgentClientFlags& flags);

}  // namespace streamhouse::apps
