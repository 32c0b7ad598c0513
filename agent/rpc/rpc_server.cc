#include "agent/rpc/rpc_server.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <utility>
#include <vector>

#include "agent/rpc/request_counter.h"

namespace streamhouse::agent {
namespace {

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
  std::unique_ptr<RpcServer> result(new RpcServer(options, topics, offsets, groups));
  grpc::ServerBuilder builder;
  // Otherwise a second agent on the same port would silently share its connections with the first.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  // What active_connections counts; on by default, but no default is a promise.
  builder.AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 1);
  // gRPC refuses a message without a trace in the metrics, so the handler's own limit comes first.
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.request_bytes_max * kMessageBytesFactor));
  const std::string address = Address(options.host, options.port);
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &result->port_);
  builder.RegisterService(&result->producer_);
  builder.RegisterService(&result->consumer_);
  builder.RegisterService(&result->topic_);
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(std::make_unique<RequestCounter>(metrics));
  builder.experimental().SetInterceptorCreators(std::move(interceptors));
  result->server_ = builder.BuildAndStart();
  if (result->server_ == nullptr || result->port_ == 0) {
    return Status(StatusCode::kUnavailable, "cannot listen for gRPC on " + address +
                                                ": the port is taken, or the address is not one of this machine");
  }
  result->connections_ = std::make_unique<ConnectionMonitor>(result->port_, metrics.active_connections);
  return result;
}

void RpcServer::Shutdown(std::chrono::milliseconds grace) {
  connections_.reset();
  if (server_ == nullptr) return;
  server_->Shutdown(std::chrono::system_clock::now() + grace);
  server_->Wait();
  server_.reset();
}

}  // namespace streamhouse::agent
