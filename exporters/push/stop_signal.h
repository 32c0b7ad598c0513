// StopSignal: tells the thread of an exporter to stop, and ends its waits.
//
// When to use something else: PushDeadline, to give up at a time.
// Guarantees:
// 1. Once given, it stays given.
// 2. A wait ends at once when it is given.
// Thread safety: any thread. It must not be destroyed while a thread waits, nor in the child of a
// fork whose parent waits: PushLoop, which owns one, sees to that.
// Cost: a lock.
//
//   if (stop.WaitUntil(next_try)) return;  // the exporter stops
#pragma once

#include <chrono>

#include "metrics_core/mutex.h"

namespace streamhouse::exporters {

class StopSignal {
 public:
  void Give() {
    {
      const metrics::MutexLock lock(mutex_);
      is_given_ = true;
    }
    given_.NotifyAll();
  }

  bool is_given() const {
    const metrics::MutexLock lock(mutex_);
    return is_given_;
  }

  // Waits until the time comes or the signal is given. True: it is given.
  bool WaitUntil(std::chrono::steady_clock::time_point time) {
    const metrics::MutexLock lock(mutex_);
    return given_.WaitUntil(mutex_, time, [this]() STREAMHOUSE_REQUIRES(mutex_) { return is_given_; });
  }

 private:
  mutable metrics::Mutex mutex_;
  metrics::CondVar given_;
  bool is_given_ STREAMHOUSE_GUARDED_BY(mutex_) = false;
};

}  // namespace streamhouse::exporters
