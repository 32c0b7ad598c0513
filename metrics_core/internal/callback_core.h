// CallbackCore: the series of one CallbackFamily.
//
// A callback gives one series, whose labels are known when it is added, or any number, whose labels
// it gives itself.
// Guarantees: of several callbacks with the same labels the newest is asked.
// Thread safety: all methods from any thread. A callback runs under its series' own lock, and not
// under the family's. The lock is recursive, so that a callback may remove its series.
// Cost: as in callback_family.h.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "metrics_core/callback_values.h"
#include "metrics_core/internal/collected_family.h"
#include "metrics_core/internal/series/live_snapshots.h"
#include "metrics_core/mutex.h"
#include "metrics_core/reading/family_info.h"

namespace streamhouse::metrics::internal {

class CallbackCore;

// What a callback gives: a number for a counter or gauge.
using CallbackValue = std::variant<double, CallbackHistogram, CallbackSummary>;

// Takes what a callback of many series gives.
class CallbackSamples {
 public:
  virtual void Add(const CallbackValue& value, std::span<const std::string_view> label_values) = 0;

 protected:
  ~CallbackSamples() = default;
};

using ReadOne = std::function<CallbackValue()>;
using ReadMany = std::function<void(CallbackSamples&)>;

// Exactly one of the two.
struct Callback {
  ReadOne one = nullptr;
  ReadMany many = nullptr;
};

struct CallbackSeries {
  // Immutable after construction.
  std::string label_text;  // of a callback of one series
  bool is_many = false;
  std::int64_t created_unix_milliseconds = 0;
  std::weak_ptr<CallbackCore> family;

  // Recursive, which Mutex is not: a callback may remove its own series.
  std::recursive_mutex mutex;
  // Guarded by mutex; null once removed.
  std::shared_ptr<const Callback> read;
};

class CallbackCore final : public CollectedFamily, public std::enable_shared_from_this<CallbackCore> {
 public:
  CallbackCore(FamilyInfo info, std::shared_ptr<LiveSnapshots> live_snapshots);

  // Null, and counted, with another number of values than there are labels.
  std::shared_ptr<CallbackSeries> Add(ReadOne read, std::int64_t created_unix_milliseconds,
                                      std::span<const std::string_view> values);
  std::shared_ptr<CallbackSeries> AddMany(ReadMany read, std::int64_t created_unix_milliseconds);
  // When this returns, the callback does not run on another thread, and never will again.
  static void Remove(const std::shared_ptr<CallbackSeries>& series);

  const FamilyInfo& info() const override { return info_; }
  const std::string& definition() const override { return definition_; }
  Statistics GetStatistics() const override;
  void Collect(SnapshotBuilder& builder, std::uint64_t now_nanoseconds) noexcept override;

 private:
  // Removed, but its label text may be in snapshots below this one.
  struct RemovedSeries {
    std::shared_ptr<CallbackSeries> series;
    std::uint64_t snapshot;
  };

  // Series with one label text, the newest last, or one callback of many series.
  using Registrations = std::vector<std::shared_ptr<CallbackSeries>>;

  // The callbacks that one collection calls.
  using Callbacks = std::vector<std::shared_ptr<CallbackSeries>>;

  template <typename Values>
  class Samples;

  template <typename Values>
  void Ask(const Callbacks& callbacks, SnapshotBuilder& builder);
  bool HasArity(std::span<const std::string_view> values);
  // The label text on the page: repaired and cut.
  std::string LabelText(std::span<const std::string_view> values);
  std::shared_ptr<CallbackSeries> Link(std::shared_ptr<CallbackSeries> series);
  void CountFailure();
  void FreeRemoved() STREAMHOUSE_REQUIRES(mutex_);
  void Unlink(const std::shared_ptr<CallbackSeries>& series);

  // Immutable after construction.
  const FamilyInfo info_;
  const std::string definition_;
  const std::vector<std::string> quoted_label_names_;
  const std::shared_ptr<LiveSnapshots> live_snapshots_;

  mutable Mutex mutex_;
  std::vector<Registrations> registrations_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::vector<RemovedSeries> removed_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::uint64_t cut_label_values_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
  std::uint64_t refused_lookups_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
  std::uint64_t failed_callbacks_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
};

}  // namespace streamhouse::metrics::internal
