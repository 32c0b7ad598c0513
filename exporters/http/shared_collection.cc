#include "exporters/http/shared_collection.h"

namespace streamhouse::exporters {

std::shared_ptr<const metrics::Snapshot> SharedCollection::Take(std::chrono::steady_clock::time_point now) {
  const metrics::MutexLock lock(mutex_);
  std::shared_ptr<const metrics::Snapshot> snapshot = latest_.lock();
  // A caller that had to wait comes with a time before that of the snapshot it waited for.
  if (snapshot != nullptr && now < taken_at_ + kSharedFor) return snapshot;
  snapshot = std::make_shared<const metrics::Snapshot>(collect_());
  latest_ = snapshot;
  taken_at_ = now;
  return snapshot;
}

}  // namespace streamhouse::exporters
