#include "agent/rpc/health_rpc.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace streamhouse::agent {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

namespace {

// Services of the agent's server; the empty name stands for the whole server.
constexpr std::array<std::string_view, 7> kServices = {
    "",
    "streamhouse.v1.ProducerService",
    "streamhouse.v1.ConsumerService",
    "streamhouse.v1.TopicService",
    "streamhouse.v1.GroupService",
    "grpc.health.v1.Health",
    "grpc.reflection.v1alpha.ServerReflection",
};

HealthCheckResponse::ServingStatus StatusOf(Readiness readiness) {
  return readiness == Readiness::kReady ? HealthCheckResponse::SERVING : HealthCheckResponse::NOT_SERVING;
}

bool IsKnown(const std::string& service) {
  return std::find(kServices.begin(), kServices.end(), service) != kServices.end();
}

}  // namespace

// One Watch. At most one write is under way; a change meanwhile is sent after it.
class HealthRpc::Watcher final : public grpc::ServerWriteReactor<HealthCheckResponse> {
 public:
  Watcher(HealthRpc& owner, const std::string& service) : service_(owner), is_known_(IsKnown(service)) {}

  void Offer(ServingStatus status) {
    {
      const metrics::MutexLock lock(mutex_);
      wanted_ = is_known_ ? status : HealthCheckResponse::SERVICE_UNKNOWN;
    }
    GoOn();
  }

  // After what was offered last.
  void End() {
    {
      const metrics::MutexLock lock(mutex_);
      ending_ = true;
    }
    GoOn();
  }

  void OnWriteDone(bool ok) override {
    {
      const metrics::MutexLock lock(mutex_);
      writing_ = false;
      cancelled_ = cancelled_ || !ok;
    }
    GoOn();
  }

  void OnCancel() override {
    {
      const metrics::MutexLock lock(mutex_);
      cancelled_ = true;
    }
    GoOn();
  }

  void OnDone() override {
    service_.Forget(this);
    delete this;
  }

 private:
  enum class Step { kNone, kWrite, kFinish };

  Step NextStep() {
    const metrics::MutexLock lock(mutex_);
    if (writing_ || finished_) return Step::kNone;
    if (!cancelled_ && sent_ != wanted_) {
      sent_ = wanted_;
      response_.set_status(*wanted_);
      writing_ = true;
      return Step::kWrite;
    }
    if (!cancelled_ && !ending_) return Step::kNone;
    finished_ = true;
    return Step::kFinish;
  }

  void GoOn() {
    switch (NextStep()) {
      case Step::kNone:
        return;
      case Step::kWrite:
        return StartWrite(&response_);
      case Step::kFinish:
        return Finish({grpc::StatusCode::UNAVAILABLE, "the agent is stopping"});
    }
  }

  HealthRpc& service_;
  const bool is_known_;
  HealthCheckResponse response_;  // of the write under way

  metrics::Mutex mutex_;
  std::optional<ServingStatus> wanted_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::optional<ServingStatus> sent_ STREAMHOUSE_GUARDED_BY(mutex_);
  bool writing_ STREAMHOUSE_GUARDED_BY(mutex_) = false;
  bool ending_ STREAMHOUSE_GUARDED_BY(mutex_) = false;
  bool cancelled_ STREAMHOUSE_GUARDED_BY(mutex_) = false;
  bool finished_ STREAMHOUSE_GUARDED_BY(mutex_) = false;
};

HealthRpc::HealthRpc(const metrics::Health* health, std::chrono::milliseconds checks_time)
    : checks_(health, checks_time), task_([this]() -> std::chrono::nanoseconds {
        AskForWatchers();
        return kHealthWatchInterval;
      }) {}

metrics::Status HealthRpc::Start() {
  metrics::Status started = checks_.Start();
  if (started.ok()) started = task_.Start();
  return started;
}

HealthRpc::~HealthRpc() {
  Shutdown();
}

void HealthRpc::AskForWatchers() {
  {
    const metrics::MutexLock lock(mutex_);
    if (watchers_.empty() || asking_) return;
    asking_ = true;
  }
  checks_.Ask([this](Readiness readiness) { TellWatchers(readiness); });
}

void HealthRpc::TellWatchers(Readiness readiness) {
  const metrics::MutexLock lock(mutex_);
  asking_ = false;
  const Readiness told = shut_down_ ? Readiness::kNotReady : readiness;
  for (Watcher* const watcher : watchers_) watcher->Offer(StatusOf(told));
}

void HealthRpc::Forget(Watcher* watcher) {
  const metrics::MutexLock lock(mutex_);
  watchers_.erase(watcher);
}

void HealthRpc::Shutdown() {
  task_.Stop();
  checks_.Stop();
  const metrics::MutexLock lock(mutex_);
  shut_down_ = true;
  for (Watcher* const watcher : watchers_) {
    watcher->Offer(HealthCheckResponse::NOT_SERVING);
    watcher->End();
  }
}

grpc::ServerUnaryReactor* HealthRpc::Check(grpc::CallbackServerContext* context, const HealthCheckRequest* request,
                                           HealthCheckResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  if (IsKnown(request->service())) {
    checks_.Ask([reactor, response](Readiness readiness) {
      response->set_status(StatusOf(readiness));
      reactor->Finish(grpc::Status::OK);
    });
  } else {
    reactor->Finish({grpc::StatusCode::NOT_FOUND, "there is no such service"});
  }
  return reactor;
}

grpc::ServerWriteReactor<HealthCheckResponse>* HealthRpc::Watch(grpc::CallbackServerContext* /*context*/,
                                                                const HealthCheckRequest* request) {
  auto* const watcher = new Watcher(*this, request->service());
  {
    const metrics::MutexLock lock(mutex_);
    watchers_.insert(watcher);
    if (shut_down_) {
      watcher->Offer(HealthCheckResponse::NOT_SERVING);
      watcher->End();
    }
  }
  AskForWatchers();
  return watcher;
}

}  // namespace streamhouse::agent
