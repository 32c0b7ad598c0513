// FamilyCore: the implementation of Family<Handle>, independent of the type of its handles.
//
// It owns the series of one family: it makes, finds, removes and expires them, and reads them for a
// snapshot.
// Invariants:
// 1. A series that is live has a reference of the family's on its run.
// 2. A series that was removed keeps its text, its number and that reference while a snapshot may
//    show it (LiveSnapshots) or an open read section may have found it (GracePeriod). Then all
//    three are given back.
// Thread safety: all methods from any thread.
// Cost: Find is lock-free; every other method takes the family's lock.
// Errors: without memory for a new series or a snapshot, the program ends.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "metrics_core/internal/cells/bucket_table.h"
#include "metrics_core/internal/cells/cell_arena.h"
#include "metrics_core/internal/cells/cell_reader.h"
#include "metrics_core/internal/cells/exponential_reading.h"
#include "metrics_core/internal/collected_family.h"
#include "metrics_core/internal/recording_kind.h"
#include "metrics_core/internal/series/live_snapshots.h"
#include "metrics_core/internal/series/read_section.h"
#include "metrics_core/internal/series/series.h"
#include "metrics_core/internal/series/series_index.h"
#include "metrics_core/internal/series/series_ref.h"
#include "metrics_core/internal/series/series_table.h"
#include "metrics_core/metric_options.h"
#include "metrics_core/mutex.h"
#include "metrics_core/reading/family_info.h"

namespace streamhouse::metrics {

class SeriesBuilder;

namespace internal {

class FamilyCore final : public CollectedFamily {
 public:
  struct Options {
    FamilyInfo info;
    RecordingKind kind = RecordingKind::kCounter;  // info.kind is the kind of metric that it stands for
    SeriesStorage storage = SeriesStorage::kPerThread;
    std::uint32_t series_max = kSeriesMaxDefault;
    std::uint32_t label_value_bytes_max = kLabelValueBytesMaxDefault;
    std::uint64_t expire_after_nanoseconds = 0;
    // Of a histogram; in ticks for a TickHistogram, and the classic ones of an exponential one.
    const BucketTable* buckets = nullptr;
    double ticks_per_unit = 1;  // of a TickHistogram
  };

  FamilyCore(Options options, std::shared_ptr<LiveSnapshots> live_snapshots);
  ~FamilyCore() override;
  FamilyCore(const FamilyCore&) = delete;
  FamilyCore& operator=(const FamilyCore&) = delete;

  const FamilyInfo& info() const override { return options_.info; }
  const std::string& definition() const override { return definition_; }

  // The run of a series, or that of the overflow series when there is none and no room for another;
  // kSinkSlot when Resolve has to decide. Inside a ReadSection, which keeps the run.
  template <typename Values>
  Slot Find(const Values& values) noexcept {
    if (values.size() != label_count_) [[unlikely]]
      return kSinkSlot;
    const Series* const series = table_.Find(values);
    return series != nullptr ? series->run : FindOverflow(values);
  }

  // The series with these values, made if need be, or the overflow series; the sink when there are
  // no cells left, or with another number of values. Values are repaired to UTF-8 and cut to their
  // limit.
  SeriesRef Resolve(std::span<const std::string_view> values) noexcept;

  bool Remove(std::span<const std::string_view> values) noexcept;

  std::uint64_t overflowed_lookups() const noexcept;

  Statistics GetStatistics() const override;
  // Removes the expired series, then appends the live ones to the snapshot.
  void Collect(SnapshotBuilder& builder, std::uint64_t now_nanoseconds) noexcept override;

  // Of a histogram; null for other kinds.
  const BucketTable* buckets() const noexcept { return options_.buckets; }

  template <typename Handle>
  Handle MakeHandle(SeriesRef series) const {
    if constexpr (std::is_constructible_v<Handle, SeriesRef, const BucketTable*>) {
      return Handle(std::move(series), options_.buckets);
    } else {
      return Handle(std::move(series));
    }
  }

 private:
  // Series that were removed, or indexes that were outgrown: unlinked, but perhaps still read.
  struct RemovedSeries {
    std::vector<std::uint32_t> numbers;
    std::vector<std::unique_ptr<const SeriesIndex>> indexes;
    std::uint64_t snapshot = 0;  // those below it may show the texts
    GracePeriod grace;
  };

  // When a series last had another value.
  struct LastUse {
    std::uint64_t value = 0;
    std::uint64_t since_nanoseconds = 0;
  };

  static std::string DefinitionOf(const Options& options);
  // Counts each call that returns false.
  bool HasArity(std::span<const std::string_view> values) noexcept;
  Slot FindOverflow(std::span<const std::string_view> values) noexcept;
  bool IsFull() const STREAMHOUSE_REQUIRES(mutex_) {
    return table_.live_count() >= std::uint64_t{options_.series_max} + (overflow_number_ ? 1U : 0U) ||
           table_.key_bytes() >= label_bytes_max_;
  }
  // Whether look-ups that find nothing get the overflow series without a lock.
  void UpdateOverflowRun() STREAMHOUSE_REQUIRES(mutex_);
  // The number of a new series, or of the overflow series; nothing when there are no cells left.
  std::optional<std::uint32_t> Make(std::span<const std::string_view> values) STREAMHOUSE_REQUIRES(mutex_);
  // Number of the overflow series, which is made on first use. Nullopt when no cells are left.
  std::optional<std::uint32_t> OverflowNumber() STREAMHOUSE_REQUIRES(mutex_);
  void Unlink(std::vector<std::uint32_t> numbers) STREAMHOUSE_REQUIRES(mutex_);
  void FreeRemoved() STREAMHOUSE_REQUIRES(mutex_);
  void CountOverflowed() noexcept;

  void Expire(std::uint64_t now_nanoseconds) STREAMHOUSE_REQUIRES(mutex_);
  std::uint64_t ValueForExpiry(Slot run) STREAMHOUSE_REQUIRES(mutex_);
  // Calls visit(number, series) for each live series.
  template <typename Visit>
  void ForEachSeries(const Visit& visit) const STREAMHOUSE_REQUIRES(mutex_);
  template <typename Values, typename Read>
  void CollectNumbers(SnapshotBuilder& builder, const Read& read) STREAMHOUSE_REQUIRES(mutex_);
  // The sum of a series is read by sum_of(reading).
  template <typename SumOf>
  void CollectHistograms(SnapshotBuilder& builder, const SumOf& sum_of) STREAMHOUSE_REQUIRES(mutex_);
  void CollectExponentialHistograms(SnapshotBuilder& builder) STREAMHOUSE_REQUIRES(mutex_);
  void CollectInfos(SnapshotBuilder& builder) STREAMHOUSE_REQUIRES(mutex_);
  void CollectExtras(SeriesBuilder& family) STREAMHOUSE_REQUIRES(mutex_);

  // Immutable after construction.
  const Options options_;
  const std::string definition_;
  const std::size_t label_count_;
  const std::uint64_t label_bytes_max_;
  const std::vector<std::string> quoted_label_names_;
  const RunShape shape_;
  const std::shared_ptr<LiveSnapshots> live_snapshots_;

  // Written under mutex_, read by any thread. Not kSinkSlot: the family is full, and this is what
  // it gives.
  std::atomic<Slot> overflow_run_{kSinkSlot};
  // Written by any thread.
  std::atomic<std::uint64_t> overflowed_lookups_{0};
  std::atomic<std::uint64_t> refused_lookups_{0};

  mutable Mutex mutex_;
  // Changed under mutex_; Find() and At() run beside it, which is why it is unmarked.
  SeriesTable table_;
  CellReader reader_ STREAMHOUSE_GUARDED_BY(mutex_);
  ExponentialReading exponential_ STREAMHOUSE_GUARDED_BY(mutex_);
  // Oldest first.
  std::deque<RemovedSeries> removed_ STREAMHOUSE_GUARDED_BY(mutex_);
  // By number; empty where series do not expire.
  std::vector<LastUse> last_uses_ STREAMHOUSE_GUARDED_BY(mutex_);
  // By number, Unix milliseconds; empty where not kept.
  std::vector<std::int64_t> created_ STREAMHOUSE_GUARDED_BY(mutex_);
  // The overflow series, once it was needed.
  std::optional<std::uint32_t> overflow_number_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::uint64_t cut_label_values_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
};

}  // namespace internal
}  // namespace streamhouse::metrics
