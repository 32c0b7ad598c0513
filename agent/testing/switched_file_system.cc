#include "agent/testing/switched_file_system.h"

namespace streamhouse::agent {

void SwitchedFileSystem::Switch(DiskState state, std::string path_part) {
  {
    const std::lock_guard lock(mutex_);
    state_ = state;
    path_part_ = std::move(path_part);
    ++switches_;
  }
  switched_.notify_all();
}

int SwitchedFileSystem::delayed() const {
  const std::lock_guard lock(mutex_);
  return delayed_;
}

Status SwitchedFileSystem::Admit(DiskOperation operation, const std::string& path) {
  std::unique_lock lock(mutex_);
  if (state_ == DiskState::kWell || path.find(path_part_) == std::string::npos) return Status::Ok();
  if (state_ == DiskState::kBroken) return {StatusCode::kUnavailable, path + ": the disk was made to break"};
  if (operation == DiskOperation::kAppend || operation == DiskOperation::kSync) {
    ++delayed_;
    switched_.wait_for(lock, delay_, [this, before = switches_] { return switches_ != before; });
    --delayed_;
  }
  return Status::Ok();
}

}  // namespace streamhouse::agent
