// ArrivalSignal: lets one thread wait until any of many sources has something new, without polling them.
//
// When to use something else: a condition variable, where there is one source with one lock.
// Guarantees: an arrival after count() was read ends a wait with that count, so none is missed between looking and
// waiting.
// Thread safety: every method, from any thread.
// Cost: one lock.
//
//   const std::uint64_t seen = signal.count();
//   if (nothing_found) signal.WaitBeyond(seen, deadline);
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace streamhouse::client {

class ArrivalSignal {
 public:
  void Notify() {
    {
      const std::lock_guard lock(mutex_);
      ++count_;
    }
    arrived_.notify_all();
  }

  std::uint64_t count() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }

  // Returns when count() exceeds `seen`, or at the deadline.
  void WaitBeyond(std::uint64_t seen, std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    arrived_.wait_until(lock, deadline, [this, seen] { return count_ > seen; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::uint64_t count_ = 0;  // guarded by mutex_
};

}  // namespace streamhouse::client
