#include <fmt/core.h>
#include <signal.h>
#include <sys/resource.h>

#include <CLI/App.hpp>
#include <CLI/Error.hpp>
#include <CLI/Validators.hpp>
#include <memory>
#include <string>

#include "agent/agent_config.h"
#include "agent/base/operator_log.h"
#include "agent/metadata/make_metadata_store.h"
#include "apps/commands.h"
#include "apps/config_file.h"
#include "apps/flag_values.h"
#include "apps/metrics_page.h"
#include "apps/output.h"
#include "apps/service_manager.h"
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

// Lets this process open as many files as the system allows it. The soft limit of many systems is
// 1,024 for the sake of programs that use select(2); a partition takes a descriptor, and so does a
// client.
void RaiseOpenFileLimit() {
  struct rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  // A system that refuses keeps the old limit. The next open() that fails reports it.
  static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
}

// An agent that serves goes on where no manager hears it.
void TellServiceManager(ServiceState state) {
  const Status told = NotifyServiceManager(state);
  if (!told.ok()) agent::OperatorLog().warn("the service manager is not told: {}", told.message());
}

Status Serve(const AgentCommandFlags& flags) {
  agent::ConfigureOperatorLog(flags.log);
  const ShutdownSignal shutdown;
  RaiseOpenFileLimit();
  // An agent does not end because the reader of its three lines has.
  ::signal(SIGPIPE, SIG_IGN);
  // Nor because a file has grown as far as it may (ulimit -f): that is a full disk, which refuses a
  // write.
  ::signal(SIGXFSZ, SIG_IGN);
  metrics::Registry registry({.target = ServiceTarget("streamhouse-agent", flags.serving.config.agent_id)});
  metrics::Health health;
  const Result<std::unique_ptr<ServingAgent>> agent = ServingAgent::Start(flags.serving, registry, health);
  if (!agent.ok()) return agent.status();
  const ServingAgent& serving = *agent.value();
  const Status printed = PrintLine(
      fmt::format("grpc={}\nhttp={}\nready", metrics::ToString(serving.grpc()), metrics::ToString(serving.http())));
  if (!printed.ok()) return printed;
  TellServiceManager(ServiceState::kReady);
  shutdown.Wait();
  TellServiceManager(ServiceState::kStopping);
  return agent.value()->Stop();
}

void AddTlsFlags(CLI::App& parser, agent::ServerTlsFiles& tls) {
  parser
      .add_option("--tls-cert", tls.certificate,
                  "Serve gRPC with TLS: the certificate, and the chain that vouches for it, PEM")
      ->type_name("FILE");
  parser.add_option("--tls-key", tls.key, "Its private key, PEM")->type_name("FILE");
  parser
      .add_option("--tls-client-ca", tls.client_ca,
                  "Let in only clients with a certificate of these authorities, PEM; every client by default")
      ->type_name("FILE");
}

void AddMetadataFlags(CLI::App& parser, agent::AgentConfig& config) {
  const auto set_metadata = [&config](const std::string& line) {
    if (Status known = agent::CheckMetadataSpec(line); !known.ok()) {
      throw CLI::ValidationError("--metadata", known.message());
    }
    config.metadata = line;
  };
  parser
      .add_option_function<std::string>("--metadata", set_metadata,
                                        "Where topics, leases and committed offsets are: sqlite:///PATH, or memory: "
                                        "for tests; by default in metadata.db in FOLDER")
      ->type_name("SPEC");
  parser.add_option("--id", config.agent_id, "The name of this agent in leases")
      ->type_name("NAME")
      ->capture_default_str();
}

// A flag that takes a number of bytes, such as 16MiB.
template <typename Bytes>
void AddSizeFlag(CLI::App& parser, const std::string& flag, Bytes& target, const std::string& help) {
  parser.add_option(flag, target, help)
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false).description(""))
      ->type_name("SIZE")
      ->default_str(fmt::format("{}MiB", target >> 20));
}

void AddStorageFlags(CLI::App& parser, agent::AgentConfig& config) {
  AddSizeFlag(parser, "--reserve-bytes", config.reserve_bytes,
              "Of the disk, kept for metadata, so that consumers can read from a full disk; 0: none");
  AddSizeFlag(parser, "--segment-bytes", config.segment_bytes,
              "The size at which a log begins a new file; retention removes whole files");
  AddDurationFlag(parser, "--retention-interval", config.retention_interval, "How often retention looks at the logs");
  AddSizeFlag(parser, "--record-bytes-max", config.record_bytes_max, "The largest record: its key and value");
  AddSizeFlag(parser, "--request-bytes-max", config.request_bytes_max,
              "The largest batch of a producer: the keys and values of its records");
}

void AddSyncFlags(CLI::App& parser, agent::AgentConfig& config) {
  AddChoiceFlag(parser, "--sync", config.sync_policy,
                {{"each-batch", agent::SyncPolicy::kEachBatch},
                 {"interval", agent::SyncPolicy::kInterval},
                 {"none", agent::SyncPolicy::kNone}},
                "When records are forced to the disk, for the loss of power: before they are acknowledged, every "
                "--sync-interval, or by the system alone");
  AddDurationFlag(parser, "--sync-interval", config.sync_interval, "How often, with --sync interval");
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
  agent::AgentConfig& config = flags->config;
  AddConfigFlag(parser);
  parser.add_option("--data", config.data_folder, "The folder that keeps records and metadata; made when missing")
      ->required()
      ->type_name("FOLDER");
  AddMetadataFlags(parser, config);
  AddAddressFlags(parser, *flags);
  AddTlsFlags(parser, config.tls);
  AddSyncFlags(parser, config);
  AddStorageFlags(parser, config);
  AddDurationFlag(parser, "--lag-interval", config.lag_interval,
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
