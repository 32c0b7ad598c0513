// Observe(), Read(), Expected(), BucketsOf(): the run of an exponential histogram as its owner
// records into it, and what a reading of it has to be.
//
// Thread safety: pure functions, and one thread for a run.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "metrics_core/internal/cells/cell.h"
#include "metrics_core/internal/cells/exponential_layout.h"
#include "metrics_core/internal/cells/exponential_reading.h"
#include "metrics_core/internal/cells/exponential_run.h"
#include "metrics_core/reading/exponential_scale.h"

namespace streamhouse::metrics::internal {

using RunCells = std::array<Cell, kExponentialRunCells>;

// As the owner of the run does.
inline void Observe(RunCells& run, double value) {
  const std::int32_t index = ExponentialIndex(value);
  ExponentialLayout layout(run[kLayoutCell].load(std::memory_order_relaxed));
  if (layout.PositionOf(index) >= kExponentialBuckets) layout = MakeRoom(run.data(), index);
  AddOwned(run[layout.window() + layout.PositionOf(index)], std::uint64_t{1}, std::memory_order_release);
  AddOwned(run[kSumCell], value, std::memory_order_release);
  AddOwned(run[kCountCell], std::uint64_t{1}, std::memory_order_release);
}

inline ExponentialReading Read(const std::vector<const RunCells*>& runs) {
  ExponentialReading reading;
  for (const RunCells* const run : runs) reading.Add(run->data());
  return reading;
}

// What the buckets of a reading have to be, from the values themselves.
inline std::map<std::int32_t, std::uint64_t> Expected(const std::vector<double>& values, int schema) {
  std::map<std::int32_t, std::uint64_t> buckets;
  for (const double value : values) {
    ++buckets[ReduceExponentialIndex(ExponentialIndex(value), kMaxExponentialSchema - schema)];
  }
  return buckets;
}

inline std::map<std::int32_t, std::uint64_t> BucketsOf(const ExponentialReading& reading) {
  std::map<std::int32_t, std::uint64_t> buckets;
  for (std::size_t i = 0; i < reading.buckets.size(); ++i) {
    if (reading.buckets[i] != 0) buckets[reading.first_index + static_cast<std::int32_t>(i)] = reading.buckets[i];
  }
  return buckets;
}

}  // namespace streamhouse::metrics::internal
