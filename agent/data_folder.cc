#include "agent/data_folder.h"

namespace streamhouse::agent {

Result<DataFolder> DataFolder::Open(FileSystem& files, const std::string& path) {
  const auto refused = [&](const Status& cause) {
    return Status(cause.code(), "cannot use data folder " + path + ": " + cause.message());
  };
  if (Status created = files.CreateFolders(path); !created.ok()) return refused(created);
  auto lock = files.LockFolder(path + "/lock");
  if (lock.ok()) return DataFolder(path, *std::move(lock));
  if (lock.status().code() != StatusCode::kFailedPrecondition) return refused(lock.status());
  return Status(StatusCode::kFailedPrecondition, "data folder " + path + " is in use by another agent");
}

}  // namespace streamhouse::agent
