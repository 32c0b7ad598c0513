#include "apps/agent_client.h"

#include <chrono>
#include <fstream>
#include <sstream>
#include <string_view>
#include <tuple>
#include <utility>

#include "client/agent_broker/agent_broker.h"

namespace streamhouse::apps {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

namespace {

constexpr std::chrono::seconds kQuestionTimeout{10};
// How the broker begins when it has not reached an agent (client/agent_broker); whatever else is Unavailable comes from
// one.
constexpr std::string_view kNoConnection = "no connection to ";

// Nothing for no path.
Result<std::string> ReadPem(const std::string& path, std::string_view flag) {
  if (path.empty()) return std::string();
  std::ifstream file(path, std::ios::binary);
  // Not by iterators, which pass on the exception that reading a folder is.
  std::ostringstream content;
  content << file.rdbuf();
  if (content.good()) return std::move(content).str();
  return Status(StatusCode::kInvalidArgument, "cannot read " + path + " (" + std::string(flag) + ")");
}

Result<client::TlsIdentity> ReadIdentity(const AgentFlags& flags) {
  if (flags.tls_certificate.empty() != flags.tls_key.empty()) {
    return Status(StatusCode::kInvalidArgument, "--tls-cert and --tls-key go together");
  }
  client::TlsIdentity identity;
  for (const auto& [text, path, flag] : {std::tuple(&identity.agent_ca, &flags.tls_ca, "--tls-ca"),
                                         std::tuple(&identity.certificate, &flags.tls_certificate, "--tls-cert"),
                                         std::tuple(&identity.key, &flags.tls_key, "--tls-key")}) {
    auto read = ReadPem(*path, flag);
    if (!read.ok()) return read.status();
    *text = *std::move(read);
  }
  return identity;
}

}  // namespace

void AddAgentFlags(CLI::App& parser, AgentFlags& flags) {
  AddHostPortFlag(parser, "--agent", flags.address, "The agent's gRPC address");
  parser
      .add_option("--tls-ca", flags.tls_ca,
                  "Speak TLS, to an agent with a certificate of these authorities, PEM; no TLS by default")
      ->type_name("FILE");
  parser.add_option("--tls-cert", flags.tls_certificate, "Certificate for an agent that asks for one, PEM")
      ->type_name("FILE");
  parser.add_option("--tls-key", flags.tls_key, "Its private key, PEM")->type_name("FILE");
  parser.add_flag("--proxy-from-environment", flags.proxy_from_environment,
                  "Go through the proxy of grpc_proxy, https_proxy or http_proxy, except to hosts of no_proxy; by default "
                  "the agent is reached directly");
}

void AddAgentClientFlags(CLI::App& parser, AgentClientFlags& flags) {
  AddAgentFlags(parser, flags.agent);
  parser.add_option("--topic", flags.topic, "The topic")->required()->type_name("NAME");
}

Result<std::shared_ptr<client::Broker>> MakeBroker(const AgentFlags& agent) {
  auto identity = ReadIdentity(agent);
  if (!identity.ok()) return identity.status();
  using client::ProxyUse;
  return client::MakeAgentBroker(
      {.address = agent.address.ToString(),
       .tls = *std::move(identity),
       .proxy = agent.proxy_from_environment ? ProxyUse::kFromEnvironment : ProxyUse::kNone});
}

Status ExplainFailure(const Status& failure, const AgentFlags& agent) {
  const std::string address = agent.address.ToString();
  if (failure.code() == StatusCode::kUnavailable && failure.message().starts_with(kNoConnection)) {
    const bool has_tls = !agent.tls_ca.empty() || !agent.tls_certificate.empty();
    return {failure.code(),
            "cannot reach an agent at " + address + (has_tls ? " by TLS (--agent, --tls-ca)" : " (--agent)")};
  }
  if (failure.code() == StatusCode::kUnavailable || failure.code() == StatusCode::kDeadlineExceeded) {
    return {failure.code(), "the call to the agent at " + address + " failed: " + failure.message()};
  }
  return {failure.code(), "the agent at " + address + " refuses: " + failure.message()};
}

Result<client::TopicDescription> DescribeTopic(client::Broker& broker, const AgentClientFlags& flags) {
  auto described = broker.DescribeTopic(flags.topic, client::CallLimits::Within(kQuestionTimeout));
  if (described.ok()) return described;
  if (described.status().code() != StatusCode::kNotFound) return ExplainFailure(described.status(), flags.agent);
  return Status(StatusCode::kNotFound, "the agent at " + flags.agent.address.ToString() + " has no topic \"" +
                                           flags.topic +
                                           "\" (--topic); `streamhouse topics create NAME:PARTITIONS` creates one");
}

Result<std::uint32_t> CountPartitions(client::Broker& broker, const AgentClientFlags& flags) {
  auto described = DescribeTopic(broker, flags);
  if (!described.ok()) return described.status();
  return described->partitions;
}

}  // namespace streamhouse::apps
