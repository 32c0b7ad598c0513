// DiskReserve: bytes of the disk that are kept for metadata, and whether there is room for records.
//
// On a full disk leases cannot be renewed and offsets cannot be committed. So the agent keeps a
// file of some megabytes, and gives it up when the metadata find no room. Producers are refused
// until the file is taken back: they would use up the bytes for the metadata. The file is taken
// back once there is room for it and kRoomBytes more. Giving the file up frees only its own size.
// So the agent takes it back only after other files have freed kRoomBytes more.
//
// Example: a reserve of 16 MiB is given up on a full disk. The metadata use 0.1 MiB of it; 15.9 MiB
// are free, and the reserve stays away. Retention removes a segment of 64 MiB: the reserve is taken
// back, and 63.9 MiB are free.
// When to use something else: retention, to keep the disk from filling up.
// Guarantees:
// 1. Health() never waits for the disk.
// 2. While the file is there and records are taken, kRoomBytes were free when it was last looked
//    at.
// Thread safety: any thread.
// Cost: Health() is one short lock.
// Errors: Health(), ResourceExhausted naming the folder. Trouble with the file itself is logged.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "agent/log/file_system.h"
#include "metrics_core/mutex.h"

namespace streamhouse::agent {

// Free bytes, beside the reserve, before records are taken again.
inline constexpr std::uint64_t kRoomBytes = std::uint64_t{1} << 20;

class DiskReserve {
 public:
  // In `folder`; 0 bytes: there is no file. `files` must outlive this.
  DiskReserve(FileSystem& files, std::string folder, std::uint64_t bytes)
      : files_(files), folder_(std::move(folder)), bytes_(bytes) {}

  // Takes the file where there is room, unless it is there, and looks for room again after
  // NoteFull(). A file of another size is removed. To be called at start, and then at an interval.
  void Refill();
  // To be called when the metadata found no room. True if there is more room now.
  bool GiveUp();
  // Records found no room.
  void NoteFull();

  // Whether less than kRoomBytes can be taken. A disk that fails for another reason does not lack
  // room.
  bool LacksRoom();

  // OK while there is room for records.
  Status Health() const;

 private:
  bool HasRoom(std::uint64_t bytes) const;
  bool Take() STREAMHOUSE_REQUIRES(file_mutex_);
  Status TryRoom() STREAMHOUSE_REQUIRES(file_mutex_);
  std::string path() const { return folder_ + "/reserve"; }

  // Immutable after construction.
  FileSystem& files_;
  const std::string folder_;
  const std::uint64_t bytes_;

  metrics::Mutex file_mutex_;  // held while the file is changed; taken before mutex_

  mutable metrics::Mutex mutex_;                         // held for moments only
  bool is_taken_ STREAMHOUSE_GUARDED_BY(mutex_) = true;  // until the first Refill()
  bool is_full_ STREAMHOUSE_GUARDED_BY(mutex_) = false;
};

}  // namespace streamhouse::agent
