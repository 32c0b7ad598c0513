// FaultyFileSystem: a real file system whose Nth operation fails, for tests of every error path.
//
// When to use something else: PosixFileSystem() where nothing has to fail, SwitchedFileSystem where something has to
// fail while it is in use.
// Guarantees: operations are counted over the file system and all of its files, from 1, in the order in which they are
// called. What a failing one does is in intercepted_file_system.h.
// Thread safety: as FileSystem. The base must outlive it.
//
//   for (int n = 1;; ++n) {
//     FaultyFileSystem files(PosixFileSystem(), n, Fault::kOnce);
//     …
//     if (!files.has_failed()) break;
//   }
#pragma once

#include <cstdint>
#include <string>

#include "agent/testing/intercepted_file_system.h"
#include "metrics_core/mutex.h"

namespace streamhouse::agent {

enum class Fault : std::uint8_t {
  kOnce,        // a passing trouble
  kFromThenOn,  // a disk that is gone
};

class FaultyFileSystem final : public InterceptedFileSystem {
 public:
  FaultyFileSystem(FileSystem& base, int failing_operation, Fault fault)
      : InterceptedFileSystem(base), failing_operation_(failing_operation), fault_(fault) {}

  bool has_failed() const;
  // How many files and folders were synced.
  int syncs() const;

  Status Admit(DiskOperation operation, const std::string& path) override;
  void NoteSync() override;

 private:
  const int failing_operation_;
  const Fault fault_;

  mutable metrics::Mutex mutex_;
  int operations_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
  int syncs_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
};

}  // namespace streamhouse::agent
