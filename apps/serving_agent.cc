#include "apps/serving_agent.h"

#include <string_view>

#include "agent/agent_metrics.h"

namespace streamhouse::apps {

using metrics::Result;
using metrics::Status;

namespace {

// The agent knows no flags; its errors name the port or path.
Status WithFlag(const Status& failure, const ServingAgentFlags& flags) {
  const std::string& message = failure.message();
  const auto names = [&message](std::string_view what) { return message.find(what) != std::string::npos; };
  std::string advice;
  if (message.starts_with("prometheus://")) {
    advice = "; choose another address with --http";
  } else if (names(flags.data_folder)) {
    advice = "; choose another folder with --data";
  } else if (names("gRPC")) {
    advice = "; choose another address with --grpc";
  } else if (failure.code() == metrics::StatusCode::kAlreadyExists || names("topic")) {
    advice = " (--topic)";
  }
  return {failure.code(), message + advice};
}

}  // namespace

void AddAddressFlags(CLI::App& parser, ServingAgentFlags& flags) {
  AddHostPortFlag(parser, "--grpc", flags.grpc, "Where to serve producers and consumers; port 0 picks a free one");
  AddHostPortFlag(parser, "--http", flags.http, "Where to serve /metrics, /health and /ready; port 0 picks a free one");
}

Result<std::unique_ptr<ServingAgent>> ServingAgent::Start(const ServingAgentFlags& flags, metrics::Registry& registry,
                                                          metrics::Health& health) {
  Result<ProgramMetrics> program_metrics = ProgramMetrics::Register(registry);
  if (!program_metrics.ok()) return program_metrics.status();
  Result<agent::AgentMetrics> agent_metrics = agent::AgentMetrics::Register(registry);
  if (!agent_metrics.ok()) return agent_metrics.status();
  auto server = std::make_unique<exporters::MetricsServer>(
      registry, health, exporters::MetricsServerOptions{.host = flags.http.host, .port = flags.http.port});
  const exporters::MetricsServer& serving = *server;

  agent::AgentConfig config = {.data_folder = flags.data_folder};
  config.grpc_host = flags.grpc.host;
  config.grpc_port = flags.grpc.port;
  config.topics = flags.topics;
  auto built = agent::AgentBuilder(std::move(config))
                   .metrics(*std::move(agent_metrics))
                   .health(health)
                   .exporter(std::move(server))
                   .Build();
  if (!built.ok()) return WithFlag(built.status(), flags);
  if (Status started = (*built)->Start(); !started.ok()) return WithFlag(started, flags);
  return std::unique_ptr<ServingAgent>(
      new ServingAgent(flags, *std::move(program_metrics), *std::move(built), serving));
}

HostPort ServingAgent::grpc() const {
  return {.host = flags_.grpc.host, .port = static_cast<std::uint16_t>(agent_->grpc_port())};
}

HostPort ServingAgent::http() const {
  return {.host = flags_.http.host, .port = server_.port()};
}

}  // namespace streamhouse::apps
