// BoundedChecks: evaluates a Health for its callers, on a thread of its own.
//
// When to use something else: Health::Evaluate, where the caller may wait for a slow check.
// Guarantees:
// 1. Ask() never waits for a check.
// 2. One evaluation runs at a time. When it ends, it answers all callers that wait, also callers
//    that came while it ran.
// 3. A result takes at most `wait_time`. After that, and where kChecksWaitingMax wait already, it
//    is "not ready".
// 4. When Stop() has returned, all have their result, and no check runs. Where a check never
//    returns, neither does Stop().
// Thread safety: Ask from any thread; Start and Stop from one.
// Cost: two threads that sleep.
// Errors: Start, Unavailable where the system has no threads left.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>

#include "agent/base/periodic_task.h"
#include "metrics_core/health.h"
#include "metrics_core/mutex.h"
#include "metrics_core/status.h"

namespace streamhouse::agent {

// How long a caller of the health service waits for the checks.
inline constexpr std::chrono::seconds kChecksTime{5};
// Callers of the health service that wait for the checks.
inline constexpr std::size_t kChecksWaitingMax = 64;

enum class Readiness : std::uint8_t { kNotReady, kReady };

class BoundedChecks {
 public:
  using Done = std::function<void(Readiness)>;

  // `health` must outlive this; null: there are no checks.
  explicit BoundedChecks(const metrics::Health* health, std::chrono::milliseconds wait_time = kChecksTime);
  ~BoundedChecks() { Stop(); }

  // Called once. It answers earlier requests as well.
  metrics::Status Start();

  // Calls `done` once: at once, or later on a thread of this.
  void Ask(Done done);
  void Stop();

 private:
  struct Waiting {
    std::chrono::steady_clock::time_point deadline;
    Done done;
  };

  void Evaluate();
  std::chrono::nanoseconds AnswerExpired();
  void AnswerAll(Readiness readiness);

  // Immutable after construction.
  const metrics::Health* const health_;  // may be null
  const std::chrono::milliseconds wait_time_;

  metrics::Mutex mutex_;
  // In the order of their coming, and so of their deadlines.
  std::deque<Waiting> waiting_ STREAMHOUSE_GUARDED_BY(mutex_);
  bool stopped_ STREAMHOUSE_GUARDED_BY(mutex_) = false;

  // Last: their threads use the others.
  PeriodicTask evaluation_;
  PeriodicTask late_;
};

}  // namespace streamhouse::agent
