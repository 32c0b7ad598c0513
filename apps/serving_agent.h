// ServingAgent: an agent in this process with the page that shows its metrics and health.
//
// Guarantees:
// 1. As Agent: it serves when Start() has returned it.
// 2. Stops when destroyed.
// 3. Without a data folder of the caller's, it makes one below $TMPDIR, or /tmp, and removes it at
//    the end, unless the process is killed.
// Thread safety: one thread.
// Errors: one line that names the port or path and the flag that changes it.
#pragma once

#include <CLI/App.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/agent.h"
#include "agent/agent_config.h"
#include "apps/flag_values.h"
#include "apps/metrics_page.h"
#include "exporters/exporter_registry.h"
#include "exporters/http/metrics_server.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::apps {

struct ServingAgentFlags {
  // Without the fields that have a flag of their own below. An empty data_folder: a temporary one.
  agent::AgentConfig config = {};
  // Loopback, not every interface: there is no authentication, so that being reachable is a
  // decision.
  SocketAddress grpc = HostPort{.host = "127.0.0.1", .port = agent::kGrpcPortDefault};
  SocketAddress http = HostPort{.host = "127.0.0.1", .port = exporters::kMetricsPortDefault};
  std::vector<TopicSpec> topics = {};
  // Specifications (exporters/exporter_spec.h) of those besides --http.
  std::vector<std::string> exporters = {};
};

// --grpc and --http; `flags` outlives the parser.
void AddAddressFlags(CLI::App& parser, ServingAgentFlags& flags);

class ServingAgent {
 public:
  // The registry and health outlive the agent, and may have more to show than the agent's.
  static metrics::Result<std::unique_ptr<ServingAgent>> Start(const ServingAgentFlags& flags,
                                                              metrics::Registry& registry, metrics::Health& health);

  ~ServingAgent();
  ServingAgent(const ServingAgent&) = delete;
  ServingAgent& operator=(const ServingAgent&) = delete;

  // See Agent::Stop.
  metrics::Status Stop() { return agent_->Stop(); }

  // As bound. Wildcard addresses are given as they were asked for.
  SocketAddress grpc() const;
  SocketAddress http() const;
  // That of the flags, or the temporary one.
  const std::string& data_folder() const { return flags_.config.data_folder; }

 private:
  class ScratchFolder;

  ServingAgent(ServingAgentFlags flags, metrics::Registry& registry, metrics::Health& health);

  metrics::Status StartParts(metrics::Registry& registry, metrics::Health& health);
  metrics::Status MakeExporters(agent::AgentParts& parts);
  agent::AgentConfig Config() const;

  ServingAgentFlags flags_;
  const exporters::ExporterContext exporter_context_;
  std::unique_ptr<ScratchFolder> scratch_;  // null with a folder of the caller's; outlives the agent
  std::optional<ProgramMetrics> program_metrics_;
  std::unique_ptr<agent::Agent> agent_;
  const exporters::MetricsServer* server_ = nullptr;  // owned by agent_
};

}  // namespace streamhouse::apps
