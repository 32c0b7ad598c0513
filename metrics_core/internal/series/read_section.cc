#include "metrics_core/internal/series/read_section.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>

namespace streamhouse::metrics::internal {
namespace {

// False where the kernel does not offer it.
bool RunBarrierOnAllThreads() {
  // A child of fork() inherits the registration.
  static const bool registered = syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
  return registered && syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0;
}

std::uint64_t StateOf(const Shard& shard) {
  // Acquire: pairs with the release in ReadSection::Leave.
  return shard.read_sections.load(std::memory_order_acquire);
}

bool IsOpen(std::uint64_t state) {
  return (state & kSectionDepthMask) != 0;
}

// Sections that have been left since `before`, an open state, leave another count above the depth.
bool WasLeft(std::uint64_t before, std::uint64_t now) {
  return (before & ~kSectionDepthMask) != (now & ~kSectionDepthMask);
}

}  // namespace

GracePeriod GracePeriod::Begin() {
  GracePeriod period;
  period.may_end_ = RunBarrierOnAllThreads();
  if (!period.may_end_) return period;
  for (const Shard* shard = FirstShard(); shard != nullptr; shard = NextShard(*shard)) {
    const std::uint64_t state = StateOf(*shard);
    if (IsOpen(state)) period.open_.push_back({shard, state});
  }
  return period;
}

bool GracePeriod::IsOver() noexcept {
  if (!may_end_) return false;
  std::erase_if(open_, [](const OpenSection& section) { return WasLeft(section.state, StateOf(*section.shard)); });
  return open_.empty();
}

}  // namespace streamhouse::metrics::internal
