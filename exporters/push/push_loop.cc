#include "exporters/push/push_loop.h"

#include <unistd.h>

#include <random>
#include <utility>
#include <vector>

#include "exporters/push/push_schedule.h"
#include "exporters/threads/blocked_signals.h"
#include "metrics_core/dcheck.h"
#include "metrics_core/start_thread.h"

namespace streamhouse::exporters {

using metrics::Status;

PushLoop::PushLoop(std::string exporter, std::string name, Push push, PushLoopOptions options,
                   const PushMetrics& metrics)
    : exporter_(std::move(exporter)),
      name_(std::move(name)),
      push_(std::move(push)),
      options_(std::move(options)),
      metrics_(metrics) {}

PushLoop::~PushLoop() {
  Stop();
}

Status PushLoop::Check() const {
  constexpr std::chrono::milliseconds kNone{0};
  if (process_ != 0) return {metrics::StatusCode::kFailedPrecondition, "the exporter was started already"};
  if (options_.interval <= kNone) return metrics::InvalidField("interval", "must be more than 0");
  if (options_.push_time <= kNone) return metrics::InvalidField("push_time", "must be more than 0");
  return Status::Ok();
}

Status PushLoop::Start() {
  if (Status checked = Check(); !checked.ok()) return checked;
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
  stop_->Give();
  thread_.join();
}

// The child of a fork has no such thread. To destroy a condition on which it waits would wait for
// it.
void PushLoop::LeaveToParent() {
  static auto* const left = new std::vector<std::unique_ptr<StopSignal>>();
  left->push_back(std::move(stop_));
  thread_.detach();
}

Status PushLoop::PushOnce() {
  // Invariant 1.
  metrics::DCheck([this] { return !is_pushing_; }, "pushes never overlap");
  is_pushing_ = true;
  Status pushed = push_(std::chrono::steady_clock::now() + options_.push_time);
  is_pushing_ = false;
  metrics_.Count(exporter_, pushed);
  return pushed;
}

void PushLoop::Log(const Status& pushed) {
  const bool was_failing = std::exchange(is_failing_, !pushed.ok());
  const std::string reason_before = std::exchange(reason_, pushed.message());
  const bool is_new = was_failing != is_failing_ || (is_failing_ && reason_ != reason_before);
  if (!options_.log || !is_new) return;
  options_.log(name_ + (is_failing_ ? ": pushes fail: " + pushed.message() : ": pushes work again"));
}

bool PushLoop::IsStoppedWithin(std::chrono::milliseconds delay) {
  return stop_->WaitUntil(std::chrono::steady_clock::now() + delay);
}

void PushLoop::Run() {
  PushSchedule schedule(options_.interval, std::random_device()());
  std::chrono::milliseconds delay = schedule.AfterSuccess();
  while (!IsStoppedWithin(delay)) {
    const Status pushed = PushOnce();
    // A push that Stop() has cut short says nothing about the receiver.
    if (pushed.ok() || !stop_->is_given()) Log(pushed);
    delay = pushed.ok() ? schedule.AfterSuccess() : schedule.AfterFailure();
  }
  Log(PushOnce());
  // Invariant 2.
  metrics::DCheck([this] { return stop_->is_given(); }, "only the stop signal ends the pushes");
}

}  // namespace streamhouse::exporters
