// DataFolder: where an agent keeps everything, and the lock that keeps a second agent out of it.
//
//   <data_folder>/lock         held while the agent runs
//   <data_folder>/metadata.db  topics, leases, committed offsets; metadata.db.lock is held while an agent uses it
//   <data_folder>/reserve      bytes of the disk that are kept for metadata (disk_reserve.h)
//   <data_folder>/log/<topic>/topic#<id>    whose folder it is (topic_folders.h)
//   <data_folder>/log/<topic>/<partition>/  segments
//
// One folder holds both the logs and the leases for them, so neither can meet those of another
// cluster. A store of AgentConfig::metadata is elsewhere: only the ids in topic#<id> tie it to the
// folder.
// When to use something else: backup.h for a copy of the folder while an agent has it;
// log_verifier.h to read logs without the lock.
// Guarantees: while the object lives, no other agent has the folder; the system lets go when the
// process dies.
// Thread safety: immutable.
// Cost: one open file.
// Errors: one line that names the path; FailedPrecondition when another agent has it.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "agent/log/file_system.h"

namespace streamhouse::agent {

class DataFolder {
 public:
  // How long Open() waits for the lock: a backup holds it for a moment.
  static constexpr std::chrono::seconds kLockPatience{1};

  // Creates the folder when it is not there, and makes sure that it can be written to.
  static Result<DataFolder> Open(FileSystem& files, const std::string& path);

  std::string metadata_path() const { return path_ + "/metadata.db"; }
  std::string log_folder() const { return path_ + "/log"; }

 private:
  DataFolder(std::string path, std::unique_ptr<FolderLock> lock) : path_(std::move(path)), lock_(std::move(lock)) {}

  std::string path_;
  std::unique_ptr<FolderLock> lock_;
};

}  // namespace streamhouse::agent
