// RequestCounter: counts every request by method and code, and observes its duration.
//
// As a gRPC interceptor it also sees calls that end before a handler runs (a message that does not
// parse), and cancelled calls.
// When to use something else: handlers count nothing themselves.
// Guarantees:
// 1. One count and one observation a call, before its status is sent; a call whose status is never
//    sent counts as CANCELLED.
// 2. Not seen: methods that the agent does not have, and what the transport refuses.
// Thread safety: any thread.
// Cost: one allocation, two clock readings and two recordings a call.
#pragma once

#include <grpcpp/support/server_interceptor.h>

#include "agent/rpc/rpc_metrics.h"

namespace streamhouse::agent {

class RequestCounter final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  // `metrics` must outlive the server.
  explicit RequestCounter(const RpcMetrics& metrics) : metrics_(metrics) {}

  // Owned by gRPC. Null for methods that are not the agent's.
  grpc::experimental::Interceptor* CreateServerInterceptor(grpc::experimental::ServerRpcInfo* info) override;

 private:
  const RpcMetrics& metrics_;
};

}  // namespace streamhouse::agent
