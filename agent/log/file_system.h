// FileSystem: the agent's interface to the disk, with the operations that the log and the data
// folder need.
//
// When to use something else: nothing under agent/ opens a file by other means, except SQLite,
// which has its own.
// Guarantees:
// 1. An Append that returns OK has handed all bytes to the operating system, where they survive the
//    death of this process.
// 2. They survive the loss of power only after a Sync that returned OK. A new file also needs a
//    SyncFolder of its folder.
// 3. An Append that fails may have written a part.
// Thread safety: a FileSystem and a ReadableFile may be used from any thread; a WritableFile by one
// at a time, except for ReadAt and Sync.
// Cost: each file and lock that is open takes a file descriptor.
// Errors: every error names the path:
// - NotFound where there is no such file or folder;
// - ResourceExhausted where the disk is full;
// - DataLoss, of CheckUntouched() and CheckInPlace() alone;
// - Internal, of SyncFolder() alone;
// - FailedPrecondition, of LockFolder() alone;
// - Unavailable otherwise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics_core/status.h"

namespace streamhouse::agent {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

class ReadableFile {
 public:
  virtual ~ReadableFile() = default;

  // Fills `destination` from `position` on; fewer bytes only at the end of the file.
  virtual Result<std::size_t> ReadAt(std::uint64_t position, std::span<char> destination) const = 0;
};

// A file that only grows, and can be read meanwhile. The destructor closes it. Sync may run while
// another thread appends, and then covers at least what had been appended before.
class WritableFile : public ReadableFile {
 public:
  // Writes the parts one after the other at the end of the file.
  virtual Status Append(std::string_view first, std::string_view second) = 0;
  virtual Status Sync() = 0;
  virtual Status Truncate(std::uint64_t size_bytes) = 0;
  // DataLoss when another program has removed the file, or given it another size than this one.
  // Reads no data.
  virtual Status CheckUntouched(std::uint64_t size_bytes) const = 0;
  // DataLoss when the path that the file was opened by leads to another file, or to none. OK where
  // that cannot be found out. Reads no data.
  virtual Status CheckInPlace() const = 0;
};

// Held as long as the object lives, and let go by the system when the process dies.
class FolderLock {
 public:
  virtual ~FolderLock() = default;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // Creates the file when it is not there.
  virtual Result<std::unique_ptr<WritableFile>> OpenForAppend(const std::string& path) = 0;
  virtual Result<std::unique_ptr<ReadableFile>> OpenForRead(const std::string& path) = 0;
  virtual Result<std::uint64_t> FileSize(const std::string& path) = 0;
  // When the file was written to last, in milliseconds since the Unix epoch.
  virtual Result<std::int64_t> ModificationTime(const std::string& path) = 0;
  // The time survives the loss of power.
  virtual Status SetModificationTime(const std::string& path, std::int64_t time_ms) = 0;

  // The names of the entries of a folder, sorted. NotFound also when a file is in its place.
  virtual Result<std::vector<std::string>> ListFolder(const std::string& path) = 0;
  // Creates the missing parents as well, and makes what it creates survive the loss of power. OK
  // when it is there already.
  virtual Status CreateFolders(const std::string& path) = 0;
  // As CreateFolders(), without a sync: a created folder survives the loss of power once
  // SyncFolder() of its parent has returned OK.
  virtual Status CreateFoldersUnsynced(const std::string& path) = 0;
  // Makes the creation of files in the folder survive the loss of power. Internal when the sync
  // failed: another try could succeed without having written anything. After any other error
  // nothing was tried.
  virtual Status SyncFolder(const std::string& path) = 0;

  // Gives a file or folder another name on the same disk. Needs neither room nor a new inode.
  // Unavailable where a folder with content has that name.
  virtual Status Rename(const std::string& from, const std::string& to) = 0;

  // The bytes of the disk of `folder` that are free for this process; a quota may allow fewer.
  virtual Result<std::uint64_t> FreeBytes(const std::string& folder) = 0;
  // Creates a file for which so many bytes of the disk are taken, or none.
  virtual Status Allocate(const std::string& path, std::uint64_t bytes) = 0;
  // A program that has the file open can still read it.
  virtual Status RemoveFile(const std::string& path) = 0;
  // The folder must be empty.
  virtual Status RemoveFolder(const std::string& path) = 0;

  // How many files, folders and sockets this process may have open at once.
  virtual std::uint64_t OpenFilesMax() = 0;

  // FailedPrecondition when another holder, in this process or another, has the lock file.
  virtual Result<std::unique_ptr<FolderLock>> LockFolder(const std::string& lock_file_path) = 0;
};

// "." for a name without a slash.
std::string ParentOf(const std::string& path);

// Syncs the folder and this number of its parents.
// Errors: those of SyncFolder().
Status SyncWithParents(FileSystem& files, std::string folder, int parents);

// The file system of this machine; lives until the process ends.
FileSystem& PosixFileSystem();

}  // namespace streamhouse::agent
