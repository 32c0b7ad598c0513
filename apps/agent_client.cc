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

Result<std::uint32_t> CountPartitions(client::Broker& broker, const AgentClientFlags& flags) {
  const auto described = broker.DescribeTopic(flags.topic, client::CallLimits::Within(kQuestionTimeout));
  if (described.ok()) return described.value().partitions;
  const Status& failure = described.status();
  if (failure.code() == StatusCode::kNotFound) {
    return Status(failure.code(), "the agent at " + flags.agent.ToString() + " has no topic \"" + flags.topic +
                                      "\" (--topic); `streamhouse agent --topic NAME:PARTITIONS` creates one");
  }
  if (failure.code() == StatusCode::kUnavailable || failure.code() == StatusCode::kDeadlineExceeded) {
    return Status(failure.code(), "cannot reach an agent at " + flags.agent.ToString() + " (--agent)");
  }
  return Status(failure.code(), "the agent at " + flags.agent.ToString() + " refuses: " + failure.message());
}

}  // namespace streamhouse::apps
