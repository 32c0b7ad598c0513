#include "agent/rpc/rpc_server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <utility>
#include <vector>

#include "agent/base/operator_log.h"
#include "agent/rpc/request_counter.h"
#include "metrics_core/dcheck.h"
#include "metrics_core/start_thread.h"

namespace streamhouse::agent {

using fmt::literals::operator""_a;

namespace {

// A client that is gone without a close is noticed within the sum of this and kClientTimeout.
constexpr int kKeepaliveIntervalMs = 30'000;
// Clients may ping as often; gRPC's default of five minutes would cut off clients that look
// after their connections.
constexpr int kClientPingIntervalMinMs = 10'000;

void AddKeepalive(grpc::ServerBuilder& builder) {
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveIntervalMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, static_cast<int>(kClientTimeout.count()));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kClientPingIntervalMinMs);
}

// TlsPaths has other names than ServerTlsFiles.
Status WithTlsField(const Status& failure) {
  return (failure.field() == "ca" ? failure.WithField("client_ca") : failure).Within("tls");
}

}  // namespace

RpcServer::RpcServer(const RpcServerOptions& options, const ServedParts& parts)
    : producer_(parts.topics, options.request_bytes_max),
      consumer_(parts.topics, parts.offsets, parts.members, parts.times),
      topic_(parts.topics, parts.refresh_lag),
      group_(parts.groups, parts.refresh_lag),
      health_(parts.health) {}

RpcServer::~RpcServer() {
  Shutdown(std::chrono::milliseconds(0));
}

Result<std::unique_ptr<RpcServer>> RpcServer::Start(const RpcServerOptions& options, const ServedParts& parts) {
  std::unique_ptr<RpcServer> result(new RpcServer(options, parts));
  if (!options.tls.empty()) {
    auto tls =
        RenewedTls::Load({.certificate = options.tls.certificate, .key = options.tls.key, .ca = options.tls.client_ca});
    if (!tls.ok()) return WithTlsField(tls.status());
    result->tls_ = *std::move(tls);
  }
  if (Status started = result->health_.Start(); !started.ok()) return started;
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  AddKeepalive(builder);
  // active_connections counts these. On by default, but no default is a promise.
  builder.AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 1);
  // At the limit gRPC closes the connection, under the caller's other calls.
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, static_cast<int>(kMetadataBytesMax));
  // gRPC refuses a message without a trace in the metrics, so the handler's own limit comes first.
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.request_bytes_max * kMessageBytesFactor));
  auto acceptor = ConnectionAcceptor::Listen(options.address);
  if (!acceptor.ok()) return acceptor.status();
  result->acceptor_ = *std::move(acceptor);
  using Builder = grpc::ServerBuilder::experimental_type;
  result->grpc_acceptor_ = builder.experimental().AddExternalConnectionAcceptor(
      Builder::ExternalConnectionType::FROM_FD,
      result->tls_ == nullptr ? grpc::InsecureServerCredentials() : result->tls_->MakeServerCredentials());
  builder.RegisterService(&result->producer_);
  builder.RegisterService(&result->consumer_);
  builder.RegisterService(&result->topic_);
  builder.RegisterService(&result->group_);
  builder.RegisterService(&result->health_);
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(std::make_unique<RequestCounter>(parts.metrics));
  builder.experimental().SetInterceptorCreators(std::move(interceptors));
  result->server_ = builder.BuildAndStart();
  if (result->server_ == nullptr) return Status(StatusCode::kUnavailable, "gRPC cannot start a server");
  const auto take = [grpc = result->grpc_acceptor_.get()](int descriptor) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
    connection.fd = descriptor;
    grpc->HandleNewConnection(&connection);
  };
  if (Status started = result->StartDrain(); !started.ok()) return started;
  if (Status started = result->acceptor_->Start(take); !started.ok()) return started;
  result->connections_ =
      std::make_unique<ConnectionMonitor>(result->acceptor_->address(), parts.metrics.active_connections);
  if (Status started = result->connections_->Start(); !started.ok()) return started;
  if (Status started = result->StartRenewal(parts.metrics); !started.ok()) return started;
  // Invariant 1.
  metrics::DCheck(
      [&] {
        return (result->renewal_ != nullptr) == (result->tls_ != nullptr) &&
               result->drain_.joinable() == result->acceptor_->is_unix();
      },
      "a server has the threads that its options need");
  return result;
}

Status RpcServer::StartRenewal(const RpcMetrics& metrics) {
  if (tls_ == nullptr) return Status::Ok();
  renewal_ = std::make_unique<PeriodicTask>(
      [this, taken = metrics.tls_files_taken, refused = metrics.tls_files_refused, told = std::string()]() mutable {
        const auto change = tls_->Refresh();
        const std::string failure = change.status().message();
        if (change.status().code() == StatusCode::kInvalidArgument) refused.Increment();
        // A lack of descriptors may last for many looks.
        if (failure != told && !failure.empty()) {
          OperatorLog().error("new TLS files are not taken: {error}", "error"_a = failure);
        }
        told = failure;
        if (change.ok() && *change == RenewedTls::Change::kTaken) {
          taken.Increment();
          OperatorLog().info("new TLS files are taken");
        }
        return kTlsLookInterval;
      });
  return renewal_->Start();
}

void RpcServer::Shutdown(std::chrono::milliseconds grace) {
  connections_.reset();
  renewal_.reset();
  if (acceptor_ != nullptr) acceptor_->Stop();
  // Invariant 2.
  metrics::DCheck([this] { return server_ != nullptr || !drain_.joinable(); }, "a drain is joined with its server");
  if (server_ == nullptr) return;
  health_.Shutdown();
  ShutDownGrpc(grace);
  server_.reset();
}

// gRPC waits for a client that takes no bytes, for good. Over TCP the system ends such a
// connection. Started before the first client comes, so that a stop needs no new thread.
Status RpcServer::StartDrain() {
  if (!acceptor_->is_unix()) return Status::Ok();
  auto started = metrics::StartThread(
      [this, began = drain_began_.get_future().share(), ended = drain_ended_.get_future().share()] {
        std::chrono::milliseconds wait = began.get() + kUnixDrainTime;
        while (ended.wait_for(wait) == std::future_status::timeout) {
          acceptor_->EndUnixConnections();
          wait = kAcceptRetryInterval;
        }
      });
  if (!started.ok()) return started.status();
  drain_ = *std::move(started);
  return Status::Ok();
}

void RpcServer::ShutDownGrpc(std::chrono::milliseconds grace) {
  // Invariant 3.
  metrics::DCheck([this] { return connections_ == nullptr && renewal_ == nullptr; },
                  "what looks at connections and files ends before the server");
  drain_began_.set_value(grace);
  server_->Shutdown(std::chrono::system_clock::now() + grace);
  server_->Wait();
  drain_ended_.set_value();
  if (drain_.joinable()) drain_.join();
}

}  // namespace streamhouse::agent
