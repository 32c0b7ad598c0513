#include "metrics_core/c_api/abi.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>

#include "metrics_core/clock.h"
#include "metrics_core/counter.h"
#include "metrics_core/dropped_values.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/exponential_histogram.h"
#include "metrics_core/histogram.h"
#include "metrics_core/internal/cells/bucket_table.h"
#include "metrics_core/internal/cells/cell.h"
#include "metrics_core/internal/cells/cell_arena.h"
#include "metrics_core/internal/cells/exemplar_slots.h"
#include "metrics_core/internal/cells/shard.h"
#include "metrics_core/internal/series/series_ref.h"
#include "metrics_core/reading/family_values.h"
#include "metrics_core/traceparent.h"
#include "metrics_core/up_down_counter.h"

const char streamhouse_abi_1 = 1;

namespace streamhouse::metrics::internal {

// A cell in C is the integer within the std::atomic.
static_assert(sizeof(Cell) == sizeof(std::uint64_t) && alignof(Cell) == alignof(std::uint64_t));
static_assert(std::is_same_v<Slot, std::uint32_t>);
static_assert(kCellsPerChunk == STREAMHOUSE_ABI_CHUNK_CELLS && kMaxChunks == STREAMHOUSE_ABI_CHUNKS);
static_assert(sizeof(Chunk) == sizeof(streamhouse_abi_chunk));

static_assert(sizeof(std::atomic<Chunk*>) == sizeof(streamhouse_abi_chunk*));
static_assert(sizeof(ChunkTable) == sizeof(streamhouse_abi_shard));
static_assert(offsetof(Shard, table) == 0);

static_assert(kSinkSlot == 0, "a handle of zero bytes is a sink");
static_assert(kUpCell == STREAMHOUSE_ABI_UP_CELL && kDownCell == STREAMHOUSE_ABI_DOWN_CELL);
static_assert(kSumCell == STREAMHOUSE_ABI_SUM_CELL && kCountCell == STREAMHOUSE_ABI_COUNT_CELL);
static_assert(kFirstBucketCell == STREAMHOUSE_ABI_FIRST_BUCKET_CELL);
static_assert(kStatesMax == STREAMHOUSE_ABI_STATES);

// The orders that recording.h spells for a program in C.
static_assert(kCountOrder == std::memory_order_relaxed && kDifferenceOrder == std::memory_order_release);

struct BucketTableLayout {
  static_assert(std::is_standard_layout_v<BucketTable>);
  static_assert(offsetof(BucketTable, entries_) == offsetof(streamhouse_abi_buckets, entries));
  static_assert(offsetof(BucketTable, first_cell_) == offsetof(streamhouse_abi_buckets, first_cell));
  static_assert(offsetof(BucketTable, octaves_) == offsetof(streamhouse_abi_buckets, octaves));
  static_assert(offsetof(BucketTable, outside_) == offsetof(streamhouse_abi_buckets, outside));
  static_assert(offsetof(BucketTable, shift_) == offsetof(streamhouse_abi_buckets, shift));
  static_assert(sizeof(BucketTable::Entry) == sizeof(streamhouse_abi_bucket));
  static_assert(offsetof(BucketTable::Entry, bound) == offsetof(streamhouse_abi_bucket, bound));
  static_assert(offsetof(BucketTable::Entry, at_most) == offsetof(streamhouse_abi_bucket, at_most));
  static_assert(offsetof(BucketTable::Entry, above) == offsetof(streamhouse_abi_bucket, above));
  static_assert(sizeof(BucketTable::Octave) == sizeof(streamhouse_abi_octave));
  static_assert(offsetof(BucketTable::Octave, entries) == offsetof(streamhouse_abi_octave, entries));
  static_assert(offsetof(BucketTable::Octave, shift) == offsetof(streamhouse_abi_octave, shift));
};

namespace {

// A C++ handle of the run of a C handle, which keeps the reference.
template <typename Handle>
class Borrowed {
 public:
  template <typename... More>
  explicit Borrowed(Slot run, More... more) {
    new (storage_) Handle(SeriesRef::Adopt(run), more...);
  }
  // Never destroyed: that would give the reference back.
  const Handle* operator->() const { return std::launder(reinterpret_cast<const Handle*>(storage_)); }

 private:
  alignas(Handle) std::byte storage_[sizeof(Handle)];
};

const BucketTable* TableOf(const streamhouse_abi_buckets* buckets) {
  return buckets == nullptr ? &kNoBuckets : reinterpret_cast<const BucketTable*>(buckets);
}

}  // namespace
}  // namespace streamhouse::metrics::internal

namespace core = streamhouse::metrics;
using core::internal::Borrowed;
using core::internal::TableOf;

void streamhouse_abi_add_slowly(std::uint32_t run, std::uint64_t n) noexcept {
  Borrowed<core::Counter>(run)->Increment(n);
}

void streamhouse_abi_add_double_slowly(std::uint32_t run, double amount) noexcept {
  Borrowed<core::DoubleCounter>(run)->Increment(amount);
}

void streamhouse_abi_change_slowly(std::uint32_t run, std::int64_t amount) noexcept {
  Borrowed<core::UpDownCounter>(run)->Add(amount);
}

void streamhouse_abi_observe_slowly(const streamhouse_abi_buckets* buckets, std::uint32_t run, double value) noexcept {
  Borrowed<core::Histogram>(run, TableOf(buckets))->Observe(value);
}

void streamhouse_abi_observe_ticks_slowly(const streamhouse_abi_buckets* buckets, std::uint64_t ticks,
                                          std::uint32_t run) noexcept {
  Borrowed<core::TickHistogram>(run, TableOf(buckets))->Observe(ticks);
}

void streamhouse_abi_observe_exponential(std::uint32_t run, double value) noexcept {
  Borrowed<core::ExponentialHistogram>(run)->Observe(value);
}

void streamhouse_abi_offer_exemplar(std::uint32_t run, double value, streamhouse_trace trace) noexcept {
  core::internal::OfferExemplar(
      run, value, {.trace_id_high = trace.id_high, .trace_id_low = trace.id_low, .span_id = trace.span_id});
}

void streamhouse_abi_release(std::uint32_t run) noexcept {
  core::internal::DereferenceRun(run);
}
