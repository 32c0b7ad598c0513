#include <fmt/core.h>
#include <signal.h>

#include <CLI/App.hpp>
#include <CLI/Error.hpp>
#include <CLI/Validators.hpp>
#include <memory>
#include <string>

#include "agent/agent_config.h"
#include "agent/metadata/make_metadata_store.h"
#include "agent/operator_log.h"
#include "apps/commands.h"
#include "apps/config_file.h"
#include "apps/flag_values.h"
#include "apps/open_file_limit.h"
#include "apps/output.h"
#include "apps/serving_agent.h"
#include "apps/shutdown_signal.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"

namespace streamhouse::apps {
namespace {

struct AgentCommandFlags {
  ServingAgentFlags serving;
  agent::OperatorLogOptions log;
};

Status Serve(const AgentCommandFlags& flags) {
  agent::ConfigureOperatorLog(flags.log);
  const ShutdownSignal shutdown;
  RaiseOpenFileLimit();
  // An agent does not end because the reader of its three lines has.
  ::signal(SIGPIPE, SIG_IGN);
  // Nor because a file has grown as far as it may (ulimit -f): that is a full disk, which refuses a
  // write.
  ::signal(SIGXFSZ, SIG_IGN);
  metrics::Registry registry({.creation_times = metrics::CreationTimes::kKept});
  metrics::Health health;
  const Result<std::unique_ptr<ServingAgent>> agent = ServingAgent::Start(flags.serving, registry, health);
  if (!agent.ok()) return agent.status();
  const ServingAgent& serving = *agent.value();
  const Status printed =
      PrintLine(fmt::format("grpc={}\nhttp={}\nready", serving.grpc().ToString(), serving.http().ToString()));
  if (!printed.ok()) return printed;
  shutdown.Wait();
  return agent.value()->Stop();
}

void AddTlsFlags(CLI::App& parser, agent::TlsFiles& tls) {
  parser
      .add_option("--tls-cert", tls.certificate,
                  "Serve gRPC with TLS: the certificate, and those that vouch for it, PEM")
      ->type_name("FILE");
  parser.add_option("--tls-key", tls.key, "Its private key, PEM")->type_name("FILE");
  parser
      .add_option("--tls-client-ca", tls.client_ca,
                  "Let in only clients with a certificate of these authorities, PEM; everybody by default")
      ->type_name("FILE");
}

void AddMetadataFlags(CLI::App& parser, ServingAgentFlags& flags) {
  const auto set_metadata = [&flags](const std::string& line) {
    if (Status known = agent::CheckMetadataLine(line); !known.ok()) {
      throw CLI::ValidationError("--metadata", known.message());
    }
    flags.metadata = line;
  };
  parser
      .add_option_function<std::string>("--metadata", set_metadata,
                                        "Where topics, leases and committed offsets are: sqlite:///PATH, or memory: "
                                        "for tests; by default in metadata.db in DIR")
      ->type_name("LINE");
  parser.add_option("--id", flags.id, "The name of this agent in leases")->type_name("NAME")->capture_default_str();
}

void AddReserveFlag(CLI::App& parser, ServingAgentFlags& flags) {
  parser
      .add_option("--reserve-bytes", flags.reserve_bytes,
                  "Of the disk, kept for metadata, so that a full disk is read from nevertheless; 0: none")
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false).description(""))
      ->type_name("SIZE")
      ->default_str(fmt::format("{}MiB", flags.reserve_bytes >> 20));
}

void AddSyncFlags(CLI::App& parser, ServingAgentFlags& flags) {
  AddChoiceFlag(parser, "--sync", flags.sync,
                {{"each-batch", agent::SyncPolicy::kEachBatch},
                 {"interval", agent::SyncPolicy::kInterval},
                 {"none", agent::SyncPolicy::kNone}},
                "When records are forced to the disk, for the loss of power: before they are acknowledged, every "
                "--sync-interval, or when the system likes");
  AddDurationFlag(parser, "--sync-interval", flags.sync_interval, "How often, with --sync interval");
}

void AddLogFlags(CLI::App& parser, agent::OperatorLogOptions& log) {
  AddChoiceFlag(parser, "--log-level", log.level,
                {{"info", agent::LogLevel::kInfo},
                 {"warning", agent::LogLevel::kWarning},
                 {"error", agent::LogLevel::kError},
                 {"none", agent::LogLevel::kNone}},
                "Log to stderr what is at least so important");
  AddChoiceFlag(parser, "--log-format", log.format,
                {{"text", agent::LogFormat::kText}, {"json", agent::LogFormat::kJson}},
                "Lines for people, or a JSON object a line");
}

}  // namespace

Command AddAgentCommand(CLI::App& program) {
  CLI::App& parser = *program.add_subcommand("agent", "Serve producers and consumers");
  const auto command_flags = std::make_shared<AgentCommandFlags>();
  ServingAgentFlags* const flags = &command_flags->serving;
  AddConfigFlag(parser);
  parser.add_option("--data", flags->data_folder, "The folder that keeps records and metadata; made when missing")
      ->required()
      ->type_name("DIR");
  AddMetadataFlags(parser, *flags);
  AddAddressFlags(parser, *flags);
  AddTlsFlags(parser, flags->tls);
  AddSyncFlags(parser, *flags);
  AddReserveFlag(parser, *flags);
  AddDurationFlag(parser, "--lag-interval", flags->lag_interval,
                  "How often the metrics of logs and of the lag of groups are refreshed; 0s: never");
  AddTopicSpecs(parser, "--topic", flags->topics, "A topic to create when it is missing");
  parser
      .add_option("--exporter", flags->exporters,
                  "Where else metrics go, for example textfile:///var/lib/node_exporter/agent.prom")
      ->type_name("SPEC")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  AddLogFlags(parser, command_flags->log);
  return {.parser = &parser, .run = [command_flags] { return Serve(*command_flags); }};
}

}  // namespace streamhouse::apps
