#include "exporters/push/push_loop.h"

#include <unistd.h>

#include <random>
#include <utility>
#include <vector>

#include "exporters/push/push_schedule.h"
#include "exporters/threads/blocked_signals.h"
#include "metrics_core/start_thread.h"

namespace streamhouse::exporters {

using metrics::MutexLock;
using metrics::Status;

PushLoop::PushLoop(std::string exporter, Push push, PushLoopOptions options, const PushMetrics& metrics)
    : exporter_(std::move(exporter)), push_(std::move(push)), options_(options), metrics_(metrics) {}

PushLoop::~PushLoop() {
  Stop();
}

Status PushLoop::Start() {
  const BlockedSignals blocked;
  auto started = metrics::StartThread([this] { Run(); });
  if (!started.ok()) return started.status();
  process_ = getpid();
  thread_ = *std::move(started);
  return Status::Ok();
}

void PushLoop::Stop() {
  if (!thread_.joinable()) return;
  if (getpid() != process_) return LeaveToParent();
  {
    const MutexLock lock(waiting_->mutex);
    waiting_->stopping = true;
  }
  waiting_->stop_requested.NotifyOne();
  thread_.join();
}

// The child of a fork has no such thread. To destroy a condition on which it waits would wait for
// it.
void PushLoop::LeaveToParent() {
  static auto* const left = new std::vector<std::unique_ptr<Waiting>>();
  left->push_back(std::move(waiting_));
  thread_.detach();
}

Status PushLoop::PushOnce() {
  Status pushed = push_(std::chrono::steady_clock::now() + options_.push_time);
  metrics_.Count(exporter_, pushed);
  return pushed;
}

bool PushLoop::IsStoppedWithin(std::chrono::milliseconds delay) {
  Waiting& waiting = *waiting_;
  const MutexLock lock(waiting.mutex);
  return waiting.stop_requested.WaitFor(waiting.mutex, delay,
                                        [&]() STREAMHOUSE_REQUIRES(waiting.mutex) { return waiting.stopping; });
}

void PushLoop::Run() {
  PushSchedule schedule(options_.interval, std::random_device()());
  std::chrono::milliseconds delay = schedule.AfterSuccess();
  while (!IsStoppedWithin(delay)) delay = PushOnce().ok() ? schedule.AfterSuccess() : schedule.AfterFailure();
  // No caller waits for its outcome; the counter has it.
  static_cast<void>(PushOnce());
}

}  // namespace streamhouse::exporters
