// AddAgentFlags(), MakeBroker() and others: what the commands that talk to an agent have in common:
// the flags, the connection, the first question.
//
// Thread safety: none; the broker that it makes is for any thread.
// Errors: one line that names the agent's address, the file or the topic, and the flag that changes
// it.
#pragma once

#include <CLI/App.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "agent/agent_config.h"
#include "apps/flag_values.h"
#include "client/broker.h"
#include "client/group_operations.h"
#include "metrics_core/status.h"

namespace streamhouse::apps {

// How long a command waits for the response to a question, and for a call that may change
// something.
inline constexpr std::chrono::seconds kQuestionTimeout{10};
inline constexpr std::chrono::seconds kCallTimeout{30};

// Where an agent is, and how to speak to it. Paths of PEM files; without any, there is no TLS.
struct AgentFlags {
  SocketAddress address = HostPort{.host = "127.0.0.1", .port = agent::kGrpcPortDefault};
  std::string tls_ca = {};           // who vouches for the agent
  std::string tls_certificate = {};  // this client's, where the agent asks for one
  std::string tls_key = {};
  bool proxy_from_environment = false;
};

struct AgentClientFlags {
  AgentFlags agent;
  std::string topic;
};

// --agent, --tls-ca, --tls-cert, --tls-key and --proxy-from-environment; `flags` outlives the
// parser, here and below.
void AddAgentFlags(CLI::App& parser, AgentFlags& flags);

// Those and --topic.
void AddAgentClientFlags(CLI::App& parser, AgentClientFlags& flags);

// Neither waits for the agent.
metrics::Result<std::shared_ptr<client::Broker>> MakeBroker(const AgentFlags& agent);

metrics::Result<std::shared_ptr<client::GroupOperations>> MakeGroupOperations(const AgentFlags& agent);

// The failure of a call to the agent, in words for the person who gave the flags.
metrics::Status ExplainFailure(const metrics::Status& failure, const AgentFlags& agent);

// What the agent says of the topic. The first thing to ask: an agent that cannot be reached, or a
// topic that is not there, is noticed before anything else is begun.
metrics::Result<client::TopicDescription> DescribeTopic(client::Broker& broker, const AgentClientFlags& flags);
metrics::Result<std::uint32_t> CountPartitions(client::Broker& broker, const AgentClientFlags& flags);

}  // namespace streamhouse::apps
