#include "apps/agent_command.h"

#include <fmt/core.h>
#include <signal.h>

#include <memory>

#include "apps/output.h"
#include "apps/serving_agent.h"
#include "apps/shutdown_signal.h"
#include "apps/topic_spec.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"

namespace streamhouse::apps {
namespace {

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
  AddTopicSpecs(parser, "--topic", flags->topics, "A topic to create when it is missing");
  parser
      .add_option("--exporter", flags->exporters,
                  "Where else metrics go, for example textfile:///var/lib/node_exporter/agent.prom")
      ->type_name("SPEC")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  return {.parser = &parser, .run = [flags] { return Serve(*flags); }};
}

}  // namespace streamhouse::apps
