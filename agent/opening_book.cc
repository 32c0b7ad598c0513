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
  last_flush_ = store_.StoreOpenings(pending_);
  if (last_flush_.ok()) pending_.clear();
  return last_flush_;
}

Status OpeningBook::Health() const {
  const std::lock_guard lock(mutex_);
  if (last_flush_.ok()) return last_flush_;
  return {last_flush_.code(),
          "cannot store the openings of logs, which take no batch until then: " + last_flush_.message()};
}

}  // namespace streamhouse::agent
