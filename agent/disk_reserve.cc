#include "agent/disk_reserve.h"

#include <algorithm>

#include "agent/operator_log.h"

namespace streamhouse::agent {
namespace {

// What has to be free before records are taken again.
constexpr std::uint64_t kRoomBytes = std::uint64_t{1} << 20;

}  // namespace

void DiskReserve::Refill() {
  const std::lock_guard file_lock(file_mutex_);
  const bool was_healthy = Health().ok();
  const auto present = files_.FileSize(path());
  bool is_taken = bytes_ == 0 || (present.ok() && *present == bytes_);
  if (!is_taken) is_taken = files_.Allocate(path(), bytes_).ok();
  bool has_room = is_taken;
  if (has_room && !was_healthy) {
    const std::string probe = folder_ + "/reserve.probe";
    has_room = files_.Allocate(probe, kRoomBytes).ok();
    if (has_room) static_cast<void>(files_.RemoveFile(probe));
  }
  {
    const std::lock_guard lock(mutex_);
    is_taken_ = is_taken;
    is_full_ = is_full_ && !has_room;
  }
  const Status health = Health();
  if (was_healthy && !health.ok()) OperatorLog().error("{}", health.message());
  if (!was_healthy && health.ok()) OperatorLog().info("the disk of {} has room again", folder_);
}

bool DiskReserve::GiveUp() {
  const std::lock_guard file_lock(file_mutex_);
  const auto present = files_.FileSize(path());
  if (!present.ok() || *present == 0 || !files_.RemoveFile(path()).ok()) return false;
  {
    const std::lock_guard lock(mutex_);
    is_taken_ = false;
    is_full_ = true;
  }
  OperatorLog().error("{}; the metadata get the {} bytes of the reserve", Health().message(), *present);
  return true;
}

void DiskReserve::NoteFull() {
  {
    const std::lock_guard lock(mutex_);
    if (is_full_) return;
    is_full_ = true;
  }
  OperatorLog().error("{}", Health().message());
}

Status DiskReserve::Health() const {
  const std::lock_guard lock(mutex_);
  if (is_taken_ && !is_full_) return Status::Ok();
  return {StatusCode::kResourceExhausted,
          "the disk of " + folder_ + " is full; records are taken again when there is room"};
}

}  // namespace streamhouse::agent
