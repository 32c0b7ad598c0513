// LiveSnapshots: the snapshots that are still being read. They keep the objects they point at.
//
// A snapshot can see an object that was unlinked after it began. The object may be freed when every
// such snapshot has ended.
// Invariants:
// 1. Numbers rise: a snapshot that begins later has a higher number.
// 2. A snapshot is live from its Begin() to its End(), and not after that.
// Example: a series is removed between snapshots 7 and 8. Next() is 8 then. The series is freed
// once AllEndedBefore(8): snapshot 7 and all before it have ended.
// Thread safety: all methods from any thread.
// Cost: a lock and a search among the live snapshots, few at a time.
#pragma once

#include <cstdint>
#include <set>

#include "metrics_core/mutex.h"

namespace streamhouse::metrics::internal {

class LiveSnapshots {
 public:
  // Begins a snapshot; its number goes to End().
  std::uint64_t Begin() {
    const MutexLock lock(mutex_);
    live_.insert(next_);
    return next_++;
  }

  void End(std::uint64_t snapshot) {
    const MutexLock lock(mutex_);
    live_.erase(snapshot);
  }

  // The number that the next snapshot will have.
  std::uint64_t Next() const {
    const MutexLock lock(mutex_);
    return next_;
  }

  // True when every snapshot below `number` has ended.
  bool AllEndedBefore(std::uint64_t number) const {
    const MutexLock lock(mutex_);
    return live_.empty() || *live_.begin() >= number;
  }

 private:
  mutable Mutex mutex_;
  std::uint64_t next_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
  std::set<std::uint64_t> live_ STREAMHOUSE_GUARDED_BY(mutex_);
};

}  // namespace streamhouse::metrics::internal
