// SwitchedFileSystem: a real file system whose disk turns slow or breaks, and is well again, while it is in use.
//
// When to use something else: FaultyFileSystem to try the failure of every single operation.
// Guarantees: Switch takes effect for every operation that begins afterwards, and ends the delay of those that wait.
// What a broken disk leaves of an operation is in intercepted_file_system.h.
// Thread safety: as FileSystem. The base must outlive it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "agent/testing/intercepted_file_system.h"
#include "metrics_core/mutex.h"

namespace streamhouse::agent {

enum class DiskState : std::uint8_t {
  kWell,
  kSlow,    // what writes or syncs is delayed
  kBroken,  // everything fails
};

class SwitchedFileSystem final : public InterceptedFileSystem {
 public:
  SwitchedFileSystem(FileSystem& base, std::chrono::nanoseconds delay) : InterceptedFileSystem(base), delay_(delay) {}

  // From now on, for all paths that contain `path_part`; the others are well.
  void Switch(DiskState state, std::string path_part = {});

  // How many operations wait for the end of their delay.
  int delayed() const;

  Status Admit(DiskOperation operation, const std::string& path) override;

 private:
  const std::chrono::nanoseconds delay_;

  mutable metrics::Mutex mutex_;
  metrics::CondVar switched_;
  DiskState state_ STREAMHOUSE_GUARDED_BY(mutex_) = DiskState::kWell;
  std::string path_part_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::uint64_t switches_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
  int delayed_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
};

}  // namespace streamhouse::agent
