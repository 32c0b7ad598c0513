// SharedCollection: a snapshot, taken once for all readers that come at the same time.
//
// Guarantees:
// 1. A snapshot that Take() gives was taken after the call, or at most kSharedFor before it while a
//    reader still holds it.
// 2. A reader that asks again gets new values, unless others are still reading. Then it may get the
//    same ones for up to kSharedFor.
// Thread safety: Take() from any thread; callers that come while one collects wait for it and share
// its result. A shared snapshot is only read.
// Cost: one snapshot for all of them.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

#include "metrics_core/mutex.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"

namespace streamhouse::exporters {

// Long enough for a crowd that comes at once, short beside any scrape interval.
inline constexpr std::chrono::milliseconds kSharedFor{1000};

class SharedCollection {
 public:
  using Collect = std::function<metrics::Snapshot()>;

  // What `collect` uses must outlive the collection.
  explicit SharedCollection(Collect collect) : collect_(std::move(collect)) {}
  // All of a registry, which must outlive the collection.
  explicit SharedCollection(metrics::Registry& registry)
      : SharedCollection([&registry] { return registry.TakeSnapshot(); }) {}

  std::shared_ptr<const metrics::Snapshot> Take(
      std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now());

 private:
  // Immutable after construction.
  const Collect collect_;

  metrics::Mutex mutex_;
  std::weak_ptr<const metrics::Snapshot> latest_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::chrono::steady_clock::time_point taken_at_ STREAMHOUSE_GUARDED_BY(mutex_);
};

}  // namespace streamhouse::exporters
