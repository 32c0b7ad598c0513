// StateSet: which of some named states are on, such as the mode of a program or the flags of a
// partition.
//
// When to use something else: a Gauge for a number; an Info for what never changes.
// Guarantees:
// 1. SetOnly() is one change: no snapshot sees two states on, or none.
// 2. TurnOn() and TurnOff() of different states never undo each other.
// 3. At first all states are off.
// 4. What is recorded through a handle whose series was removed is seen nowhere. A
//    default-constructed set is a sink.
// Thread safety: any thread may use the same handle or copies of it; signal-safe. Assigning to a
// handle needs the caller's own ordering.
// Cost: SetOnly() is one store, the others are one locked instruction, on a cell that all threads
// share.
// Errors: a state is the place of its name in Registry::AddStateSet(). SetOnly() of a place beyond
// them turns all states off; TurnOn() and TurnOff() of one change no state.
//
//   enum Mode : std::size_t { kStarting, kServing, kDraining };
//   auto modes = registry.AddStateSet({.name = "relay_mode", .help = "…"}, {"starting", "serving", "draining"});
//   StateSet mode = modes->With();
//   mode.SetOnly(kServing);
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "metrics_core/internal/cells/recording.h"
#include "metrics_core/internal/series/series_ref.h"
#include "metrics_core/internal/shared_cell.h"
#include "metrics_core/reading/family_values.h"

namespace streamhouse::metrics {

class StateSet {
 public:
  StateSet() = default;
  explicit StateSet(internal::SeriesRef series) : cell_(std::move(series)) {}

  // Turns this state on and all others off.
  void SetOnly(std::size_t state) const noexcept {
    if constexpr (internal::kRecordingEnabled) {
      if (cell_.get() == nullptr) return;
      // Relaxed: a value is read for its own sake and orders nothing.
      cell_.get()->store(BitOf(state), std::memory_order_relaxed);
    }
  }

  void TurnOn(std::size_t state) const noexcept {
    if constexpr (internal::kRecordingEnabled) {
      if (cell_.get() == nullptr) return;
      // Relaxed: a value is read for its own sake and orders nothing.
      cell_.get()->fetch_or(BitOf(state), std::memory_order_relaxed);
    }
  }

  void TurnOff(std::size_t state) const noexcept {
    if constexpr (internal::kRecordingEnabled) {
      if (cell_.get() == nullptr) return;
      // Relaxed: a value is read for its own sake and orders nothing.
      cell_.get()->fetch_and(~BitOf(state), std::memory_order_relaxed);
    }
  }

 private:
  static constexpr std::uint64_t BitOf(std::size_t state) {
    return state < kStatesMax ? std::uint64_t{1} << state : std::uint64_t{0};
  }

  internal::SharedCell cell_;
};

}  // namespace streamhouse::metrics
