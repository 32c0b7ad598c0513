// PowerLossFileSystem: a real file system that forgets what was not synced, when the power goes.
//
// When to use something else: killing a process, after which the kernel still has everything.
// Guarantees: LosePower() leaves of each file that was written through this object what was in it at its last sync, and
// of the rest what Leftover says; a file whose folder was not synced since it was made is gone. A new name is lost
// unless the folder was synced since. The removal of a file and a truncation stay done. Everything fails from then on,
// as the machine is off, and changes nothing.
// Thread safety: as FileSystem; LosePower() also while others are in calls, which it lets end. The base must outlive
// it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "agent/testing/intercepted_file_system.h"
#include "metrics_core/mutex.h"

namespace streamhouse::agent {

// What becomes of bytes that were written and not synced.
enum class Leftover : std::uint8_t {
  kNothing,
  kHalf,   // the first half of them
  kZeros,  // the file has its size, and zeros in their place: the kernel writes sizes and bytes in any order
};

class PowerLossFileSystem final : public InterceptedFileSystem {
 public:
  explicit PowerLossFileSystem(FileSystem& base) : InterceptedFileSystem(base) {}

  void LosePower(Leftover leftover);

  Status Admit(DiskOperation operation, const std::string& path) override;
  void NoteRename(const std::string& from, const std::string& to) override;
  void NoteRemoval(const std::string& path) override;
  bool LeavesHalfOfAnAppend() const override { return false; }

 private:
  struct File {
    bool is_listed = false;  // its folder was synced with it
    std::uint64_t synced_bytes = 0;
  };

  struct Renaming {
    std::string from;
    std::string to;
  };

  metrics::Mutex mutex_;
  std::map<std::string, File> files_ STREAMHOUSE_GUARDED_BY(mutex_);  // that were written to
  // Whose folder was not synced since, in their order.
  std::vector<Renaming> renamings_ STREAMHOUSE_GUARDED_BY(mutex_);
  bool is_off_ STREAMHOUSE_GUARDED_BY(mutex_) = false;
};

}  // namespace streamhouse::agent
