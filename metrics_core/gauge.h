// Gauge: a value that goes both ways and can be set.
//
// When to use something else: UpDownCounter where many threads only add and subtract (it is
// sharded; a gauge is one shared cell); a Counter for what only goes up.
// Guarantees:
// 1. Set is last-writer-wins among all threads. Add never loses an addition that no Set overwrites.
// 2. What is recorded through a handle whose series was removed is seen nowhere. A
//    default-constructed gauge is a sink.
// Thread safety: any thread may record through the same handle or copies of it; signal-safe.
// Cost: Set is one store, Add one locked instruction (a compare-and-swap loop for doubles), on a
// cell that all threads share.
//
//   Gauge open = registry.AddGauge({.name = "open_segments", .help = "…"})->With();
//   open.Set(3);
//   open.Add(-1);
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>
#include <utility>

#include "metrics_core/internal/cells/recording.h"
#include "metrics_core/internal/cells/shard.h"
#include "metrics_core/internal/series/series_ref.h"
#include "metrics_core/internal/shared_cell.h"

namespace streamhouse::metrics {

// Number: std::int64_t or double.
template <typename Number>
class BasicGauge {
 public:
  BasicGauge() = default;
  explicit BasicGauge(internal::SeriesRef series) : cell_(std::move(series)) {}

  void Set(Number value) const noexcept {
    if constexpr (internal::kRecordingEnabled) {
      if (cell_.get() == nullptr) return;
      // Relaxed: a value is read for its own sake and orders nothing.
      cell_.get()->store(std::bit_cast<std::uint64_t>(value), std::memory_order_relaxed);
    }
  }

  void Add(Number amount) const noexcept {
    if constexpr (internal::kRecordingEnabled) {
      if (cell_.get() == nullptr) return;
      // Relaxed: a value is read for its own sake and orders nothing.
      internal::AddShared(*cell_.get(), ToAddend(amount), std::memory_order_relaxed);
    }
  }

 private:
  static std::uint64_t ToAddend(std::int64_t amount) { return static_cast<std::uint64_t>(amount); }
  static double ToAddend(double amount) { return amount; }

  internal::SharedCell cell_;
};

using Gauge = BasicGauge<std::int64_t>;
using DoubleGauge = BasicGauge<double>;

}  // namespace streamhouse::metrics
