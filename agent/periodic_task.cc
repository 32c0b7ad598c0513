#include "agent/periodic_task.h"

#include "metrics_core/start_thread.h"

namespace streamhouse::agent {

metrics::Status PeriodicTask::Start() {
  auto started = metrics::StartThread([this] { Run(); });
  if (!started.ok()) return started.status();
  thread_ = *std::move(started);
  return metrics::Status::Ok();
}

void PeriodicTask::RunSoon() {
  const std::lock_guard lock(mutex_);
  run_soon_ = true;
  changed_.notify_one();
}

void PeriodicTask::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void PeriodicTask::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    run_soon_ = false;
    lock.unlock();
    const std::chrono::nanoseconds wait = work_();
    lock.lock();
    changed_.wait_for(lock, wait, [this] { return stopping_ || run_soon_; });
  }
}

}  // namespace streamhouse::agent
