#include "agent/topics/pending_openings.h"

#include <cstddef>
#include <utility>

namespace streamhouse::agent {

Result<LogOpenings> PendingOpenings::Reopen(const TopicIdPartition& partition, std::uint64_t end_offset) {
  auto earlier = store_.FindOpenings(partition);
  if (!earlier.ok()) return earlier.status();
  LogOpenings openings(*std::move(earlier), end_offset);
  const metrics::MutexLock lock(mutex_);
  pending_.push_back({.partition = partition, .openings = openings.stored()});
  return openings;
}

Status PendingOpenings::Flush() {
  const metrics::MutexLock flushing(flush_mutex_);
  std::vector<StoredOpenings> openings;
  {
    const metrics::MutexLock lock(mutex_);
    openings = pending_;
  }
  if (openings.empty()) return Status::Ok();
  Status stored = store_.StoreOpenings(openings);
  const metrics::MutexLock lock(mutex_);
  last_flush_ = stored;
  // Others may have come behind them.
  if (stored.ok()) pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(openings.size()));
  return stored;
}

Status PendingOpenings::Health() const {
  const metrics::MutexLock lock(mutex_);
  if (last_flush_.ok()) return last_flush_;
  return {last_flush_.code(),
          "cannot store the openings of logs, which take no batch until then: " + last_flush_.message()};
}

}  // namespace streamhouse::agent
