// HealthRpc: gRPC's health service, answered by the checks that /ready asks.
//
// When to use something else: /ready over HTTP says why, this says yes or no.
// Guarantees:
// 1. The server as a whole and each service of this agent are SERVING while all checks succeed.
// 2. Check answers by an evaluation that ends after it was called; Watch tells a change within
//    kHealthWatchInterval.
// 3. No thread of gRPC waits for a check: checks that take longer than `checks_time` count as
//    failed (BoundedChecks).
// 4. After Shutdown() nothing is SERVING, and watchers are told so and let go.
// Thread safety: gRPC calls it from any thread; Start and Shutdown from one.
// Cost: at most one evaluation of the checks a Check, and one an interval for all watchers
// together.
#pragma once

#include <chrono>
#include <memory>
#include <set>

#include "agent/base/periodic_task.h"
#include "agent/rpc/bounded_checks.h"
#include "metrics_core/health.h"
#include "metrics_core/mutex.h"
#include "metrics_core/status.h"
#include "proto/health.grpc.pb.h"

namespace streamhouse::agent {

inline constexpr std::chrono::milliseconds kHealthWatchInterval{200};

class HealthRpc final : public grpc::health::v1::Health::CallbackService {
 public:
  // `health` must outlive this; null: there are no checks.
  explicit HealthRpc(const metrics::Health* health, std::chrono::milliseconds checks_time = kChecksTime);
  ~HealthRpc() override;

  // Before the first call. Unavailable where the system has no threads left.
  metrics::Status Start();
  void Shutdown();

  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context,
                                  const grpc::health::v1::HealthCheckRequest* request,
                                  grpc::health::v1::HealthCheckResponse* response) override;
  grpc::ServerWriteReactor<grpc::health::v1::HealthCheckResponse>* Watch(
      grpc::CallbackServerContext* context, const grpc::health::v1::HealthCheckRequest* request) override;

 private:
  using ServingStatus = grpc::health::v1::HealthCheckResponse::ServingStatus;
  class Watcher;

  void AskForWatchers();
  void TellWatchers(Readiness readiness);
  void Forget(Watcher* watcher);

  metrics::Mutex mutex_;
  bool shut_down_ STREAMHOUSE_GUARDED_BY(mutex_) = false;
  bool asking_ STREAMHOUSE_GUARDED_BY(mutex_) = false;          // for the watchers
  std::set<Watcher*> watchers_ STREAMHOUSE_GUARDED_BY(mutex_);  // each deletes itself, after Forget()

  // Last: their threads use the others.
  BoundedChecks checks_;
  PeriodicTask task_;
};

}  // namespace streamhouse::agent
