// ArrivalSignal: lets one thread wait until any of many sources has something new, without polling
// them.
//
// When to use something else: a condition variable, where there is one source with one lock.
// Guarantees: an arrival after count() was read ends a wait with that count, so none is missed
// between looking and waiting.
// Thread safety: every method, from any thread.
// Cost: one lock; two for Notify().
//
//   const std::uint64_t seen = signal.count();
//   if (nothing_found) signal.WaitBeyond(seen, deadline);
#pragma once

#include <chrono>
#include <cstdint>

#include "metrics_core/mutex.h"

namespace streamhouse::client {

class ArrivalSignal {
 public:
  void Notify() {
    {
      const metrics::MutexLock lock(mutex_);
      ++count_;
    }
    arrived_.NotifyAll();
  }

  std::uint64_t count() const {
    const metrics::MutexLock lock(mutex_);
    return count_;
  }

  // Returns when count() exceeds `seen`, or at the deadline.
  void WaitBeyond(std::uint64_t seen, std::chrono::steady_clock::time_point deadline) {
    const metrics::MutexLock lock(mutex_);
    arrived_.WaitUntil(mutex_, deadline, [this, seen]() STREAMHOUSE_REQUIRES(mutex_) { return count_ > seen; });
  }

 private:
  mutable metrics::Mutex mutex_;
  metrics::CondVar arrived_;
  std::uint64_t count_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
};

}  // namespace streamhouse::client
