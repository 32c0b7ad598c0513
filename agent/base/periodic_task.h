// PeriodicTask: runs a function again and again on a thread of its own.
//
// When to use something else: grpc::Alarm for one moment in the life of one request.
// Guarantees:
// 1. The first run comes at once.
// 2. Runs never overlap.
// 3. None begins after Stop() was called, and Stop() returns when none is going on.
// 4. Stop() may be called twice, without Start(), and is called by the destructor.
// Thread safety: RunSoon from any thread; Start and Stop from one.
// Cost: one thread that sleeps.
// Errors: Start, Unavailable where the system has no thread left.
#pragma once

#include <chrono>
#include <functional>
#include <thread>
#include <utility>

#include "metrics_core/mutex.h"
#include "metrics_core/status.h"

namespace streamhouse::agent {

class PeriodicTask {
 public:
  // Returns how long to wait until the next run.
  using Work = std::function<std::chrono::nanoseconds()>;

  explicit PeriodicTask(Work work) : work_(std::move(work)) {}
  ~PeriodicTask() { Stop(); }
  PeriodicTask(const PeriodicTask&) = delete;
  PeriodicTask& operator=(const PeriodicTask&) = delete;

  metrics::Status Start();
  // Cuts the present wait short.
  void RunSoon();
  void Stop();

 private:
  void Run();

  // Immutable after construction.
  const Work work_;

  // Of the thread that calls Start() and Stop().
  std::thread thread_;

  metrics::Mutex mutex_;
  metrics::CondVar changed_;
  bool stopping_ STREAMHOUSE_GUARDED_BY(mutex_) = false;
  bool run_soon_ STREAMHOUSE_GUARDED_BY(mutex_) = false;
};

}  // namespace streamhouse::agent
