// SnapshotPool: the buffers of snapshots that have ended, for the next ones.
//
// Guarantees: it keeps at most kSpareMax buffers, and outlives its registry while a snapshot does.
// Thread safety: all methods from any thread.
// Cost: two locks a snapshot.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "metrics_core/internal/series/live_snapshots.h"
#include "metrics_core/mutex.h"
#include "metrics_core/reading/snapshot_builder.h"

namespace streamhouse::metrics::internal {

class SnapshotPool {
 public:
  explicit SnapshotPool(std::shared_ptr<LiveSnapshots> live_snapshots) : live_snapshots_(std::move(live_snapshots)) {}

  std::unique_ptr<SnapshotBuffers> Take() {
    const MutexLock lock(mutex_);
    if (spare_.empty()) return std::make_unique<SnapshotBuffers>();
    std::unique_ptr<SnapshotBuffers> buffers = std::move(spare_.back());
    spare_.pop_back();
    return buffers;
  }

  void Return(std::unique_ptr<SnapshotBuffers> buffers, std::uint64_t snapshot) {
    live_snapshots_->End(snapshot);
    const MutexLock lock(mutex_);
    if (spare_.size() < kSpareMax) spare_.push_back(std::move(buffers));
  }

 private:
  // Scrapes that overlap are rare, and each spare is as large as the largest snapshot.
  static constexpr std::size_t kSpareMax = 1;

  const std::shared_ptr<LiveSnapshots> live_snapshots_;
  Mutex mutex_;
  std::vector<std::unique_ptr<SnapshotBuffers>> spare_ STREAMHOUSE_GUARDED_BY(mutex_);
};

}  // namespace streamhouse::metrics::internal
