#include "metrics_core/internal/family_core.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <string>

#include "metrics_core/clock.h"
#include "metrics_core/internal/cells/exemplar_slots.h"
#include "metrics_core/internal/definition.h"
#include "metrics_core/internal/series/label_text.h"
#include "metrics_core/internal/series/series_values.h"
#include "metrics_core/reading/family_builder.h"
#include "metrics_core/reading/family_values.h"
#include "metrics_core/reading/snapshot_builder.h"
#include "metrics_core/text/utf8.h"

namespace streamhouse::metrics::internal {

namespace {

bool AreOverflow(std::span<const std::string_view> values) {
  return !values.empty() &&
         std::all_of(values.begin(), values.end(), [](std::string_view value) { return value == kOverflowLabelValue; });
}

// Adds the buckets to those of the first bound that is not below them.
void FoldIntoBounds(const ExponentialReading& reading, std::span<const double> bounds,
                    std::span<std::uint64_t> buckets) {
  std::size_t bound = 0;
  buckets[0] += reading.zero_count;
  for (std::size_t i = 0; i < reading.buckets.size(); ++i) {
    const double upper = ExponentialUpperBound(reading.first_index + static_cast<std::int32_t>(i), reading.schema);
    while (bound < bounds.size() && bounds[bound] < upper) ++bound;
    buckets[bound] += reading.buckets[i];
  }
}

}  // namespace

std::string FamilyCore::DefinitionOf(const Options& options) {
  Definition definition(Describe(options.kind).word, options.info);
  if (options.storage == SeriesStorage::kShared) definition.Add("shared storage");
  definition.Add("series_max", options.series_max, kSeriesMaxDefault);
  definition.Add("label_value_bytes_max", options.label_value_bytes_max, kLabelValueBytesMaxDefault);
  definition.Add("expire_after in nanoseconds", static_cast<double>(options.expire_after_nanoseconds), 0);
  definition.Add("ticks_per_unit", options.ticks_per_unit, 1);
  return definition.text();
}

FamilyCore::FamilyCore(Options options, std::shared_ptr<LiveSnapshots> live_snapshots)
    : options_(std::move(options)),
      definition_(DefinitionOf(options_)),
      label_count_(options_.info.label_names.size()),
      label_bytes_max_(LabelBytesMax(options_.series_max)),
      quoted_label_names_(QuotedLabelNames(options_.info.label_names)),
      shape_(ShapeOf(options_.kind,
                     options_.storage == SeriesStorage::kShared ? CellStorage::kShared : CellStorage::kPerThread,
                     options_.buckets == nullptr ? 0 : options_.buckets->bucket_count())),
      live_snapshots_(std::move(live_snapshots)),
      table_(quoted_label_names_) {
  // A family without labels is one series, there from the start.
  if (options_.info.label_names.empty()) static_cast<void>(Resolve({}));
}

FamilyCore::~FamilyCore() {
  for (std::uint32_t number = 0; number < table_.number_limit(); ++number) {
    if (table_.IsLive(number)) DereferenceRun(table_.At(number).run);
  }
  for (const RemovedSeries& removed : removed_) {
    for (const std::uint32_t number : removed.numbers) DereferenceRun(table_.At(number).run);
  }
}

bool FamilyCore::HasArity(std::span<const std::string_view> values) noexcept {
  if (values.size() == label_count_) return true;
  // Relaxed: a count for people; it orders nothing.
  refused_lookups_.fetch_add(1, std::memory_order_relaxed);
  return false;
}

Slot FamilyCore::FindOverflow(std::span<const std::string_view> values) noexcept {
  // Acquire: pairs with the release in UpdateOverflowRun, so that the series behind it is visible.
  const Slot overflow = overflow_run_.load(std::memory_order_acquire);
  if (overflow == kSinkSlot) return kSinkSlot;
  // Values that Resolve would repair or cut may have a series under their other text.
  const bool stay_as_they_are = std::all_of(values.begin(), values.end(), [this](std::string_view value) {
    return value.size() <= options_.label_value_bytes_max && IsValidUtf8(value);
  });
  if (!stay_as_they_are) return kSinkSlot;
  CountOverflowed();
  return overflow;
}

SeriesRef FamilyCore::Resolve(std::span<const std::string_view> values) noexcept {
  if (!HasArity(values)) return SeriesRef();
  const SeriesValues wanted(values, options_.label_value_bytes_max);
  const std::span<const std::string_view> valid = wanted.values();

  const MutexLock lock(mutex_);
  cut_label_values_ += wanted.cut();
  const Series* series = table_.Find(valid);
  if (series == nullptr) {
    FreeRemoved();
    // A look-up of the overflow labels makes the overflow series, which counts towards no limit.
    const bool is_overflow = AreOverflow(valid);
    const bool is_full = !is_overflow && IsFull();
    const std::optional<std::uint32_t> made = is_overflow || is_full ? OverflowNumber() : Make(valid);
    UpdateOverflowRun();
    if (is_full || !made) CountOverflowed();
    // Not a series with the sink's run: it would show what all sinks record.
    if (!made) return SeriesRef();
    series = &table_.At(*made);
  }
  ReferenceRun(series->run);
  return SeriesRef::Adopt(series->run);
}

std::optional<std::uint32_t> FamilyCore::Make(std::span<const std::string_view> values) {
  const Slot run = AllocateRun(shape_);
  if (run == kSinkSlot) return std::nullopt;
  static constexpr BucketTable kOneBucket;
  if (options_.info.has_exemplars) {
    SetExemplars(run, options_.buckets == nullptr ? &kOneBucket : options_.buckets, options_.ticks_per_unit);
  } else {
    ClearExemplars(run);
  }
  const std::uint32_t number = table_.Insert(values, run);
  if (options_.expire_after_nanoseconds > 0) {
    last_uses_.resize(table_.number_limit());
    last_uses_[number] = {.value = 0, .since_nanoseconds = 0};
  }
  if (options_.info.has_created) {
    created_.resize(table_.number_limit());
    created_[number] = Clock::UnixMilliseconds();
  }
  if (auto outgrown = table_.TakeOutgrown(); !outgrown.empty()) {
    removed_.push_back({.numbers = {}, .indexes = std::move(outgrown), .snapshot = 0, .grace = GracePeriod::Begin()});
  }
  return number;
}

std::optional<std::uint32_t> FamilyCore::OverflowNumber() {
  if (!overflow_number_) {
    const std::vector<std::string_view> values(options_.info.label_names.size(), kOverflowLabelValue);
    overflow_number_ = Make(values);
  }
  return overflow_number_;
}

void FamilyCore::UpdateOverflowRun() {
  const bool is_given = overflow_number_ && IsFull();
  // Release: pairs with the acquire in FindOverflow.
  overflow_run_.store(is_given ? table_.At(*overflow_number_).run : kSinkSlot, std::memory_order_release);
}

void FamilyCore::CountOverflowed() noexcept {
  // Relaxed: a count for people; it orders nothing.
  overflowed_lookups_.fetch_add(1, std::memory_order_relaxed);
}

bool FamilyCore::Remove(std::span<const std::string_view> values) noexcept {
  if (!HasArity(values)) return false;
  const SeriesValues wanted(values, options_.label_value_bytes_max);
  const MutexLock lock(mutex_);
  FreeRemoved();
  const Series* const found = table_.Find(wanted.values());
  if (found == nullptr) return false;
  const std::uint32_t number = table_.NumberOf(*found);
  if (number == overflow_number_) return false;
  Unlink({number});
  return true;
}

void FamilyCore::Unlink(std::vector<std::uint32_t> numbers) {
  for (const std::uint32_t number : numbers) table_.Erase(number);
  removed_.push_back({.numbers = std::move(numbers),
                      .indexes = {},
                      .snapshot = live_snapshots_->Next(),
                      .grace = GracePeriod::Begin()});
  UpdateOverflowRun();
}

void FamilyCore::FreeRemoved() {
  // In the order of their removal: what came later is hardly ever over earlier, and not worth
  // a look.
  while (!removed_.empty()) {
    RemovedSeries& oldest = removed_.front();
    if (!oldest.grace.IsOver() || !live_snapshots_->AllEndedBefore(oldest.snapshot)) return;
    for (const std::uint32_t number : oldest.numbers) {
      DereferenceRun(table_.At(number).run);
      table_.Recycle(number);
    }
    removed_.pop_front();
    // The texts that were freed may have made room.
    UpdateOverflowRun();
  }
}

CollectedFamily::Statistics FamilyCore::GetStatistics() const {
  const MutexLock lock(mutex_);
  Statistics statistics = {.series = table_.live_count(),
                           .series_bytes = table_.memory_bytes(),
                           .overflowed_lookups = overflowed_lookups(),
                           .cut_label_values = cut_label_values_};
  // Relaxed: a count for people; it orders nothing.
  statistics.refused_lookups = refused_lookups_.load(std::memory_order_relaxed);
  for (const RemovedSeries& removed : removed_) statistics.removed_series += removed.numbers.size();
  return statistics;
}

std::uint64_t FamilyCore::overflowed_lookups() const noexcept {
  // Relaxed: a count for people; it orders nothing.
  return overflowed_lookups_.load(std::memory_order_relaxed);
}

void FamilyCore::Collect(SnapshotBuilder& builder, std::uint64_t now_nanoseconds) noexcept {
  const MutexLock lock(mutex_);
  FreeRemoved();
  reader_.StartPass();
  if (options_.expire_after_nanoseconds > 0) Expire(now_nanoseconds);
  const auto sum = [this](Slot run) {
    mutex_.AssertHeld();
    return reader_.Sum(run);
  };
  const auto sum_of_doubles = [this](Slot run) {
    mutex_.AssertHeld();
    return reader_.SumOfDoubles(run);
  };
  switch (options_.kind) {
    case RecordingKind::kCounter:
      return CollectNumbers<CounterValues<std::uint64_t>>(builder, sum);
    case RecordingKind::kDoubleCounter:
      return CollectNumbers<CounterValues<double>>(builder, sum_of_doubles);
    case RecordingKind::kGauge:
      return CollectNumbers<GaugeValues<std::int64_t>>(builder,
                                                       [sum](Slot run) { return static_cast<std::int64_t>(sum(run)); });
    case RecordingKind::kDoubleGauge:
      return CollectNumbers<GaugeValues<double>>(builder, sum_of_doubles);
    case RecordingKind::kUpDownCounter:
      return CollectNumbers<UpDownCounterValues>(builder, [this](Slot run) {
        mutex_.AssertHeld();
        return reader_.Difference(run);
      });
    case RecordingKind::kHistogram:
      return CollectHistograms(builder, [](const HistogramReading& reading) { return reading.double_sum; });
    case RecordingKind::kTickHistogram:
      return CollectHistograms(builder, [this](const HistogramReading& reading) {
        return static_cast<double>(reading.integer_sum) / options_.ticks_per_unit;
      });
    case RecordingKind::kExponentialHistogram:
      return CollectExponentialHistograms(builder);
    case RecordingKind::kInfo:
      return CollectInfos(builder);
    case RecordingKind::kStateSet:
      return CollectNumbers<StateSetValues>(builder, sum);
    case RecordingKind::kEnd:
      break;
  }
}

void FamilyCore::Expire(std::uint64_t now_nanoseconds) {
  std::vector<std::uint32_t> expired;
  for (std::uint32_t number = 0; number < table_.number_limit(); ++number) {
    if (!table_.IsLive(number) || number == overflow_number_) continue;
    LastUse& last = last_uses_[number];
    const Slot run = table_.At(number).run;
    const std::uint64_t value = ValueForExpiry(run);
    const bool is_held = RunReferences(run) > 1;
    if (last.since_nanoseconds == 0 || value != last.value || is_held) {
      last = {.value = value, .since_nanoseconds = now_nanoseconds};
    } else if (now_nanoseconds > last.since_nanoseconds &&
               now_nanoseconds - last.since_nanoseconds >= options_.expire_after_nanoseconds) {
      // Scrapes that overlap may come here in another order than that of their times.
      expired.push_back(number);
    }
  }
  if (!expired.empty()) Unlink(std::move(expired));
}

std::uint64_t FamilyCore::ValueForExpiry(Slot run) {
  switch (options_.kind) {
    case RecordingKind::kCounter:
    case RecordingKind::kGauge:
    case RecordingKind::kStateSet:
      return reader_.Sum(run);
    case RecordingKind::kInfo:
      return 1;
    case RecordingKind::kDoubleCounter:
    case RecordingKind::kDoubleGauge:
      return std::bit_cast<std::uint64_t>(reader_.SumOfDoubles(run));
    case RecordingKind::kUpDownCounter:
      return static_cast<std::uint64_t>(reader_.Difference(run));
    case RecordingKind::kHistogram:
    case RecordingKind::kTickHistogram:
    case RecordingKind::kExponentialHistogram:
      return reader_.Sum(run + kCountCell);
    case RecordingKind::kEnd:
      break;
  }
  return 0;
}

template <typename Visit>
void FamilyCore::ForEachSeries(const Visit& visit) const {
  for (std::uint32_t number = 0; number < table_.number_limit(); ++number) {
    if (table_.IsLive(number)) visit(number, table_.At(number));
  }
}

void FamilyCore::CollectExtras(SeriesBuilder& family) {
  if (options_.info.has_exemplars) {
    const std::uint32_t buckets = options_.buckets == nullptr ? 1 : options_.buckets->bucket_count();
    ForEachSeries([&](std::uint32_t /*number*/, const Series& series) {
      const ExemplarSlots* const slots = ExemplarsOf(series.run);
      for (std::uint32_t bucket = 0; bucket < buckets; ++bucket) {
        family.AddExemplar(slots == nullptr ? std::nullopt : slots->Read(bucket));
      }
    });
  }
  if (!options_.info.has_created) return;
  // In most families no number is free.
  if (table_.live_count() == table_.number_limit()) return family.AddAllCreated(created_);
  ForEachSeries([&](std::uint32_t number, const Series& /*series*/) {
    mutex_.AssertHeld();
    family.AddCreated(created_[number]);
  });
}

template <typename Values, typename Read>
void FamilyCore::CollectNumbers(SnapshotBuilder& builder, const Read& read) {
  FamilyBuilder<Values> family = builder.BeginFamily<Values>(options_.info, table_.live_count());
  ForEachSeries([&](std::uint32_t /*number*/, const Series& series) { family.Add(series.text(), read(series.run)); });
  CollectExtras(family);
}

void FamilyCore::CollectInfos(SnapshotBuilder& builder) {
  auto family = builder.BeginFamily<InfoValues>(options_.info, table_.live_count());
  ForEachSeries([&](std::uint32_t /*number*/, const Series& series) { family.Add(series.text()); });
}

template <typename SumOf>
void FamilyCore::CollectHistograms(SnapshotBuilder& builder, const SumOf& sum_of) {
  auto family = builder.BeginFamily<HistogramValues>(options_.info, table_.live_count());
  ForEachSeries([&](std::uint32_t /*number*/, const Series& series) {
    mutex_.AssertHeld();
    const HistogramReading reading = reader_.ReadHistogram(series.run, family.Add(series.text()));
    family.SetTotals(sum_of(reading), reading.count);
  });
  CollectExtras(family);
}

void FamilyCore::CollectExponentialHistograms(SnapshotBuilder& builder) {
  auto family = builder.BeginFamily<ExponentialHistogramValues>(options_.info, table_.live_count());
  ForEachSeries([&](std::uint32_t /*number*/, const Series& series) {
    mutex_.AssertHeld();
    exponential_.Clear();
    reader_.ForEachShard(series.run, [&](const Cell* cells) {
      mutex_.AssertHeld();
      exponential_.Add(cells);
    });
    exponential_.Shrink();
    const ExponentialValue value = {.schema = exponential_.schema,
                                    .first_index = exponential_.first_index,
                                    .bucket_counts = exponential_.buckets,
                                    .zero_threshold = kZeroThreshold,
                                    .zero_count = exponential_.zero_count,
                                    .sum = exponential_.sum,
                                    .count = exponential_.count};
    FoldIntoBounds(exponential_, options_.info.bounds, family.Add(series.text(), value));
  });
  CollectExtras(family);
}

}  // namespace streamhouse::metrics::internal
