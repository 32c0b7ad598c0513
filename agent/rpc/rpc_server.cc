#include "agent/rpc/rpc_server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

#include "agent/rpc/request_counter.h"

namespace streamhouse::agent {
namespace {

// A client that is gone without a word is noticed within the sum of these.
constexpr int kKeepaliveIntervalMs = 30'000;
constexpr int kKeepaliveTimeoutMs = 10'000;
// Clients may ping as often; gRPC's default of five minutes would cut off those that look after their connections.
constexpr int kClientPingIntervalMinMs = 10'000;

metrics::Result<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  // Not by iterators, which pass on the exception that reading a folder is.
  std::ostringstream content;
  content << file.rdbuf();
  if (content.good()) return std::move(content).str();
  return metrics::Status(metrics::StatusCode::kInvalidArgument, "cannot read TLS file " + path);
}

metrics::Result<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(const TlsFiles& files) {
  if (files.empty()) return grpc::InsecureServerCredentials();
  auto certificate = ReadFile(files.certificate);
  if (!certificate.ok()) return certificate.status();
  auto key = ReadFile(files.key);
  if (!key.ok()) return key.status();
  grpc::SslServerCredentialsOptions options(files.client_ca.empty()
                                                ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                                                : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_key_cert_pairs.push_back({.private_key = *std::move(key), .cert_chain = *std::move(certificate)});
  if (!files.client_ca.empty()) {
    auto client_ca = ReadFile(files.client_ca);
    if (!client_ca.ok()) return client_ca.status();
    options.pem_root_certs = *std::move(client_ca);
  }
  return grpc::SslServerCredentials(options);
}

// Whether gRPC can serve with them at all, whatever the address that is asked for.
bool CanServe(const std::shared_ptr<grpc::ServerCredentials>& credentials) {
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", credentials, &port);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  return server != nullptr && port != 0;
}

// gRPC says no more than that it does not listen, also where the content of a file is the reason.
metrics::Status ExplainNotListening(const std::string& address, const TlsFiles& files) {
  const auto refused = [&files](const TlsFiles& some) {
    auto credentials = MakeCredentials(some);
    return !files.empty() && (!credentials.ok() || !CanServe(*credentials));
  };
  if (refused({.certificate = files.certificate, .key = files.key, .client_ca = {}})) {
    return {metrics::StatusCode::kInvalidArgument, "cannot use TLS files " + files.certificate + " and " + files.key +
                                                       ": they are not a certificate and its private key, in PEM"};
  }
  if (refused(files)) {
    return {metrics::StatusCode::kInvalidArgument,
            "cannot use TLS file " + files.client_ca + ": there are no certificates of authorities in it, in PEM"};
  }
  return {metrics::StatusCode::kUnavailable,
          "cannot listen for gRPC on " + address + ": the port is taken, or the address is not one of this machine"};
}

void AddKeepalive(grpc::ServerBuilder& builder) {
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveIntervalMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kClientPingIntervalMinMs);
}

// How much larger a message may be than the data in it, before gRPC does not even take it.
constexpr std::size_t kMessageBytesFactor = 2;

std::string Address(const std::string& host, std::uint16_t port) {
  const bool needs_brackets = host.find(':') != std::string::npos && !host.starts_with('[');
  return (needs_brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace

RpcServer::RpcServer(const RpcServerOptions& options, TopicCatalog& topics, CommittedOffsets& offsets,
                     GroupCoordinator& groups)
    : producer_(topics, options.request_bytes_max), consumer_(topics, offsets, groups, options.fetch), topic_(topics) {}

RpcServer::~RpcServer() {
  Shutdown(std::chrono::milliseconds(0));
}

Result<std::unique_ptr<RpcServer>> RpcServer::Start(const RpcServerOptions& options, TopicCatalog& topics,
                                                    CommittedOffsets& offsets, GroupCoordinator& groups,
                                                    const AgentMetrics& metrics) {
  auto credentials = MakeCredentials(options.tls);
  if (!credentials.ok()) return credentials.status();
  std::unique_ptr<RpcServer> result(new RpcServer(options, topics, offsets, groups));
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  AddKeepalive(builder);
  // Otherwise a second agent on the same port would silently share its connections with the first.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  // What active_connections counts; on by default, but no default is a promise.
  builder.AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 1);
  // gRPC refuses a message without a trace in the metrics, so the handler's own limit comes first.
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.request_bytes_max * kMessageBytesFactor));
  const std::string address = Address(options.host, options.port);
  builder.AddListeningPort(address, *credentials, &result->port_);
  builder.RegisterService(&result->producer_);
  builder.RegisterService(&result->consumer_);
  builder.RegisterService(&result->topic_);
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(std::make_unique<RequestCounter>(metrics));
  builder.experimental().SetInterceptorCreators(std::move(interceptors));
  result->server_ = builder.BuildAndStart();
  if (result->server_ == nullptr || result->port_ == 0) {
    return ExplainNotListening(address, options.tls);
  }
  result->connections_ = std::make_unique<ConnectionMonitor>(result->port_, metrics.active_connections);
  return result;
}

void RpcServer::Shutdown(std::chrono::milliseconds grace) {
  connections_.reset();
  if (server_ == nullptr) return;
  if (auto* const health = server_->GetHealthCheckService()) health->Shutdown();
  server_->Shutdown(std::chrono::system_clock::now() + grace);
  server_->Wait();
  server_.reset();
}

}  // namespace streamhouse::agent
