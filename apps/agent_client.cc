#include "apps/agent_client.h"

#include <utility>

#include "client/agent_broker/agent_broker.h"

namespace streamhouse::apps {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

namespace {

// By fields of client::AgentBrokerOptions.
constexpr FieldAdvice kFlags[] = {
    {.field = "address", .text = " (--agent)"},
    {.field = "tls_files", .text = " (--tls-cert, --tls-key)"},
    {.field = "tls_files.agent_ca", .text = " (--tls-ca)"},
    {.field = "tls_files.certificate", .text = " (--tls-cert)"},
    {.field = "tls_files.key", .text = " (--tls-key)"},
};
// An agent may be out of reach because its certificate is not trusted.
constexpr FieldAdvice kFlagsWithTls[] = {{.field = "address", .text = " (--agent, --tls-ca)"}};

Result<client::AgentBrokerOptions> OptionsOf(const AgentFlags& agent) {
  if (agent.tls_certificate.empty() != agent.tls_key.empty()) {
    return Status(StatusCode::kInvalidArgument, "--tls-cert and --tls-key go together");
  }
  client::AgentBrokerOptions options = {.address = metrics::ToString(agent.address)};
  options.tls_files = {.agent_ca = agent.tls_ca, .certificate = agent.tls_certificate, .key = agent.tls_key};
  if (agent.proxy_from_environment) options.proxy = client::ProxyUse::kFromEnvironment;
  return options;
}

}  // namespace

void AddAgentFlags(CLI::App& parser, AgentFlags& flags) {
  AddAddressFlag(parser, "--agent", flags.address, "The agent's gRPC address");
  parser
      .add_option("--tls-ca", flags.tls_ca,
                  "Speak TLS, to an agent with a certificate of these authorities, PEM; no TLS by default")
      ->type_name("FILE");
  parser.add_option("--tls-cert", flags.tls_certificate, "Certificate for an agent that asks for one, PEM")
      ->type_name("FILE");
  parser.add_option("--tls-key", flags.tls_key, "Its private key, PEM")->type_name("FILE");
  parser.add_flag(
      "--proxy-from-environment", flags.proxy_from_environment,
      "Go through the proxy of grpc_proxy, https_proxy or http_proxy, except to hosts of no_proxy; by default "
      "the agent is reached directly");
}

void AddAgentClientFlags(CLI::App& parser, AgentClientFlags& flags) {
  AddAgentFlags(parser, flags.agent);
  parser.add_option("--topic", flags.topic, "The topic")->required()->type_name("NAME");
}

Result<std::shared_ptr<client::Broker>> MakeBroker(const AgentFlags& agent) {
  const auto options = OptionsOf(agent);
  if (!options.ok()) return options.status();
  auto broker = client::MakeAgentBroker(*options);
  return broker.ok() ? broker : WithAdvice(broker.status(), kFlags);
}

Result<std::shared_ptr<client::GroupOperations>> MakeGroupOperations(const AgentFlags& agent) {
  const auto options = OptionsOf(agent);
  if (!options.ok()) return options.status();
  auto operations = client::MakeAgentGroupOperations(*options);
  return operations.ok() ? operations : WithAdvice(operations.status(), kFlags);
}

Status ExplainFailure(const Status& failure, const AgentFlags& agent) {
  const std::string address = metrics::ToString(agent.address);
  // Only the broker in this process knows fields: the call has not reached the agent.
  if (!failure.field().empty()) {
    const bool has_tls = !agent.tls_ca.empty() || !agent.tls_certificate.empty();
    return has_tls ? WithAdvice(failure, kFlagsWithTls) : WithAdvice(failure, kFlags);
  }
  if (failure.code() == StatusCode::kUnavailable || failure.code() == StatusCode::kDeadlineExceeded) {
    return failure.WithMessage("the call to the agent at " + address + " failed: " + failure.message());
  }
  return failure.WithMessage("the agent at " + address + " refuses: " + failure.message());
}

Result<client::TopicDescription> DescribeTopic(client::Broker& broker, const AgentClientFlags& flags) {
  auto described = broker.DescribeTopic(flags.topic, client::CallLimits::Within(kQuestionTimeout));
  if (described.ok()) return described;
  if (described.status().code() != StatusCode::kNotFound) return ExplainFailure(described.status(), flags.agent);
  return Status(StatusCode::kNotFound, "the agent at " + metrics::ToString(flags.agent.address) + " has no topic \"" +
                                           flags.topic +
                                           "\" (--topic); `streamhouse topics create NAME:PARTITIONS` creates one");
}

Result<std::uint32_t> CountPartitions(client::Broker& broker, const AgentClientFlags& flags) {
  auto described = DescribeTopic(broker, flags);
  if (!described.ok()) return described.status();
  return described->partitions;
}

}  // namespace streamhouse::apps
