#include "apps/agent_client.h"

#include <chrono>

#include "client/agent_broker/agent_broker.h"

namespace streamhouse::apps {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

namespace {

constexpr std::chrono::seconds kQuestionTimeout{10};

}  // namespace

void AddAgentClientFlags(CLI::App& parser, AgentClientFlags& flags) {
  AddHostPortFlag(parser, "--agent", flags.agent, "The agent's gRPC address");
  parser.add_option("--topic", flags.topic, "The topic")->required()->type_name("NAME");
}

Result<std::shared_ptr<client::Broker>> MakeBroker(const HostPort& agent) {
  return client::MakeAgentBroker({.address = agent.ToString()});
}

Status ExplainFailure(const Status& failure, const HostPort& agent) {
  if (failure.code() == StatusCode::kUnavailable || failure.code() == StatusCode::kDeadlineExceeded) {
    return {failure.code(), "cannot reach an agent at " + agent.ToString() + " (--agent)"};
  }
  return {failure.code(), "the agent at " + agent.ToString() + " refuses: " + failure.message()};
}

Result<std::uint32_t> CountPartitions(client::Broker& broker, const AgentClientFlags& flags) {
  const auto described = broker.DescribeTopic(flags.topic, client::CallLimits::Within(kQuestionTimeout));
  if (described.ok()) return described.value().partitions;
  if (described.status().code() != StatusCode::kNotFound) return ExplainFailure(described.status(), flags.agent);
  return Status(StatusCode::kNotFound, "the agent at " + flags.agent.ToString() + " has no topic \"" + flags.topic +
                                           "\" (--topic); `streamhouse topics create NAME:PARTITIONS` creates one");
}

}  // namespace streamhouse::apps
