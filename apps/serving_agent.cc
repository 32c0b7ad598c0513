#include "apps/serving_agent.h"

#include <string_view>

#include "agent/agent_metrics.h"
#include "exporters/builtin_exporters.h"

namespace streamhouse::apps {

using metrics::Result;
using metrics::Status;

void AddAddressFlags(CLI::App& parser, ServingAgentFlags& flags) {
  AddHostPortFlag(parser, "--grpc", flags.grpc, "Where to serve producers and consumers; port 0 picks a free one");
  AddHostPortFlag(parser, "--http", flags.http, "Where to serve /metrics, /health and /ready; port 0 picks a free one");
}

Result<std::unique_ptr<ServingAgent>> ServingAgent::Start(const ServingAgentFlags& flags, metrics::Registry& registry,
                                                          metrics::Health& health) {
  std::unique_ptr<ServingAgent> serving(new ServingAgent(flags, registry, health));
  if (Status started = serving->StartParts(registry, health); !started.ok()) return started;
  return serving;
}

Status ServingAgent::StartParts(metrics::Registry& registry, metrics::Health& health) {
  Result<ProgramMetrics> program_metrics = ProgramMetrics::Register(registry);
  if (!program_metrics.ok()) return program_metrics.status();
  program_metrics_ = *std::move(program_metrics);
  Result<agent::AgentMetrics> agent_metrics = agent::AgentMetrics::Register(registry);
  if (!agent_metrics.ok()) return agent_metrics.status();
  agent::AgentParts parts = {.metrics = *std::move(agent_metrics), .health = &health};
  if (Status made = MakeExporters(parts); !made.ok()) return made;
  auto built = agent::Agent::Make(Config(), std::move(parts));
  if (!built.ok()) return WithFlag(built.status());
  agent_ = *std::move(built);
  Status started = agent_->Start();
  return started.ok() ? started : WithFlag(started);
}

Status ServingAgent::MakeExporters(agent::AgentParts& parts) {
  auto server = std::make_unique<exporters::MetricsServer>(
      exporter_context_.registry, exporter_context_.health,
      exporters::MetricsServerOptions{.host = flags_.http.host, .port = flags_.http.port});
  server_ = server.get();
  parts.exporters.push_back(std::move(server));
  const exporters::ExporterRegistry known = exporters::BuiltinExporters();
  for (const std::string& spec : flags_.exporters) {
    auto exporter = known.MakeExporter(spec, exporter_context_);
    if (!exporter.ok()) return {exporter.status().code(), exporter.status().message() + " (--exporter)"};
    parts.exporters.push_back(*std::move(exporter));
  }
  return Status::Ok();
}

agent::AgentConfig ServingAgent::Config() const {
  agent::AgentConfig config = {.data_folder = flags_.data_folder, .agent_id = flags_.id, .metadata = flags_.metadata};
  config.grpc_host = flags_.grpc.host;
  config.grpc_port = flags_.grpc.port;
  config.tls = flags_.tls;
  config.reserve_bytes = flags_.reserve_bytes;
  config.sync_policy = flags_.sync;
  config.sync_interval = flags_.sync_interval;
  config.lag_interval = flags_.lag_interval;
  for (const TopicSpec& topic : flags_.topics) {
    config.topics.push_back({.name = topic.name, .partitions = topic.partitions});
  }
  return config;
}

// The agent knows no flags; its errors begin with what they are about.
Status ServingAgent::WithFlag(const Status& failure) const {
  struct Advice {
    std::string begins_with;
    std::string_view text;
  };
  const Advice all[] = {
      {"prometheus://" + flags_.http.ToString(), "; choose another address with --http"},
      {"cannot listen for gRPC", "; choose another address with --grpc"},
      {"cannot read TLS file", " (--tls-cert, --tls-key, --tls-client-ca)"},
      {"cannot use TLS files", " (--tls-cert, --tls-key)"},
      {"cannot use TLS file ", " (--tls-client-ca)"},
      {"tls ", " (--tls-cert, --tls-key)"},
      {"sync_interval ", " (--sync-interval)"},
      {"lag_interval ", " (--lag-interval)"},
      {"cannot use data folder", "; choose another folder with --data"},
      {"data folder", "; choose another folder with --data"},
      {"topic", " (--topic)"},
      {"agent_id ", " (--id)"},
      {"metadata store ", " (--metadata)"},
      {"another agent uses ", "; choose another store with --metadata"},
  };
  const std::string& message = failure.message();
  for (const Advice& advice : all) {
    if (message.starts_with(advice.begins_with)) return {failure.code(), message + std::string(advice.text)};
  }
  const bool is_exporter = message.substr(0, message.find(' ')).find("://") != std::string::npos;
  return {failure.code(), message + (is_exporter ? " (--exporter)" : "")};
}

HostPort ServingAgent::grpc() const {
  return {.host = flags_.grpc.host, .port = static_cast<std::uint16_t>(agent_->grpc_port())};
}

HostPort ServingAgent::http() const {
  return {.host = flags_.http.host, .port = server_->port()};
}

}  // namespace streamhouse::apps
