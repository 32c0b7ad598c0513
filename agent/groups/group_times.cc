#include "agent/groups/group_times.h"

namespace streamhouse::agent {

GroupTimes::TimedGroup* GroupTimes::Note(const std::string& group) {
  auto found = groups_.find(group);
  if (found == groups_.end()) {
    if (groups_.size() >= kGroupsTimedMax) return nullptr;
    found = groups_.emplace(group, TimedGroup()).first;
  }
  found->second.last = ++notes_;
  found->second.time.request_ms = clock_();
  return &found->second;
}

void GroupTimes::NoteRequest(const std::string& group) {
  const metrics::MutexLock lock(mutex_);
  Note(group);
}

void GroupTimes::NoteCommit(const std::string& group) {
  const metrics::MutexLock lock(mutex_);
  if (TimedGroup* const timed = Note(group)) timed->time.commit_ms = timed->time.request_ms;
}

GroupTime GroupTimes::Find(const std::string& group) const {
  const metrics::MutexLock lock(mutex_);
  const auto found = groups_.find(group);
  return found == groups_.end() ? GroupTime() : found->second.time;
}

GroupTimes::Mark GroupTimes::mark() const {
  const metrics::MutexLock lock(mutex_);
  return notes_;
}

void GroupTimes::KeepOnly(const std::set<std::string>& groups, Mark mark) {
  const metrics::MutexLock lock(mutex_);
  std::erase_if(groups_, [&](const auto& entry) { return entry.second.last <= mark && !groups.contains(entry.first); });
}

void GroupTimes::Forget(const std::string& group) {
  const metrics::MutexLock lock(mutex_);
  groups_.erase(group);
}

}  // namespace streamhouse::agent
