#include "apps/serving_agent.h"

#include <errno.h>
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <variant>

#include "agent/agent_metrics.h"
#include "agent/base/operator_log.h"
#include "exporters/builtin_exporters.h"

namespace streamhouse::apps {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

namespace {

// By fields of AgentConfig and AgentParts. The first exporter is that of --http (MakeExporters()).
constexpr FieldAdvice kFlags[] = {
    {.field = "agent_id", .text = " (--id)"},
    {.field = "data_folder", .text = "; choose another folder with --data"},
    {.field = "exporters[0]", .text = "; choose another address with --http"},
    {.field = "exporters[0].unix_socket.group", .text = "; correct group= in --http"},
    {.field = "exporters[0].unix_socket.mode", .text = "; correct mode= in --http"},
    {.field = "exporters[0].unix_socket.owner", .text = "; correct owner= in --http"},
    {.field = "exporters", .text = " (--exporter)"},
    {.field = "grpc_port", .text = "; choose another address with --grpc"},
    {.field = "grpc_unix_socket", .text = "; choose another address with --grpc"},
    {.field = "grpc_unix_socket.group", .text = "; correct group= in --grpc"},
    {.field = "grpc_unix_socket.mode", .text = "; correct mode= in --grpc"},
    {.field = "grpc_unix_socket.owner", .text = "; correct owner= in --grpc"},
    {.field = "lag_interval", .text = " (--lag-interval)"},
    {.field = "metadata", .text = " (--metadata)"},
    {.field = "record_bytes_max", .text = " (--record-bytes-max)"},
    {.field = "request_bytes_max", .text = " (--request-bytes-max)"},
    {.field = "retention_interval", .text = " (--retention-interval)"},
    {.field = "segment_bytes", .text = " (--segment-bytes)"},
    {.field = "sync_interval", .text = " (--sync-interval)"},
    {.field = "tls", .text = " (--tls-cert, --tls-key)"},
    {.field = "tls.certificate", .text = " (--tls-cert)"},
    {.field = "tls.client_ca", .text = " (--tls-client-ca)"},
    {.field = "tls.key", .text = " (--tls-key)"},
    {.field = "topics", .text = " (--topic)"},
};

}  // namespace

// A new, empty folder that is removed with all it holds when the object goes.
class ServingAgent::ScratchFolder {
 public:
  static Result<std::unique_ptr<ScratchFolder>> Make() {
    const char* const configured = std::getenv("TMPDIR");
    const std::string parent = configured == nullptr || *configured == '\0' ? "/tmp" : configured;
    std::string path = parent + "/streamhouse-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) {
      return Status(StatusCode::kUnavailable,
                    "cannot make a folder in " + parent + " ($TMPDIR): " + std::generic_category().message(errno));
    }
    return std::unique_ptr<ScratchFolder>(new ScratchFolder(std::move(path)));
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  explicit ScratchFolder(std::string path) : path_(std::move(path)) {}

  const std::string path_;
};

void AddAddressFlags(CLI::App& parser, ServingAgentFlags& flags) {
  AddListenFlag(parser, "--grpc", flags.grpc,
                "Where to serve producers and consumers; port 0 picks a free one; unix:///PATH?mode=0660&group=NAME "
                "says who may connect, by default this user alone");
  AddListenFlag(parser, "--http", flags.http,
                "Where to serve /metrics, /health and /ready; port 0 picks a free one; Unix sockets as in --grpc");
}

Result<std::unique_ptr<ServingAgent>> ServingAgent::Start(const ServingAgentFlags& flags, metrics::Registry& registry,
                                                          metrics::Health& health) {
  std::unique_ptr<ServingAgent> serving(new ServingAgent(flags, registry, health));
  if (Status started = serving->StartParts(registry, health); !started.ok()) return started;
  return serving;
}

ServingAgent::ServingAgent(ServingAgentFlags flags, metrics::Registry& registry, metrics::Health& health)
    : flags_(std::move(flags)),
      exporter_context_{.registry = registry, .health = health, .log = [](std::string_view line) {
                          agent::OperatorLog().warn("{}", line);
                        }} {}

ServingAgent::~ServingAgent() = default;

Status ServingAgent::StartParts(metrics::Registry& registry, metrics::Health& health) {
  if (data_folder().empty()) {
    auto scratch = ScratchFolder::Make();
    if (!scratch.ok()) return scratch.status();
    scratch_ = *std::move(scratch);
    flags_.config.data_folder = scratch_->path();
  }
  Result<ProgramMetrics> program_metrics = ProgramMetrics::Register(registry);
  if (!program_metrics.ok()) return program_metrics.status();
  program_metrics_ = *std::move(program_metrics);
  Result<agent::AgentMetrics> agent_metrics = agent::AgentMetrics::Register(registry);
  if (!agent_metrics.ok()) return agent_metrics.status();
  agent::AgentParts parts = {.metrics = *std::move(agent_metrics), .health = &health};
  if (Status made = MakeExporters(parts); !made.ok()) return made;
  auto built = agent::Agent::Make(Config(), std::move(parts));
  if (!built.ok()) return WithAdvice(built.status(), kFlags);
  agent_ = *std::move(built);
  return WithAdvice(agent_->Start(), kFlags);
}

Status ServingAgent::MakeExporters(agent::AgentParts& parts) {
  auto server = std::make_unique<exporters::MetricsServer>(exporter_context_.registry, exporter_context_.health,
                                                           ServerOptionsAt(flags_.http));
  server_ = server.get();
  parts.exporters.push_back(std::move(server));
  const exporters::ExporterRegistry known = exporters::BuiltinExporters();
  for (const std::string& spec : flags_.exporters) {
    auto exporter = known.MakeExporter(spec, exporter_context_);
    if (!exporter.ok()) return WithAdvice(exporter.status().Within("exporters"), kFlags);
    parts.exporters.push_back(*std::move(exporter));
  }
  return Status::Ok();
}

agent::AgentConfig ServingAgent::Config() const {
  agent::AgentConfig config = flags_.config;
  if (const auto* const socket = std::get_if<metrics::UnixSocket>(&flags_.grpc)) {
    config.grpc_unix_socket = *socket;
  } else {
    const auto& [host, port] = std::get<HostPort>(flags_.grpc);
    config.grpc_host = host;
    config.grpc_port = port;
  }
  for (const TopicSpec& topic : flags_.topics) {
    config.topics.push_back({.name = topic.name, .partitions = topic.partitions});
  }
  return config;
}

SocketAddress ServingAgent::grpc() const {
  return AtPort(flags_.grpc, static_cast<std::uint16_t>(agent_->grpc_port()));
}

SocketAddress ServingAgent::http() const {
  return AtPort(flags_.http, server_->port());
}

}  // namespace streamhouse::apps
