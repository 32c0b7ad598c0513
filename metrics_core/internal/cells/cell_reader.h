// CellReader: reads cells as sums over all shards.
//
// Invariants:
// 1. The count of a histogram that is read is the sum of its buckets.
// Guarantees:
// 1. Readings through one reader never run backwards for cells that only grow: shards are summed in
//    the order of their making.
// 2. The same holds of several readers, one after another, ordered by a lock or a join.
// Thread safety: one thread a reader.
// Cost: a reader is cheap to move along ascending slots. It looks the chunks of all shards up once
// a chunk, and keeps them until it moves to another chunk or StartPass() is called.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "metrics_core/internal/cells/cell.h"

namespace streamhouse::metrics::internal {

// Count and sum of a histogram's run over all shards. The caller keeps the buckets' counts.
struct HistogramReading {
  std::uint64_t count = 0;        // == the sum of the buckets
  std::uint64_t integer_sum = 0;  // of an integer histogram
  double double_sum = 0;          // of a histogram of doubles
};

class CellReader {
 public:
  CellReader() = default;
  CellReader(const CellReader&) = delete;
  CellReader& operator=(const CellReader&) = delete;

  // Before a new series of readings: the shards and chunks made since the last one are looked up.
  void StartPass() { chunk_number_ = kMaxChunks; }

  // Modular.
  std::uint64_t Sum(Slot slot);
  double SumOfDoubles(Slot slot);

  // Ups minus downs. The downs are read first: the result is never below the lowest value of the
  // series, if every decrease happens after its increase.
  std::int64_t Difference(Slot run);

  // Adds this run's counts to zeroed `buckets`. Every shard's count, sum and buckets belong
  // together, except in a shard whose owner records faster than the reader reads its buckets. For
  // such a shard, count and sum differ by at most one observation per writer, and each bucket holds
  // a value that it had during the read. Count and buckets never run backwards.
  HistogramReading ReadHistogram(Slot run, std::span<std::uint64_t> buckets);

  // Calls visit(const Cell*) with the run's cells in each shard that has them.
  template <typename Visit>
  void ForEachShard(Slot run, Visit visit) {
    Seek(run);
    for (const Chunk* chunk : chunks_) visit(&chunk->cells[run % kCellsPerChunk]);
  }

 private:
  void Seek(Slot slot);
  void ReadOne(const Cell* run, std::span<std::uint64_t> buckets, HistogramReading& total);

  Slot chunk_number_ = kMaxChunks;      // where the reader stands; kMaxChunks: nowhere
  std::vector<const Chunk*> chunks_;    // that chunk, of every shard that has it
  std::vector<std::uint64_t> scratch_;  // one shard's buckets, read twice
};

}  // namespace streamhouse::metrics::internal
