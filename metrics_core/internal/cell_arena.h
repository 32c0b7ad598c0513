// Runs of slots: who may record where, and from what value a series starts.
//
// A run is 1 to kMaxRunCells consecutive slots of one chunk. It is kept alive by references: one of the family that
// exports it, one of every handle. When the last is gone the run is given to the next series that asks for one of
// its length and storage. Cells with shared storage are zeroed then. Those of threads cannot be (only their owners
// write them), so the new series starts from a baseline: the sums at that moment, subtracted from every later reading.
// For integers the subtraction is modular and exact. For sums of doubles it is not: a run in which the double sums of
// all threads, taken without their signs, have grown beyond kMaxReusableSum is retired. Guarantee: a recording through
// a handle that outlives its series is counted nowhere, and never in another series.
// Thread safety: all functions from any thread. Cost: allocating and freeing lock; references are one atomic add.
#pragma once

#include <cstdint>

#include "metrics_core/internal/cell.h"

namespace streamhouse::metrics::internal {

enum class CellStorage : std::uint8_t {
  kPerThread,  // a copy of the cells in every thread that records: no contention, 8 bytes a cell and thread
  kShared,     // one copy that all threads write by read-modify-write: 8 bytes a cell
};

inline constexpr Slot kMaxRunCells = kCellsPerChunk - kSinkCells;

// The absolute error that reuse may add to each recording into a sum of doubles is this times 2^-53, about 1e-10: half
// the distance between two doubles of that size.
inline constexpr double kMaxReusableSum = 1 << 20;

// Which cells of a run hold doubles: none, its only cell, or a histogram's sum.
// kExponential: an exponential histogram's, which is told from what its run held before by its incarnation.
enum class CellNumbers : std::uint8_t { kIntegers, kDoubles, kDoubleSum, kExponential };

struct RunShape {
  Slot length = 1;
  CellStorage storage = CellStorage::kPerThread;
  CellNumbers numbers = CellNumbers::kIntegers;

  friend bool operator==(const RunShape&, const RunShape&) = default;
};

// A run with one reference, or kSinkSlot when all kMaxCells are in use or there is no memory for shared ones. Where the
// arena's own tables find no memory, the program ends.
Slot AllocateRun(const RunShape& shape) noexcept;

// The sink's run is not counted: referencing it costs nothing, and it is never freed.
void ReferenceRun(Slot slot) noexcept;
void DereferenceRun(Slot slot) noexcept;
std::uint32_t RunReferences(Slot slot) noexcept;

// What a cell's sum was when the run was given to its present series; 0 for a first use.
std::uint64_t Baseline(Slot slot) noexcept;

// How often the run of an exponential histogram was given to a series before the present one.
std::uint32_t RunIncarnation(Slot run) noexcept;

struct CellStatistics {
  std::uint64_t cells;      // in chunks handed out so far
  std::uint64_t free_runs;  // waiting for reuse
  std::uint64_t retired_runs;
};
CellStatistics GetCellStatistics() noexcept;

}  // namespace streamhouse::metrics::internal
