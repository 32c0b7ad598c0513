#include "apps/agent_command.h"

#include <fmt/core.h>
#include <signal.h>

#include <CLI/Error.hpp>
#include <charconv>
#include <memory>
#include <string>
#include <vector>

#include "agent/agent_config.h"
#include "apps/output.h"
#include "apps/serving_agent.h"
#include "apps/shutdown_signal.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"

namespace streamhouse::apps {
namespace {

constexpr const char* kTopicFlag = "--topic";

agent::TopicInfo ParseTopic(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  agent::TopicInfo topic;
  if (colon != std::string::npos) {
    topic.name = text.substr(0, colon);
    const char* const end = text.data() + text.size();
    const auto [parsed_to, error] = std::from_chars(text.data() + colon + 1, end, topic.partitions);
    if (error == std::errc() && parsed_to == end && topic.partitions > 0 && !topic.name.empty()) return topic;
  }
  throw CLI::ValidationError(kTopicFlag, "\"" + text + "\" is not NAME:PARTITIONS with at least one partition");
}

Status Serve(const ServingAgentFlags& flags) {
  const ShutdownSignal shutdown;
  // An agent does not end because the reader of its three lines has.
  ::signal(SIGPIPE, SIG_IGN);
  metrics::Registry registry;
  metrics::Health health;
  const Result<std::unique_ptr<ServingAgent>> agent = ServingAgent::Start(flags, registry, health);
  if (!agent.ok()) return agent.status();
  const ServingAgent& serving = *agent.value();
  const Status printed =
      PrintLine(fmt::format("grpc={}\nhttp={}\nready", serving.grpc().ToString(), serving.http().ToString()));
  if (!printed.ok()) return printed;
  shutdown.Wait();
  return Status::Ok();
}

}  // namespace

Command AddAgentCommand(CLI::App& program) {
  CLI::App& parser = *program.add_subcommand("agent", "Serve producers and consumers");
  const auto flags = std::make_shared<ServingAgentFlags>();
  parser.add_option("--data", flags->data_folder, "The folder that keeps records and metadata; made when missing")
      ->required()
      ->type_name("DIR");
  AddAddressFlags(parser, *flags);
  const auto add_topics = [flags](const std::vector<std::string>& texts) {
    for (const std::string& text : texts) flags->topics.push_back(ParseTopic(text));
  };
  parser.add_option_function<std::vector<std::string>>(kTopicFlag, add_topics, "A topic to create when it is missing")
      ->type_name("NAME:PARTITIONS")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  parser
      .add_option("--exporter", flags->exporters,
                  "Where else metrics go, for example textfile:///var/lib/node_exporter/agent.prom")
      ->type_name("SPEC")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  return {.parser = &parser, .run = [flags] { return Serve(*flags); }};
}

}  // namespace streamhouse::apps
