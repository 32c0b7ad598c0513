#include "agent/data_folder.h"

#include <chrono>
#include <thread>

namespace streamhouse::agent {
namespace {

// A backup of a stopped agent has the lock while it reads the write-ahead log of the metadata.
constexpr std::chrono::milliseconds kLockRetry{10};

// Polls: flock(2) refuses at once, or waits without a deadline, and only a signal ends that wait.
Result<std::unique_ptr<FolderLock>> LockSoon(FileSystem& files, const std::string& path) {
  const auto deadline = std::chrono::steady_clock::now() + DataFolder::kLockPatience;
  for (;;) {
    auto lock = files.LockFolder(path);
    const bool is_held = lock.status().code() == StatusCode::kFailedPrecondition;
    if (!is_held || std::chrono::steady_clock::now() >= deadline) return lock;
    std::this_thread::sleep_for(kLockRetry);
  }
}

}  // namespace

Result<DataFolder> DataFolder::Open(FileSystem& files, const std::string& path) {
  const auto refused = [&](const Status& cause) {
    return cause.WithMessage("cannot use data folder " + path + ": " + cause.message());
  };
  if (Status created = files.CreateFolders(path); !created.ok()) return refused(created);
  auto lock = LockSoon(files, path + "/lock");
  if (lock.ok()) return DataFolder(path, *std::move(lock));
  if (lock.status().code() != StatusCode::kFailedPrecondition) return refused(lock.status());
  return Status(StatusCode::kFailedPrecondition, "data folder " + path + " is in use by another agent");
}

}  // namespace streamhouse::agent
