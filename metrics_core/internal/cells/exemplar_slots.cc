#include "metrics_core/internal/cells/exemplar_slots.h"

#include <bit>
#include <chrono>
#include <cmath>

#include "metrics_core/clock.h"

namespace streamhouse::metrics::internal {
namespace {

constexpr int kReadAttempts = 4;
constexpr std::int64_t kIntervalNanoseconds = std::chrono::nanoseconds(kExemplarInterval).count();

// Where the exemplars of each slot of a chunk are.
using ChunkExemplars = std::array<std::atomic<ExemplarSlots*>, kCellsPerChunk>;

// By chunk; null where no series has exemplars. Never freed, as runs are not.
constinit std::array<std::atomic<ChunkExemplars*>, kMaxChunks> exemplars_by_chunk{};

}  // namespace

ExemplarSlots::ExemplarSlots(const BucketTable* buckets, double recorded_per_unit)
    : buckets_(buckets), recorded_per_unit_(recorded_per_unit), slots_(new ExemplarSlot[buckets->bucket_count()]) {}

void ExemplarSlots::Offer(double recorded, const TraceContext& trace, std::uint64_t now_nanoseconds) noexcept {
  if (recorded < 0 && !buckets_->takes_negative()) return;
  ExemplarSlot& slot = slots_[buckets_->Locate(recorded)];
  // Relaxed: an old version fails the exchange below.
  std::uint64_t version = slot.version.load(std::memory_order_relaxed);
  // Relaxed: a wrong time makes the sampling a little uneven.
  const std::uint64_t taken = slot.taken_nanoseconds.load(std::memory_order_relaxed);
  // Signed: a writer that was held up after reading the clock is not ahead of all time.
  const auto since_taken = static_cast<std::int64_t>(now_nanoseconds - taken);
  if (version % 2 != 0 || (version != 0 && since_taken < kIntervalNanoseconds)) return;
  // Acquire: the stores below stay behind it. Relaxed on failure: another writer is at work, and
  // this one gives up.
  if (!slot.version.compare_exchange_strong(version, version + 1, std::memory_order_acquire,
                                            std::memory_order_relaxed)) {
    return;
  }
  const auto put = [](std::atomic<std::uint64_t>& word, std::uint64_t bits) {
    // Release: pairs with the acquire of the word in Read. A reader that sees this word sees the
    // odd version.
    word.store(bits, std::memory_order_release);
  };
  put(slot.taken_nanoseconds, now_nanoseconds);
  put(slot.trace_id_high, trace.trace_id_high);
  put(slot.trace_id_low, trace.trace_id_low);
  put(slot.span_id, trace.span_id);
  put(slot.value, std::bit_cast<std::uint64_t>(recorded));
  put(slot.unix_milliseconds, static_cast<std::uint64_t>(Clock::UnixMilliseconds()));
  // Release: pairs with the first acquire in Read, so that the words are visible.
  slot.version.store(version + 2, std::memory_order_release);
}

std::optional<Exemplar> ExemplarSlots::Read(std::uint32_t bucket) const noexcept {
  const ExemplarSlot& slot = slots_[bucket];
  for (int attempt = 0; attempt < kReadAttempts; ++attempt) {
    // Acquire: pairs with the last release in Offer.
    const std::uint64_t version = slot.version.load(std::memory_order_acquire);
    if (version == 0) return std::nullopt;
    if (version % 2 != 0) continue;
    // Acquire: pairs with the releases in Offer, and keeps the second look at the version behind.
    const auto get = [](const std::atomic<std::uint64_t>& word) { return word.load(std::memory_order_acquire); };
    const Exemplar exemplar = {
        .trace = {get(slot.trace_id_high), get(slot.trace_id_low), get(slot.span_id)},
        .value = std::bit_cast<double>(get(slot.value)) / recorded_per_unit_,
        .unix_milliseconds = static_cast<std::int64_t>(get(slot.unix_milliseconds)),
    };
    // Relaxed: the acquires above keep it behind them.
    if (slot.version.load(std::memory_order_relaxed) == version) return exemplar;
  }
  return std::nullopt;
}

ExemplarSlots* ExemplarsOf(Slot run) noexcept {
  // Acquire, both: pair with the releases in SetExemplars.
  ChunkExemplars* const chunk = exemplars_by_chunk[run / kCellsPerChunk].load(std::memory_order_acquire);
  return chunk == nullptr ? nullptr : (*chunk)[run % kCellsPerChunk].load(std::memory_order_acquire);
}

void SetExemplars(Slot run, const BucketTable* buckets, double recorded_per_unit) {
  if (run == kSinkSlot) return;
  std::atomic<ChunkExemplars*>& entry = exemplars_by_chunk[run / kCellsPerChunk];
  // Acquire: another family may have made it, as runs of one chunk belong to several.
  ChunkExemplars* chunk = entry.load(std::memory_order_acquire);
  if (chunk == nullptr) {
    auto made = std::make_unique<ChunkExemplars>();
    // Release: pairs with the acquire in ExemplarsOf; acquire on failure, which gives the chunk of
    // another thread.
    if (entry.compare_exchange_strong(chunk, made.get(), std::memory_order_release, std::memory_order_acquire)) {
      chunk = made.release();
    }
  }
  // Release: pairs with the acquire in ExemplarsOf. The run has no handle, so no thread uses the
  // slots that are deleted.
  delete (*chunk)[run % kCellsPerChunk].exchange(new ExemplarSlots(buckets, recorded_per_unit),
                                                 std::memory_order_acq_rel);
}

void ClearExemplars(Slot run) noexcept {
  // Acquire: pairs with the release in SetExemplars.
  ChunkExemplars* const chunk = exemplars_by_chunk[run / kCellsPerChunk].load(std::memory_order_acquire);
  if (chunk == nullptr) return;
  // Acquire: pairs with the release in SetExemplars. The run has no handle, so no thread uses the
  // slots that are deleted.
  delete (*chunk)[run % kCellsPerChunk].exchange(nullptr, std::memory_order_acquire);
}

void OfferExemplar(Slot run, double recorded, const TraceContext& trace) noexcept {
  ExemplarSlots* const slots = ExemplarsOf(run);
  const bool is_trace = (trace.trace_id_high | trace.trace_id_low) != 0;
  if (slots != nullptr && is_trace && !std::isnan(recorded)) slots->Offer(recorded, trace, Clock::NowNanoseconds());
}

}  // namespace streamhouse::metrics::internal
