// InterceptedFileSystem: a real file system with a gate before every operation, for those that make disks fail.
//
// When to use something else: FaultyFileSystem to fail the Nth operation, SwitchedFileSystem to change a disk in use.
// Guarantees: each operation of the file system and of the files that it hands out passes Admit() once, before it is
// done. An Append that is refused has written the first half of its bytes, as a full disk would. Any other operation
// that is refused has done nothing.
// Thread safety: as FileSystem; so must be Admit() and the Note functions. The base must outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <vector>

#include "agent/log/file_system.h"

namespace streamhouse::agent {

enum class DiskOperation : std::uint8_t { kAppend, kSync, kTruncate, kRead, kOther };

class InterceptedFileSystem : public FileSystem {
 public:
  explicit InterceptedFileSystem(FileSystem& base) : base_(base) {}

  Result<std::unique_ptr<WritableFile>> OpenForAppend(const std::string& path) final;
  Result<std::unique_ptr<ReadableFile>> OpenForRead(const std::string& path) final;
  Result<std::uint64_t> FileSize(const std::string& path) final;
  Result<std::int64_t> ModificationTime(const std::string& path) final;
  Status SetModificationTime(const std::string& path, std::int64_t time_ms) final;
  Result<std::vector<std::string>> ListFolder(const std::string& path) final;
  Status CreateFolders(const std::string& path) final;
  Status SyncFolder(const std::string& path) final;
  Status Rename(const std::string& from, const std::string& to) final;
  // Not final, so that a test can stand in for a disk of some size.
  Result<std::uint64_t> FreeBytes(const std::string& folder) override;
  Status Allocate(const std::string& path, std::uint64_t bytes) final;
  Status RemoveFile(const std::string& path) final;
  Status RemoveFolder(const std::string& path) final;
  Result<std::unique_ptr<FolderLock>> LockFolder(const std::string& lock_file_path) final;

  // What the operation fails with, unless OK.
  virtual Status Admit(DiskOperation operation, const std::string& path) = 0;
  // A file or folder has been synced.
  virtual void NoteSync() {}
  // A file or folder has another name.
  virtual void NoteRename(const std::string& /*from*/, const std::string& /*to*/) {}
  // A file is gone.
  virtual void NoteRemoval(const std::string& /*path*/) {}
  // Whether an Append that is refused has written the first half of its bytes.
  virtual bool LeavesHalfOfAnAppend() const { return true; }

  // While this is held, no call that changes the disk is between its Admit() and its end.
  std::unique_lock<std::shared_mutex> WaitForCalls() { return std::unique_lock(calls_); }
  // Held by each such call.
  std::shared_lock<std::shared_mutex> BeginCall() { return std::shared_lock(calls_); }

 private:
  FileSystem& base_;
  std::shared_mutex calls_;
};

}  // namespace streamhouse::agent
