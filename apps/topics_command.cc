#include "apps/topics_command.h"

#include <fmt/core.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "apps/agent_client.h"
#include "apps/host_port.h"
#include "apps/output.h"
#include "apps/topic_spec.h"
#include "client/broker.h"

namespace streamhouse::apps {
namespace {

constexpr std::chrono::seconds kCallTimeout{30};

struct CreateFlags {
  HostPort agent = AgentClientFlags().agent;
  std::vector<TopicSpec> topics;
};

Status PrintTopic(const std::string& name, std::uint32_t partitions) {
  return PrintLine(fmt::format("topic={} partitions={}", name, partitions));
}

Status Create(const CreateFlags& flags) {
  auto broker = MakeBroker(flags.agent);
  if (!broker.ok()) return broker.status();
  for (const TopicSpec& topic : flags.topics) {
    const Status created =
        (*broker)->CreateTopic(topic.name, topic.partitions, client::CallLimits::Within(kCallTimeout));
    if (!created.ok()) return ExplainFailure(created, flags.agent);
    if (Status printed = PrintTopic(topic.name, topic.partitions); !printed.ok()) return printed;
  }
  return Status::Ok();
}

Status Describe(const AgentClientFlags& flags) {
  auto broker = MakeBroker(flags.agent);
  if (!broker.ok()) return broker.status();
  const Result<std::uint32_t> partitions = CountPartitions(**broker, flags);
  return partitions.ok() ? PrintTopic(flags.topic, partitions.value()) : partitions.status();
}

Command AddCreate(CLI::App& topics) {
  CLI::App& parser = *topics.add_subcommand("create", "Create topics");
  const auto flags = std::make_shared<CreateFlags>();
  AddHostPortFlag(parser, "--agent", flags->agent, "The agent's gRPC address");
  AddTopicSpecs(parser, "TOPIC", flags->topics, "The topics to create")->required();
  return {.parser = &parser, .run = [flags] { return Create(*flags); }};
}

Command AddDescribe(CLI::App& topics) {
  CLI::App& parser = *topics.add_subcommand("describe", "Print how many partitions a topic has");
  const auto flags = std::make_shared<AgentClientFlags>();
  AddAgentClientFlags(parser, *flags);
  return {.parser = &parser, .run = [flags] { return Describe(*flags); }};
}

}  // namespace

std::vector<Command> AddTopicsCommands(CLI::App& program) {
  CLI::App& topics = *program.add_subcommand("topics", "Create and describe the topics of a running agent");
  topics.require_subcommand(1);
  return {AddCreate(topics), AddDescribe(topics)};
}

}  // namespace streamhouse::apps
