// FaultyFileSystem: a real file system whose Nth operation fails, for tests of every error path.
//
// When to use something else: PosixFileSystem() where nothing has to fail.
// Guarantees: operations are counted over the file system and all of its files, from 1, in the order in which they are
// called. An Append that fails has written the first half of its bytes, as a full disk would. An operation that fails
// otherwise does nothing.
// Thread safety: as FileSystem. The base must outlive it.
//
//   for (int n = 1;; ++n) {
//     FaultyFileSystem files(PosixFileSystem(), n, Fault::kOnce);
//     …
//     if (!files.has_failed()) break;
//   }
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "agent/log/file_system.h"

namespace streamhouse::agent {

enum class Fault : std::uint8_t {
  kOnce,        // a passing trouble
  kFromThenOn,  // a disk that is gone
};

class FaultyFileSystem final : public FileSystem {
 public:
  FaultyFileSystem(FileSystem& base, int failing_operation, Fault fault)
      : base_(base), failing_operation_(failing_operation), fault_(fault) {}

  bool has_failed() const;
  // How many files and folders were synced.
  int syncs() const;

  Result<std::unique_ptr<WritableFile>> OpenForAppend(const std::string& path) override;
  Result<std::unique_ptr<ReadableFile>> OpenForRead(const std::string& path) override;
  Result<std::uint64_t> FileSize(const std::string& path) override;
  Result<std::vector<std::string>> ListFolder(const std::string& path) override;
  Status CreateFolders(const std::string& path) override;
  Status SyncFolder(const std::string& path) override;
  Status RemoveFile(const std::string& path) override;
  Result<std::unique_ptr<FolderLock>> LockFolder(const std::string& lock_file_path) override;

  // For the files that it hands out: the outcome of the next operation.
  Status NextOutcome(const std::string& path);
  // Likewise: one of them was synced, if so.
  Status NoteSync(Status synced);

 private:
  FileSystem& base_;
  const int failing_operation_;
  const Fault fault_;

  mutable std::mutex mutex_;
  // guarded by mutex_
  int operations_ = 0;
  int syncs_ = 0;
};

}  // namespace streamhouse::agent
