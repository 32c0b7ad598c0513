// SeriesRef: a handle's hold on its run of cells.
//
// Copying takes a reference, destruction gives it back. A default-constructed SeriesRef is the
// sink's and counts nothing.
// Invariants:
// 1. A run is given to another series only when no reference is left (cell_arena.h).
// Thread safety: as for any value.
// Cost: one atomic add a copy, none for a move. A recording reads slot() alone.
#pragma once

#include <utility>

#include "metrics_core/internal/cells/cell.h"
#include "metrics_core/internal/cells/cell_arena.h"

namespace streamhouse::metrics::internal {

class SeriesRef {
 public:
  constexpr SeriesRef() = default;
  SeriesRef(const SeriesRef& other) noexcept : slot_(other.slot_) { ReferenceRun(slot_); }
  SeriesRef(SeriesRef&& other) noexcept : slot_(std::exchange(other.slot_, kSinkSlot)) {}
  SeriesRef& operator=(SeriesRef other) noexcept {
    std::swap(slot_, other.slot_);
    return *this;
  }
  ~SeriesRef() {
    if (slot_ != kSinkSlot) DereferenceRun(slot_);
  }

  // Takes over a reference that the caller holds.
  static SeriesRef Adopt(Slot slot) noexcept {
    SeriesRef ref;
    ref.slot_ = slot;
    return ref;
  }

  // Hands its reference to the caller, and is the sink's afterwards.
  Slot Release() noexcept { return std::exchange(slot_, kSinkSlot); }

  Slot slot() const noexcept { return slot_; }

 private:
  Slot slot_ = kSinkSlot;
};

}  // namespace streamhouse::metrics::internal
