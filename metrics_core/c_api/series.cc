// From label values to a series: handles, look-ups, removal.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "metrics_core/c_api/objects.h"
#include "metrics_core/c_api/registry.h"
#include "metrics_core/counter.h"
#include "metrics_core/exponential_histogram.h"
#include "metrics_core/gauge.h"
#include "metrics_core/histogram.h"
#include "metrics_core/internal/cells/cell_arena.h"
#include "metrics_core/internal/cells/recording.h"
#include "metrics_core/internal/cells/shard.h"
#include "metrics_core/internal/family_access.h"
#include "metrics_core/internal/family_core.h"
#include "metrics_core/internal/series/series_ref.h"
#include "metrics_core/state_set.h"
#include "metrics_core/up_down_counter.h"

namespace streamhouse::metrics::internal {
namespace {

// References of one series that are counted for handles in C. A program may resolve a handle for
// each message and never release it; the count of 32 bits must not overflow. From here on, handles
// share the references that are there.
constexpr std::uint32_t kCountedReferencesMax = std::uint32_t{1} << 30;

// The run of a series, with a reference that is the C handle's.
Slot Resolve(streamhouse_family* family, const char* const* values, const std::size_t* value_bytes,
             std::size_t count) noexcept {
  if (family == nullptr) return kSinkSlot;
  SeriesRef series = family->core->Resolve(LabelValues(values, value_bytes, count).values());
  return RunReferences(series.slot()) < kCountedReferencesMax ? series.Release() : series.slot();
}

// The one cell of a run of shared storage; null for a sink.
std::uint64_t* CellOf(Slot run) noexcept {
  Chunk* const chunk = MutableSharedChunk(run);
  return chunk == nullptr ? nullptr : reinterpret_cast<std::uint64_t*>(&chunk->cells[run % kCellsPerChunk]);
}

const streamhouse_abi_buckets* BucketsOf(streamhouse_family* family) noexcept {
  return family == nullptr ? nullptr : reinterpret_cast<const streamhouse_abi_buckets*>(family->core->buckets());
}

// record(handle) for the series with these values, whose number the compiler knows: it hashes and
// compares them without a loop, as in C++.
template <typename Handle, std::size_t kCount, typename Record>
[[gnu::always_inline]] inline void RecordAtFew(FamilyCore& family, const char* const* values,
                                               const std::size_t* value_bytes, const Record& record) noexcept {
  const auto look_up = [&]<std::size_t... kIndex>(std::index_sequence<kIndex...>) {
    return FamilyAccess::Lookup<Handle>(family, std::array{LabelValue(values, value_bytes, kIndex)...});
  };
  record(*look_up(std::make_index_sequence<kCount>()).operator->());
}

template <typename Handle, typename Record>
[[gnu::noinline]] void RecordAtMany(FamilyCore& family, const char* const* values, const std::size_t* value_bytes,
                                    std::size_t count, const Record& record) noexcept {
  const LabelValues labels(values, value_bytes, count);
  record(*FamilyAccess::Lookup<Handle>(family, labels.values()).operator->());
}

template <typename Handle, typename Record>
[[gnu::always_inline]] inline void RecordAt(streamhouse_family* family, const char* const* values,
                                            const std::size_t* value_bytes, std::size_t count,
                                            const Record& record) noexcept {
  if constexpr (kRecordingEnabled) {
    if (family == nullptr) return;
    FamilyCore& core = *family->core;
    if (count == 1) return RecordAtFew<Handle, 1>(core, values, value_bytes, record);
    if (count == 2) return RecordAtFew<Handle, 2>(core, values, value_bytes, record);
    if (count == 3) return RecordAtFew<Handle, 3>(core, values, value_bytes, record);
    RecordAtMany<Handle>(core, values, value_bytes, count, record);
  }
}

}  // namespace
}  // namespace streamhouse::metrics::internal

namespace core = streamhouse::metrics;
using core::internal::BucketsOf;
using core::internal::CellOf;
using core::internal::RecordAt;
using core::internal::Resolve;

streamhouse_counter streamhouse_counter_with(streamhouse_counter_family family, const char* const* values,
                                             const std::size_t* value_bytes, std::size_t count) noexcept {
  return {.run = Resolve(family.family, values, value_bytes, count)};
}

streamhouse_double_counter streamhouse_double_counter_with(streamhouse_double_counter_family family,
                                                           const char* const* values, const std::size_t* value_bytes,
                                                           std::size_t count) noexcept {
  return {.run = Resolve(family.family, values, value_bytes, count)};
}

streamhouse_up_down_counter streamhouse_up_down_counter_with(streamhouse_up_down_counter_family family,
                                                             const char* const* values, const std::size_t* value_bytes,
                                                             std::size_t count) noexcept {
  return {.run = Resolve(family.family, values, value_bytes, count)};
}

streamhouse_gauge streamhouse_gauge_with(streamhouse_gauge_family family, const char* const* values,
                                         const std::size_t* value_bytes, std::size_t count) noexcept {
  const std::uint32_t run = Resolve(family.family, values, value_bytes, count);
  return {.cell = CellOf(run), .run = run};
}

streamhouse_double_gauge streamhouse_double_gauge_with(streamhouse_double_gauge_family family,
                                                       const char* const* values, const std::size_t* value_bytes,
                                                       std::size_t count) noexcept {
  const std::uint32_t run = Resolve(family.family, values, value_bytes, count);
  return {.cell = CellOf(run), .run = run};
}

streamhouse_state_set streamhouse_state_set_with(streamhouse_state_set_family family, const char* const* values,
                                                 const std::size_t* value_bytes, std::size_t count) noexcept {
  const std::uint32_t run = Resolve(family.family, values, value_bytes, count);
  return {.cell = CellOf(run), .run = run};
}

streamhouse_histogram streamhouse_histogram_with(streamhouse_histogram_family family, const char* const* values,
                                                 const std::size_t* value_bytes, std::size_t count) noexcept {
  return {.buckets = BucketsOf(family.family), .run = Resolve(family.family, values, value_bytes, count)};
}

streamhouse_tick_histogram streamhouse_tick_histogram_with(streamhouse_tick_histogram_family family,
                                                           const char* const* values, const std::size_t* value_bytes,
                                                           std::size_t count) noexcept {
  return {.buckets = BucketsOf(family.family), .run = Resolve(family.family, values, value_bytes, count)};
}

streamhouse_exponential_histogram streamhouse_exponential_histogram_with(
    streamhouse_exponential_histogram_family family, const char* const* values, const std::size_t* value_bytes,
    std::size_t count) noexcept {
  return {.run = Resolve(family.family, values, value_bytes, count)};
}

void streamhouse_info_show(streamhouse_info_family family, const char* const* values, const std::size_t* value_bytes,
                           std::size_t count) noexcept {
  core::internal::DereferenceRun(Resolve(family.family, values, value_bytes, count));
}

void streamhouse_counter_add_at(streamhouse_counter_family family, std::uint64_t n, const char* const* values,
                                const std::size_t* value_bytes, std::size_t count) noexcept {
  RecordAt<core::Counter>(family.family, values, value_bytes, count,
                          [&](const core::Counter& counter) { counter.Increment(n); });
}

void streamhouse_double_counter_add_at(streamhouse_double_counter_family family, double amount,
                                       const char* const* values, const std::size_t* value_bytes,
                                       std::size_t count) noexcept {
  RecordAt<core::DoubleCounter>(family.family, values, value_bytes, count,
                                [&](const core::DoubleCounter& counter) { counter.Increment(amount); });
}

void streamhouse_up_down_counter_add_at(streamhouse_up_down_counter_family family, std::int64_t amount,
                                        const char* const* values, const std::size_t* value_bytes,
                                        std::size_t count) noexcept {
  RecordAt<core::UpDownCounter>(family.family, values, value_bytes, count,
                                [&](const core::UpDownCounter& counter) { counter.Add(amount); });
}

void streamhouse_gauge_set_at(streamhouse_gauge_family family, std::int64_t value, const char* const* values,
                              const std::size_t* value_bytes, std::size_t count) noexcept {
  RecordAt<core::Gauge>(family.family, values, value_bytes, count, [&](const core::Gauge& gauge) { gauge.Set(value); });
}

void streamhouse_gauge_add_at(streamhouse_gauge_family family, std::int64_t amount, const char* const* values,
                              const std::size_t* value_bytes, std::size_t count) noexcept {
  RecordAt<core::Gauge>(family.family, values, value_bytes, count,
                        [&](const core::Gauge& gauge) { gauge.Add(amount); });
}

void streamhouse_double_gauge_set_at(streamhouse_double_gauge_family family, double value, const char* const* values,
                                     const std::size_t* value_bytes, std::size_t count) noexcept {
  RecordAt<core::DoubleGauge>(family.family, values, value_bytes, count,
                              [&](const core::DoubleGauge& gauge) { gauge.Set(value); });
}

void streamhouse_double_gauge_add_at(streamhouse_double_gauge_family family, double amount, const char* const* values,
                                     const std::size_t* value_bytes, std::size_t count) noexcept {
  RecordAt<core::DoubleGauge>(family.family, values, value_bytes, count,
                              [&](const core::DoubleGauge& gauge) { gauge.Add(amount); });
}

void streamhouse_histogram_observe_at(streamhouse_histogram_family family, double value, const char* const* values,
                                      const std::size_t* value_bytes, std::size_t count) noexcept {
  RecordAt<core::Histogram>(family.family, values, value_bytes, count,
                            [&](const core::Histogram& histogram) { histogram.Observe(value); });
}

void streamhouse_tick_histogram_observe_at(streamhouse_tick_histogram_family family, std::uint64_t ticks,
                                           const char* const* values, const std::size_t* value_bytes,
                                           std::size_t count) noexcept {
  RecordAt<core::TickHistogram>(family.family, values, value_bytes, count,
                                [&](const core::TickHistogram& histogram) { histogram.Observe(ticks); });
}

void streamhouse_exponential_histogram_observe_at(streamhouse_exponential_histogram_family family, double value,
                                                  const char* const* values, const std::size_t* value_bytes,
                                                  std::size_t count) noexcept {
  RecordAt<core::ExponentialHistogram>(family.family, values, value_bytes, count,
                                       [&](const core::ExponentialHistogram& histogram) { histogram.Observe(value); });
}

void streamhouse_state_set_only_at(streamhouse_state_set_family family, std::size_t state, const char* const* values,
                                   const std::size_t* value_bytes, std::size_t count) noexcept {
  RecordAt<core::StateSet>(family.family, values, value_bytes, count,
                           [&](const core::StateSet& states) { states.SetOnly(state); });
}

bool streamhouse_remove(streamhouse_family* family, const char* const* values, const std::size_t* value_bytes,
                        std::size_t count) noexcept {
  if (family == nullptr) return false;
  return family->core->Remove(core::internal::LabelValues(values, value_bytes, count).values());
}

std::uint64_t streamhouse_overflowed_lookups(const streamhouse_family* family) noexcept {
  return family == nullptr ? 0 : family->core->overflowed_lookups();
}
