// SharedCell: the one cell of a series whose value all threads write.
//
// It holds the series and knows where its cell is. A default-constructed one, and one that was
// moved from, has no cell: the cell may become another series'.
// Guarantees: the cell belongs to the series as long as this object lives.
// Thread safety: any thread may use the cell through the same object or copies of it.
// Cost: get() is one load.
#pragma once

#include <utility>

#include "metrics_core/internal/cells/cell.h"
#include "metrics_core/internal/cells/shard.h"
#include "metrics_core/internal/series/series_ref.h"

namespace streamhouse::metrics::internal {

class SharedCell {
 public:
  SharedCell() = default;
  explicit SharedCell(SeriesRef series) : series_(std::move(series)) {
    Chunk* const chunk = MutableSharedChunk(series_.slot());
    // No chunk: the arena was full, or this is the sink.
    if (chunk != nullptr) cell_ = &chunk->cells[series_.slot() % kCellsPerChunk];
  }
  SharedCell(const SharedCell&) = default;
  SharedCell(SharedCell&& other) noexcept
      : series_(std::move(other.series_)), cell_(std::exchange(other.cell_, nullptr)) {}
  SharedCell& operator=(SharedCell other) noexcept {
    series_ = std::move(other.series_);
    cell_ = std::exchange(other.cell_, nullptr);
    return *this;
  }
  ~SharedCell() = default;

  // Null for a sink: a cell that all sinks shared would be contended.
  Cell* get() const noexcept { return cell_; }

 private:
  SeriesRef series_;
  Cell* cell_ = nullptr;  // of series_
};

}  // namespace streamhouse::metrics::internal
