#include "agent/topics/disk_reserve.h"

#include <algorithm>

#include "agent/base/operator_log.h"

namespace streamhouse::agent {

// A disk that does not tell how much is free, or a quota, shows itself when room is taken.
bool DiskReserve::HasRoom(std::uint64_t bytes) const {
  const auto free = files_.FreeBytes(folder_);
  return !free.ok() || *free >= bytes;
}

// Takes the file only if kRoomBytes are left then.
bool DiskReserve::Take() {
  if (!HasRoom(bytes_ + kRoomBytes) || !files_.Allocate(path(), bytes_).ok()) return false;
  if (TryRoom().ok()) return true;
  // If the file stays, the next try finds no room either, and tells it.
  static_cast<void>(files_.RemoveFile(path()));
  return false;
}

Status DiskReserve::TryRoom() {
  const std::string probe = folder_ + "/reserve.probe";
  if (!HasRoom(kRoomBytes)) return {StatusCode::kResourceExhausted, "no room for " + probe};
  Status taken = files_.Allocate(probe, kRoomBytes);
  // A file that stays is written over by the next one.
  if (taken.ok()) static_cast<void>(files_.RemoveFile(probe));
  return taken;
}

bool DiskReserve::LacksRoom() {
  const metrics::MutexLock file_lock(file_mutex_);
  return TryRoom().code() == StatusCode::kResourceExhausted;
}

void DiskReserve::Refill() {
  const metrics::MutexLock file_lock(file_mutex_);
  const bool was_healthy = Health().ok();
  const auto present = files_.FileSize(path());
  const bool was_taken = bytes_ == 0 || (present.ok() && *present == bytes_);
  // A file of another size, from before a restart, takes room that the new one may need.
  if (present.ok() && *present != bytes_) static_cast<void>(files_.RemoveFile(path()));
  const bool is_taken = was_taken || Take();
  const bool has_room = is_taken && (was_healthy || !was_taken || TryRoom().ok());
  {
    const metrics::MutexLock lock(mutex_);
    is_taken_ = is_taken;
    is_full_ = is_full_ && !has_room;
  }
  const Status health = Health();
  if (was_healthy && !health.ok()) OperatorLog().error("{}", health.message());
  if (!was_healthy && health.ok()) OperatorLog().info("the disk of {} has room again", folder_);
}

bool DiskReserve::GiveUp() {
  const metrics::MutexLock file_lock(file_mutex_);
  const auto present = files_.FileSize(path());
  if (!present.ok() || *present == 0 || !files_.RemoveFile(path()).ok()) return false;
  {
    const metrics::MutexLock lock(mutex_);
    is_taken_ = false;
    is_full_ = true;
  }
  OperatorLog().error("{}; the metadata get the {} bytes of the reserve", Health().message(), *present);
  return true;
}

void DiskReserve::NoteFull() {
  {
    const metrics::MutexLock lock(mutex_);
    if (is_full_) return;
    is_full_ = true;
  }
  OperatorLog().error("{}", Health().message());
}

Status DiskReserve::Health() const {
  const metrics::MutexLock lock(mutex_);
  if (is_taken_ && !is_full_) return Status::Ok();
  return {StatusCode::kResourceExhausted,
          "the disk of " + folder_ + " is full; records are taken again when there is room"};
}

}  // namespace streamhouse::agent
