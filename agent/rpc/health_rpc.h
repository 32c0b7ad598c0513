// HealthRpc: gRPC's health service, answered by the checks that /ready asks.
//
// When to use something else: /ready over HTTP says why, this says yes or no.
// Guarantees: Check asks the checks at that moment: the server as a whole and each service of this agent are SERVING
// while all of them succeed. Watch tells a change within kHealthWatchInterval. After Shutdown() nothing is SERVING, and
// watchers are told so and let go.
// Thread safety: gRPC calls it from any thread; Shutdown from one.
// Cost: one evaluation of the checks a Check, and one an interval for all watchers together.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <set>

#include "agent/periodic_task.h"
#include "metrics_core/health.h"
#include "proto/health.grpc.pb.h"

namespace streamhouse::agent {

inline constexpr std::chrono::milliseconds kHealthWatchInterval{200};

class HealthRpc final : public grpc::health::v1::Health::CallbackService {
 public:
  // `health` must outlive this; null: there are no checks.
  explicit HealthRpc(const metrics::Health* health);
  ~HealthRpc() override;

  void Shutdown();

  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context,
                                  const grpc::health::v1::HealthCheckRequest* request,
                                  grpc::health::v1::HealthCheckResponse* response) override;
  grpc::ServerWriteReactor<grpc::health::v1::HealthCheckResponse>* Watch(
      grpc::CallbackServerContext* context, const grpc::health::v1::HealthCheckRequest* request) override;

 private:
  using ServingStatus = grpc::health::v1::HealthCheckResponse::ServingStatus;
  class Watcher;

  ServingStatus Evaluate() const;
  void TellWatchers();
  void Forget(Watcher* watcher);

  const metrics::Health* const health_;  // may be null

  mutable std::mutex mutex_;
  // guarded by mutex_
  bool shut_down_ = false;
  std::set<Watcher*> watchers_;  // each deletes itself, after Forget()

  PeriodicTask task_;
};

}  // namespace streamhouse::agent
