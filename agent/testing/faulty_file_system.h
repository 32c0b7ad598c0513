// FaultyFileSystem: a real file system that a test makes fail, stall or lose unsynced bytes.
//
// When to use something else: PosixFileSystem() where nothing has to fail.
// Guarantees:
// 1. Without a switch it does what its base does.
// 2. Each operation of the file system, and of the files that it hands out, passes Admit() and the
//    switches once, before it is done. SyncFolder asks Admit() also whether the folder can be
//    opened.
// 3. An Append that is refused has written the first half of its bytes, as a full disk would. Any
//    other operation that is refused has done nothing.
// 4. FailOperation(n, fault): operations are counted over the file system and all of its files,
//    from 1, in the order in which they are called. The nth fails, or each from the nth on.
// 5. Switch(state): a disk that is slow or broken, and well again, while it is in use. A switch
//    takes effect for every operation that begins afterwards, and ends the delay of waiting ones.
// 6. LosePower(leftover): each file that was written through this object keeps the bytes of its
//    last sync, and the part of the later bytes that Leftover says. From then on everything fails
//    and changes nothing, as the machine is off.
// 7. A file whose folder was not synced since it was made is gone after LosePower(). So is a folder
//    of CreateFoldersUnsynced() whose parent was not synced since, with all that is in it. A new
//    name is lost unless the folder was synced since.
// 8. The removal of a file or folder and a truncation survive LosePower(). Files that others write,
//    such as SQLite, stay as they are.
// Thread safety: as FileSystem; so must be Admit(). LosePower() may come during calls of other
// threads; it waits for their end. The base must outlive it.
// Cost: a lock or more for each operation. An entry in memory for each file that was opened for
// append, and for each folder and each renaming that is not synced yet.
//
//   for (int n = 1;; ++n) {
//     FaultyFileSystem files(PosixFileSystem());
//     files.FailOperation(n, Fault::kOnce);
//     …
//     if (!files.has_failed()) break;
//   }
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <shared_mutex>
#include <string>
#include <vector>

#include "agent/log/file_system.h"
#include "metrics_core/mutex.h"

namespace streamhouse::agent {

enum class DiskOperation : std::uint8_t { kAppend, kSync, kTruncate, kRead, kOther };

enum class Fault : std::uint8_t {
  kOnce,        // a passing trouble
  kFromThenOn,  // a disk that is gone
};

enum class DiskState : std::uint8_t {
  kWell,
  kSlow,    // an Append or Sync is delayed until the next Switch(), at most by the longest delay
  kBroken,  // everything fails
};

// The rest of the bytes that were written and not synced.
enum class Leftover : std::uint8_t {
  kNothing,
  kHalf,   // the first half of them
  kZeros,  // the file has its size, and zeros in their place: the kernel writes sizes and bytes in any order
};

class FaultyFileSystem : public FileSystem {
 public:
  explicit FaultyFileSystem(FileSystem& base, std::chrono::nanoseconds longest_delay = std::chrono::hours(1))
      : base_(base), longest_delay_(longest_delay) {}

  void FailOperation(int n, Fault fault);
  bool has_failed() const;
  // How many files and folders were synced.
  int syncs() const;

  // For all paths that contain `path_part`; the others are well.
  void Switch(DiskState state, std::string path_part = {});
  // How many operations wait for the end of their delay.
  int delayed() const;

  void LosePower(Leftover leftover);

  // A test's own switch: what the operation fails with, unless OK.
  virtual Status Admit(DiskOperation /*operation*/, const std::string& /*path*/) { return Status::Ok(); }

  Result<std::unique_ptr<WritableFile>> OpenForAppend(const std::string& path) final;
  Result<std::unique_ptr<ReadableFile>> OpenForRead(const std::string& path) final;
  Result<std::uint64_t> FileSize(const std::string& path) final;
  Result<std::int64_t> ModificationTime(const std::string& path) final;
  Status SetModificationTime(const std::string& path, std::int64_t time_ms) final;
  Result<std::vector<std::string>> ListFolder(const std::string& path) final;
  Status CreateFolders(const std::string& path) final;
  Status CreateFoldersUnsynced(const std::string& path) final;
  Status SyncFolder(const std::string& path) final;
  Status Rename(const std::string& from, const std::string& to) final;
  // Not final, so that a test can stand in for a disk of some size.
  Result<std::uint64_t> FreeBytes(const std::string& folder) override;
  Status Allocate(const std::string& path, std::uint64_t bytes) final;
  Status RemoveFile(const std::string& path) final;
  Status RemoveFolder(const std::string& path) final;
  // Not final, so that a test can stand in for a process that may open few.
  std::uint64_t OpenFilesMax() override;
  Result<std::unique_ptr<FolderLock>> LockFolder(const std::string& lock_file_path) final;

 private:
  class Writable;
  class Readable;
  enum class Presence : std::uint8_t { kAbsent, kPresent };
  struct File {
    bool is_listed = false;  // its folder was synced with it
    std::uint64_t synced_bytes = 0;
  };
  struct Renaming {
    std::string from;
    std::string to;
  };

  // Of each operation: what it fails with, unless OK.
  Status Begin(DiskOperation operation, const std::string& path);
  void CountSync();
  void NoteOpen(const std::string& path, Presence before);
  void NoteMissing(std::string folder);
  void NoteRename(const std::string& from, const std::string& to);
  void NoteRemoval(const std::string& path);
  bool is_off() const;
  // Held by each call that changes the disk, from before Begin() to its end.
  std::shared_lock<std::shared_mutex> HoldCall() { return std::shared_lock(calls_); }

  Status CheckCount(const std::string& path) STREAMHOUSE_REQUIRES(mutex_);
  Status CheckState(DiskOperation operation, const std::string& path) STREAMHOUSE_REQUIRES(mutex_);
  void NoteSync(const std::string& path) STREAMHOUSE_REQUIRES(mutex_);

  // Immutable after construction.
  FileSystem& base_;
  const std::chrono::nanoseconds longest_delay_;

  // Guards no data, so that there is nothing to annotate: calls share it, and LosePower() waits for
  // those under way.
  std::shared_mutex calls_;

  mutable metrics::Mutex mutex_;
  metrics::CondVar switched_;
  int failing_operation_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;  // 0: none
  Fault fault_ STREAMHOUSE_GUARDED_BY(mutex_) = Fault::kOnce;
  int operations_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
  int syncs_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
  DiskState state_ STREAMHOUSE_GUARDED_BY(mutex_) = DiskState::kWell;
  std::string path_part_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::uint64_t switches_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
  int delayed_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
  std::map<std::string, File> files_ STREAMHOUSE_GUARDED_BY(mutex_);  // that were opened to be written to
  // New folders whose parent was not synced since.
  std::set<std::string> unlisted_folders_ STREAMHOUSE_GUARDED_BY(mutex_);
  // Renamings, in their order, whose folder was not synced since.
  std::vector<Renaming> renamings_ STREAMHOUSE_GUARDED_BY(mutex_);
  bool is_off_ STREAMHOUSE_GUARDED_BY(mutex_) = false;
};

}  // namespace streamhouse::agent
