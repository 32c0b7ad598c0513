// Counter: a count that only goes up.
//
// When to use something else: Gauge or UpDownCounter for what also goes down; DoubleCounter for
// amounts that are not whole (seconds, joules).
// Guarantees:
// 1. Exact up to 2^64, then wraps. A DoubleCounter's sum has the rounding of double addition.
// 2. No recording is lost while the series is exported, with one exception: a recording that finds
//    no memory for its cells is lost and counted (`streamhouse_metrics_lost_recordings_total`).
// 3. A scrape sees every recording that happened before it, and of concurrent ones some; values
//    never run backwards from scrape to scrape.
// 4. A DoubleCounter drops and counts negative and non-finite amounts (dropped_values.h).
// 5. What is recorded through a handle whose series was removed is counted nowhere. A
//    default-constructed Counter is a sink.
// Thread safety: any thread may record through the same handle or copies of it, also during thread
// exit and static destruction; assigning to a handle needs the caller's own ordering. Not for
// signal handlers.
// Cost: the update is a load, an add and a store on memory of the calling thread; finding the cell
// takes a few more loads. Nothing is locked. The first recording of a thread into a chunk of cells
// allocates that chunk. With shared storage (MetricOptions::storage), one locked instruction.
//
//   Family<Counter> sent = registry.AddCounter({.name = "sent_total", .help = "…", .labels = {"topic"}}).value();
//   Counter orders = sent.With("orders");  // at set-up
//   orders.Increment();                    // while recording
#pragma once

#include <atomic>
#include <cmath>
#include <cstdint>
#include <utility>

#include "metrics_core/dropped_values.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/internal/cells/exemplar_slots.h"
#include "metrics_core/internal/cells/recording.h"
#include "metrics_core/internal/cells/shard.h"
#include "metrics_core/internal/series/series_ref.h"

namespace streamhouse::metrics {
namespace internal {

// Relaxed: a count is read for its own sake and orders nothing.
inline constexpr std::memory_order kCountOrder = std::memory_order_relaxed;

template <typename Number>
[[gnu::noinline, gnu::cold]] void AddSlowly(Slot slot, Number n) noexcept {
  SlowCells(slot).Add(0, n, kCountOrder);
}

template <typename Number>
inline void AddToCounter(Slot slot, Number n) noexcept {
  Cell* const cell = OwnCell(slot);
  if (cell == nullptr) [[unlikely]] {
    AddSlowly(slot, n);
    return;
  }
  AddOwned(*cell, n, kCountOrder);
}

}  // namespace internal

class Counter {
 public:
  Counter() = default;
  explicit Counter(internal::SeriesRef series) : series_(std::move(series)) {}

  void Increment(std::uint64_t n = 1) const noexcept {
    if constexpr (internal::kRecordingEnabled) internal::AddToCounter(series_.slot(), n);
  }
  // With an exemplar (exemplar.h), whose value is n.
  void Increment(std::uint64_t n, const TraceContext& trace) const noexcept {
    Increment(n);
    if constexpr (internal::kRecordingEnabled) {
      internal::OfferExemplar(series_.slot(), static_cast<double>(n), trace);
    }
  }

 private:
  internal::SeriesRef series_;
};

class DoubleCounter {
 public:
  DoubleCounter() = default;
  explicit DoubleCounter(internal::SeriesRef series) : series_(std::move(series)) {}

  // Amounts that are negative, infinite or NaN are dropped and counted (dropped_values.h).
  void Increment(double amount) const noexcept {
    if constexpr (internal::kRecordingEnabled) {
      if (!(amount >= 0 && std::isfinite(amount))) [[unlikely]] {
        internal::CountDropped(amount);
        return;
      }
      internal::AddToCounter(series_.slot(), amount);
    }
  }

 private:
  internal::SeriesRef series_;
};

}  // namespace streamhouse::metrics
