// AppendWaiters: wakes the readers that wait for the next records.
//
// When to use something else: PartitionLog::waiters(), the ones of a log.
// Invariants:
// 1. Each waiter waits for an offset that is not below the end of the log.
// 2. A closed log has no waiters.
// Guarantees:
// 1. A waiter is woken at most once: by the first Advance() past its offset, or by WakeAll(). It is
//    never woken when it was removed before.
// 2. No wake-up is missed between a read that found nothing and the Add() that follows it.
// 3. A wake-up may still be running when Remove() returns.
// Thread safety: any thread. Wake-ups run without a lock, on the thread that causes them, so they
// must be quick.
// Cost: one uncontended lock an Advance() without waiters.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>

#include "metrics_core/mutex.h"

namespace streamhouse::agent {

class AppendWaiters {
 public:
  using Id = std::uint64_t;

  // Wakes as soon as the end is above `offset`. Nothing, and `wake` is never called, where that has
  // come already.
  std::optional<Id> Add(std::uint64_t offset, std::function<void()> wake);
  void Remove(Id id);

  // The log now ends before `end_offset`.
  void Advance(std::uint64_t end_offset);

  // Wakes all waiters now.
  void WakeAll();

  // Wakes all waiters. Add() takes no more of them.
  void Close();
  bool closed() const;

 private:
  struct Waiter {
    std::uint64_t offset;
    std::function<void()> wake;
  };

  bool NoneIsDue() const STREAMHOUSE_REQUIRES(mutex_);

  mutable metrics::Mutex mutex_;
  std::unordered_map<Id, Waiter> waiters_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::uint64_t end_offset_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
  Id next_id_ STREAMHOUSE_GUARDED_BY(mutex_) = 1;
  bool closed_ STREAMHOUSE_GUARDED_BY(mutex_) = false;
};

}  // namespace streamhouse::agent
