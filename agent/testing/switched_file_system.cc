#include "agent/testing/switched_file_system.h"

namespace streamhouse::agent {

void SwitchedFileSystem::Switch(DiskState state, std::string path_part) {
  {
    const metrics::MutexLock lock(mutex_);
    state_ = state;
    path_part_ = std::move(path_part);
    ++switches_;
  }
  switched_.NotifyAll();
}

int SwitchedFileSystem::delayed() const {
  const metrics::MutexLock lock(mutex_);
  return delayed_;
}

Status SwitchedFileSystem::Admit(DiskOperation operation, const std::string& path) {
  const metrics::MutexLock lock(mutex_);
  if (state_ == DiskState::kWell || path.find(path_part_) == std::string::npos) return Status::Ok();
  if (state_ == DiskState::kBroken) return {StatusCode::kUnavailable, path + ": the disk was made to break"};
  if (operation == DiskOperation::kAppend || operation == DiskOperation::kSync) {
    ++delayed_;
    switched_.WaitFor(mutex_, delay_,
                      [this, before = switches_]() STREAMHOUSE_REQUIRES(mutex_) { return switches_ != before; });
    --delayed_;
  }
  return Status::Ok();
}

}  // namespace streamhouse::agent
