#include "agent/log/append_waiters.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "metrics_core/dcheck.h"

namespace streamhouse::agent {

std::optional<AppendWaiters::Id> AppendWaiters::Add(std::uint64_t offset, std::function<void()> wake) {
  const metrics::MutexLock lock(mutex_);
  if (closed_ || end_offset_ > offset) return std::nullopt;
  const Id id = next_id_++;
  waiters_.emplace(id, Waiter{offset, std::move(wake)});
  // Invariant 1.
  metrics::DCheck([this]() STREAMHOUSE_UNCHECKED { return NoneIsDue(); }, "a waiter waits for what is not there yet");
  return id;
}

void AppendWaiters::Remove(Id id) {
  const metrics::MutexLock lock(mutex_);
  waiters_.erase(id);
}

void AppendWaiters::Advance(std::uint64_t end_offset) {
  std::vector<std::function<void()>> due;
  {
    const metrics::MutexLock lock(mutex_);
    end_offset_ = std::max(end_offset_, end_offset);
    std::erase_if(waiters_, [&](auto& entry) STREAMHOUSE_REQUIRES(mutex_) {
      if (entry.second.offset >= end_offset_) return false;
      due.push_back(std::move(entry.second.wake));
      return true;
    });
    // Invariant 1.
    metrics::DCheck([this]() STREAMHOUSE_UNCHECKED { return NoneIsDue(); }, "a waiter whose record is there is woken");
  }
  for (const auto& wake : due) wake();
}

void AppendWaiters::WakeAll() {
  std::unordered_map<Id, Waiter> due;
  {
    const metrics::MutexLock lock(mutex_);
    due.swap(waiters_);
  }
  for (const auto& [id, waiter] : due) waiter.wake();
}

void AppendWaiters::Close() {
  {
    const metrics::MutexLock lock(mutex_);
    closed_ = true;
  }
  WakeAll();
  // Invariant 2.
  metrics::DCheck(
      [this] {
        const metrics::MutexLock lock(mutex_);
        return waiters_.empty();
      },
      "a closed log has no waiters");
}

bool AppendWaiters::NoneIsDue() const {
  return std::all_of(waiters_.begin(), waiters_.end(), [this](const auto& entry) STREAMHOUSE_REQUIRES(mutex_) {
    return entry.second.offset >= end_offset_;
  });
}

bool AppendWaiters::closed() const {
  const metrics::MutexLock lock(mutex_);
  return closed_;
}

}  // namespace streamhouse::agent
