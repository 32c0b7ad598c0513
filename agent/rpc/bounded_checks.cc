#include "agent/rpc/bounded_checks.h"

#include <utility>

namespace streamhouse::agent {
namespace {

// Until a caller asks.
constexpr std::chrono::hours kIdle{1};

}  // namespace

BoundedChecks::BoundedChecks(const metrics::Health* health, std::chrono::milliseconds wait_time)
    : health_(health),
      wait_time_(wait_time),
      evaluation_([this]() -> std::chrono::nanoseconds {
        Evaluate();
        return kIdle;
      }),
      late_([this] { return AnswerExpired(); }) {}

metrics::Status BoundedChecks::Start() {
  metrics::Status started = evaluation_.Start();
  if (started.ok()) started = late_.Start();
  return started;
}

void BoundedChecks::Ask(Done done) {
  bool is_first = false;
  {
    const metrics::MutexLock lock(mutex_);
    if (!stopped_ && waiting_.size() < kChecksWaitingMax) {
      is_first = waiting_.empty();
      waiting_.push_back(
          {.deadline = std::chrono::steady_clock::now() + wait_time_, .done = std::exchange(done, nullptr)});
    }
  }
  if (done != nullptr) return done(Readiness::kNotReady);
  // The others wait for the evaluation and the deadline of the first.
  if (!is_first) return;
  evaluation_.RunSoon();
  late_.RunSoon();
}

void BoundedChecks::Evaluate() {
  {
    const metrics::MutexLock lock(mutex_);
    if (waiting_.empty()) return;
  }
  const bool is_ready = health_ == nullptr || health_->Evaluate().ready();
  AnswerAll(is_ready ? Readiness::kReady : Readiness::kNotReady);
}

void BoundedChecks::AnswerAll(Readiness readiness) {
  std::deque<Waiting> answered;
  {
    const metrics::MutexLock lock(mutex_);
    answered.swap(waiting_);
  }
  for (const Waiting& one : answered) one.done(readiness);
}

std::chrono::nanoseconds BoundedChecks::AnswerExpired() {
  for (;;) {
    Done done;
    {
      const metrics::MutexLock lock(mutex_);
      if (waiting_.empty()) return kIdle;
      const auto now = std::chrono::steady_clock::now();
      if (waiting_.front().deadline > now) return waiting_.front().deadline - now;
      done = std::move(waiting_.front().done);
      waiting_.pop_front();
    }
    done(Readiness::kNotReady);
  }
}

void BoundedChecks::Stop() {
  {
    const metrics::MutexLock lock(mutex_);
    stopped_ = true;
  }
  AnswerAll(Readiness::kNotReady);
  late_.Stop();
  evaluation_.Stop();
}

}  // namespace streamhouse::agent
