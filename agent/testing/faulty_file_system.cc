#include "agent/testing/faulty_file_system.h"

namespace streamhouse::agent {

Status FaultyFileSystem::Admit(DiskOperation /*operation*/, const std::string& path) {
  const metrics::MutexLock lock(mutex_);
  ++operations_;
  const bool fails = fault_ == Fault::kOnce ? operations_ == failing_operation_ : operations_ >= failing_operation_;
  if (!fails) return Status::Ok();
  return {StatusCode::kUnavailable, path + ": operation " + std::to_string(operations_) + " was made to fail"};
}

void FaultyFileSystem::NoteSync() {
  const metrics::MutexLock lock(mutex_);
  ++syncs_;
}

int FaultyFileSystem::syncs() const {
  const metrics::MutexLock lock(mutex_);
  return syncs_;
}

bool FaultyFileSystem::has_failed() const {
  const metrics::MutexLock lock(mutex_);
  return operations_ >= failing_operation_;
}

}  // namespace streamhouse::agent
