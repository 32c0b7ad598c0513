// AllocateRun(), ReferenceRun(), DereferenceRun(): runs of slots: who may record where.
//
// A run is 1 to kMaxRunCells consecutive slots of one chunk. References keep it alive: one of the
// family that exports it, and one of every handle. When the last is gone, no thread records into
// the run and no scrape reads it. The arena then owns its cells, in the shards of all threads. It
// sets them to zero before the next series of the same length and storage gets the run. So a run
// serves any number of series, one after another, and each starts at exactly zero.
// Guarantees: a recording through a handle that outlives its series is counted nowhere, and never
// in another series.
// Thread safety: all functions from any thread.
// Cost: allocating and freeing lock; references are one atomic add.
#pragma once

#include <cstdint>

#include "metrics_core/internal/cells/cell.h"

namespace streamhouse::metrics::internal {

enum class CellStorage : std::uint8_t {
  kPerThread,  // a copy of the cells in every thread that records: no contention, 8 bytes a cell and thread
  kShared,     // one copy that all threads write by read-modify-write: 8 bytes a cell
};

inline constexpr Slot kMaxRunCells = kCellsPerChunk - kSinkCells;

struct RunShape {
  Slot length = 1;
  CellStorage storage = CellStorage::kPerThread;

  friend bool operator==(const RunShape&, const RunShape&) = default;
};

// A run of zeros with one reference, or kSinkSlot when all kMaxCells are in use or there is no
// memory for shared ones. Where the arena's own tables find no memory, the program ends.
Slot AllocateRun(const RunShape& shape) noexcept;

// The sink's run is not counted: referencing it costs nothing, and it is never freed.
void ReferenceRun(Slot slot) noexcept;
void DereferenceRun(Slot slot) noexcept;
std::uint32_t RunReferences(Slot slot) noexcept;

struct CellStatistics {
  std::uint64_t cells;      // in chunks handed out so far
  std::uint64_t free_runs;  // waiting for reuse
};
CellStatistics GetCellStatistics() noexcept;

}  // namespace streamhouse::metrics::internal
