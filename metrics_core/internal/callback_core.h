// CallbackCore: the series of one CallbackFamily.
//
// Thread safety: all methods from any thread. Callbacks run under their series' own lock, which is recursive so that a
// callback may remove its series, and under none of the family's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics_core/internal/collected_family.h"
#include "metrics_core/internal/snapshot_epochs.h"
#include "metrics_core/snapshot.h"

namespace streamhouse::metrics::internal {

class CallbackCore;

struct CallbackSeries {
  // Immutable after construction.
  std::string label_text;
  std::weak_ptr<CallbackCore> family;

  std::recursive_mutex mutex;
  // Guarded by mutex; null once removed.
  std::shared_ptr<const std::function<double()>> read;
};

class CallbackCore final : public CollectedFamily, public std::enable_shared_from_this<CallbackCore> {
 public:
  CallbackCore(FamilyInfo info, std::shared_ptr<SnapshotEpochs> epochs);

  std::shared_ptr<CallbackSeries> Add(std::function<double()> read, std::span<const std::string_view> values);
  // When this returns, the callback does not run on another thread, and never will again.
  static void Remove(const std::shared_ptr<CallbackSeries>& series);

  const FamilyInfo& info() const override { return info_; }
  Statistics GetStatistics() const override;
  void Collect(SnapshotBuilder& builder, std::uint64_t now_nanoseconds) noexcept override;

 private:
  // Removed, but its label text may be in snapshots below this one.
  struct Condemned {
    std::shared_ptr<CallbackSeries> series;
    std::uint64_t snapshot;
  };

  void FreeCondemned();
  void Unlink(const std::shared_ptr<CallbackSeries>& series);

  // Immutable after construction.
  const FamilyInfo info_;
  const std::shared_ptr<SnapshotEpochs> epochs_;

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::vector<std::shared_ptr<CallbackSeries>> series_;
  std::vector<Condemned> condemned_;
};

}  // namespace streamhouse::metrics::internal
