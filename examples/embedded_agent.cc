// An agent inside a program of one's own: embedded_agent FOLDER. It runs until its input ends.
#include <iostream>
#include <memory>
#include <utility>

#include "agent/agent.h"
#include "agent/agent_config.h"
#include "agent/agent_metrics.h"
#include "exporters/http/metrics_server.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/self_metrics/build_info.h"
#include "metrics_core/status.h"

namespace agent = streamhouse::agent;
namespace exporters = streamhouse::exporters;
namespace metrics = streamhouse::metrics;

int main(int argc, char** argv) {
  if (argc != 2) return std::cerr << "usage: embedded_agent FOLDER\n", 1;
  // The program's own metrics, and what they describe. The agent has a registry of its own; both
  // stand on one page.
  metrics::Registry registry({.target = {{"service.name", "shop"}, {"service.instance.id", "shop-1"}}});
  if (metrics::Status built = metrics::RegisterBuildInfo(registry, "shop", "1.0", /*revision=*/""); !built.ok()) {
    return std::cerr << built.message() << "\n", 1;
  }
  metrics::Registry agents;
  auto agent_metrics = agent::AgentMetrics::Register(agents);
  if (!agent_metrics.ok()) return std::cerr << agent_metrics.status().message() << "\n", 1;
  metrics::Health health;
  auto page = std::make_unique<exporters::MetricsServer>(
      registry, health, exporters::MetricsServerOptions{.host = "127.0.0.1", .port = 0, .more_registries = {&agents}});
  const exporters::MetricsServer& server = *page;

  agent::AgentConfig config = {.data_folder = argv[1]};
  config.grpc_host = "127.0.0.1";
  config.grpc_port = 0;
  config.topics = {{.name = "orders", .partitions = 2}, {.name = "clicks", .partitions = 1}};
  agent::AgentParts parts = {.metrics = *std::move(agent_metrics), .health = &health};
  parts.exporters.push_back(std::move(page));  // started and stopped with the agent
  auto built = agent::Agent::Make(std::move(config), std::move(parts));
  if (!built.ok()) return std::cerr << built.status().message() << "\n", 1;
  if (const auto started = (*built)->Start(); !started.ok()) return std::cerr << started.message() << "\n", 1;
  std::cout << "127.0.0.1:" << (*built)->grpc_port() << "\nhttp://127.0.0.1:" << server.port() << "/ready" << std::endl;

  while (std::cin.get() != std::istream::traits_type::eof()) {
  }
  if (const auto stopped = (*built)->Stop(); !stopped.ok()) return std::cerr << stopped.message() << "\n", 1;
}
