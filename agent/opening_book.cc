#include "agent/opening_book.h"

#include <utility>

namespace streamhouse::agent {

Result<LogOpenings> OpeningBook::Reopen(const TopicIdPartition& partition, std::uint64_t end_offset) {
  auto earlier = store_.FindOpenings(partition);
  if (!earlier.ok()) return earlier.status();
  LogOpenings openings(*std::move(earlier), end_offset);
  const std::lock_guard lock(mutex_);
  pending_.push_back({.partition = partition, .openings = openings.stored()});
  return openings;
}

Status OpeningBook::Flush() {
  const std::lock_guard lock(mutex_);
  if (pending_.empty()) return Status::Ok();
  Status stored = store_.StoreOpenings(pending_);
  if (stored.ok()) pending_.clear();
  return stored;
}

}  // namespace streamhouse::agent
