#include "agent/base/periodic_task.h"

#include "metrics_core/start_thread.h"

namespace streamhouse::agent {

metrics::Status PeriodicTask::Start() {
  auto started = metrics::StartThread([this] { Run(); });
  if (!started.ok()) return started.status();
  thread_ = *std::move(started);
  return metrics::Status::Ok();
}

void PeriodicTask::RunSoon() {
  const metrics::MutexLock lock(mutex_);
  run_soon_ = true;
  changed_.NotifyOne();
}

void PeriodicTask::Stop() {
  {
    const metrics::MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyOne();
  }
  if (thread_.joinable()) thread_.join();
}

void PeriodicTask::Run() {
  metrics::MutexLock lock(mutex_);
  while (!stopping_) {
    run_soon_ = false;
    lock.Unlock();
    const std::chrono::nanoseconds wait = work_();
    lock.Lock();
    changed_.WaitFor(mutex_, wait, [this]() STREAMHOUSE_REQUIRES(mutex_) { return stopping_ || run_soon_; });
  }
}

}  // namespace streamhouse::agent
