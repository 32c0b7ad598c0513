// ExponentialLayout: which window of an exponential histogram's run is in use, and how; packed into
// one cell, so that one store changes it.
//
// When to use something else: exponential_run.h has the protocol.
// Guarantees: a cell that was never written has zero bits; they are a layout with room for no
// value.
// Thread safety: a value.
// Cost: shifts of one number.
#pragma once

#include <cstdint>

#include "metrics_core/internal/cells/cell.h"
#include "metrics_core/reading/exponential_scale.h"

namespace streamhouse::metrics::internal {

class ExponentialLayout {
 public:
  // A first index so low that no index is in the window.
  static constexpr std::int32_t kNowhere = -(1 << 19);

  constexpr ExponentialLayout() = default;
  constexpr explicit ExponentialLayout(std::uint64_t bits) : bits_(bits) {}

  // `generation` tells layouts of one run apart that are otherwise alike.
  static constexpr ExponentialLayout Make(std::uint32_t generation, Slot window, std::int32_t reduction,
                                          std::int32_t first_index) {
    return ExponentialLayout(static_cast<std::uint64_t>(generation) << kGenerationShift |
                             static_cast<std::uint64_t>(window) << kWindowShift |
                             static_cast<std::uint64_t>(reduction) << kReductionShift |
                             (static_cast<std::uint64_t>(first_index + kIndexOffset) & kIndexMask));
  }

  constexpr std::uint64_t bits() const { return bits_; }
  constexpr bool has_window() const { return window() != 0; }
  constexpr std::uint32_t generation() const { return static_cast<std::uint32_t>(bits_ >> kGenerationShift); }
  constexpr Slot window() const { return static_cast<Slot>(bits_ >> kWindowShift & 0xFF); }
  constexpr std::int32_t reduction() const { return static_cast<std::int32_t>(bits_ >> kReductionShift & 0xF); }
  constexpr int schema() const { return kMaxExponentialSchema - reduction(); }
  constexpr std::int32_t first_index() const { return static_cast<std::int32_t>(bits_ & kIndexMask) - kIndexOffset; }

  // Position in the window of the bucket of a finest index. kExponentialBuckets (exponential_run.h)
  // or more when the window has no such bucket.
  constexpr std::uint32_t PositionOf(std::int32_t finest_index) const {
    return static_cast<std::uint32_t>(ReduceExponentialIndex(finest_index, reduction()) - first_index());
  }

 private:
  static constexpr int kReductionShift = 20;
  static constexpr int kWindowShift = 24;
  static constexpr int kGenerationShift = 32;
  static constexpr std::uint64_t kIndexMask = (std::uint64_t{1} << kReductionShift) - 1;
  // Finest indexes are within +-1100 * 256. All-zero bits mean kNowhere.
  static constexpr std::int32_t kIndexOffset = -kNowhere;

  std::uint64_t bits_ = 0;
};

}  // namespace streamhouse::metrics::internal
