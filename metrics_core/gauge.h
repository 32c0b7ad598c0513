// Gauge: a value that goes both ways and can be set.
//
// When to use something else: UpDownCounter where many threads only add and subtract (it is sharded; a gauge is one
// shared cell); a Counter for what only goes up.
// Guarantees: Set is last-writer-wins among all threads; Add never loses an addition that no Set overwrites. What is
// recorded through a handle whose series was removed is seen nowhere. A default-constructed gauge is a sink.
// Thread safety: any thread may record through the same handle or copies of it; signal-safe.
// Cost: Set is one store, Add one locked instruction (a compare-and-swap loop for doubles), on a cell that all
// threads share.
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>
#include <utility>

#include "metrics_core/internal/recording.h"
#include "metrics_core/internal/series_ref.h"
#include "metrics_core/internal/shard.h"

namespace streamhouse::metrics {

// Number: std::int64_t or double.
template <typename Number>
class BasicGauge {
 public:
  BasicGauge() = default;
  explicit BasicGauge(internal::SeriesRef series) : series_(std::move(series)) {
    internal::Chunk* const chunk = internal::MutableSharedChunk(series_.slot());
    // No chunk: the arena was full, or this is the sink.
    if (chunk != nullptr) cell_ = &chunk->cells[series_.slot() % internal::kCellsPerChunk];
  }
  BasicGauge(const BasicGauge&) = default;
  // What was moved from is a sink: its cell may become another series'.
  BasicGauge(BasicGauge&& other) noexcept
      : series_(std::move(other.series_)), cell_(std::exchange(other.cell_, nullptr)) {}
  BasicGauge& operator=(BasicGauge other) noexcept {
    series_ = std::move(other.series_);
    cell_ = std::exchange(other.cell_, nullptr);
    return *this;
  }
  ~BasicGauge() = default;

  void Set(Number value) const noexcept {
    if constexpr (internal::kRecordingEnabled) {
      // The sink is no cell at all: one that all sinks shared would be contended.
      if (cell_ == nullptr) return;
      // Relaxed: a value is read for its own sake and orders nothing.
      cell_->store(std::bit_cast<std::uint64_t>(value), std::memory_order_relaxed);
    }
  }

  void Add(Number amount) const noexcept {
    if constexpr (internal::kRecordingEnabled) {
      if (cell_ == nullptr) return;
      // Relaxed: a value is read for its own sake and orders nothing.
      internal::AddShared(*cell_, ToAddend(amount), std::memory_order_relaxed);
    }
  }

 private:
  static std::uint64_t ToAddend(std::int64_t amount) { return static_cast<std::uint64_t>(amount); }
  static double ToAddend(double amount) { return amount; }

  internal::SeriesRef series_;
  internal::Cell* cell_ = nullptr;  // of series_; null for a sink
};

using Gauge = BasicGauge<std::int64_t>;
using DoubleGauge = BasicGauge<double>;

}  // namespace streamhouse::metrics
