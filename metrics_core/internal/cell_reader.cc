#include "metrics_core/internal/cell_reader.h"

#include <bit>
#include <cmath>

#include "metrics_core/internal/shard.h"

namespace streamhouse::metrics::internal {
namespace {

// A shard's owner would have to complete an observation inside each of these windows of some nanoseconds.
constexpr int kConsistentReadAttempts = 8;

}  // namespace

void CellReader::Seek(Slot slot) {
  if (slot / kCellsPerChunk == chunk_number_) return;
  chunk_number_ = slot / kCellsPerChunk;
  chunks_.clear();
  if (const Chunk* const shared = SharedChunk(slot); shared != nullptr) {
    chunks_.push_back(shared);
    return;
  }
  for (const Shard* shard = FirstShard(); shard != nullptr; shard = NextShard(*shard)) {
    if (const Chunk* const chunk = shard->table.PublishedChunk(slot); chunk != nullptr) chunks_.push_back(chunk);
  }
}

std::uint64_t CellReader::Sum(Slot slot) {
  Seek(slot);
  std::uint64_t sum = 0;
  // Relaxed: a single number; it orders nothing.
  for (const Chunk* chunk : chunks_) sum += chunk->cells[slot % kCellsPerChunk].load(std::memory_order_relaxed);
  return sum;
}

double CellReader::SumOfDoubles(Slot slot) {
  Seek(slot);
  double sum = 0;
  for (const Chunk* chunk : chunks_) {
    // Relaxed: a single number; it orders nothing.
    sum += std::bit_cast<double>(chunk->cells[slot % kCellsPerChunk].load(std::memory_order_relaxed));
  }
  return sum;
}

double CellReader::SumOfMagnitudes(Slot slot) {
  Seek(slot);
  double sum = 0;
  for (const Chunk* chunk : chunks_) {
    // Relaxed: a single number; it orders nothing.
    sum += std::abs(std::bit_cast<double>(chunk->cells[slot % kCellsPerChunk].load(std::memory_order_relaxed)));
  }
  return sum;
}

std::int64_t CellReader::Difference(Slot run) {
  Seek(run);
  std::uint64_t downs = 0;
  std::uint64_t ups = 0;
  for (const Chunk* chunk : chunks_) {
    // Acquire: pairs with the release of UpDownCounter::Add, so that every counted decrease brings its increase.
    downs += chunk->cells[(run + kDownCell) % kCellsPerChunk].load(std::memory_order_acquire);
  }
  // Looked up again: a thread whose decrease was just read may have been handed what a new shard has increased.
  StartPass();
  Seek(run);
  for (const Chunk* chunk : chunks_) {
    // Acquire: keeps this reading after the ones above; what it reads, it reads for its number alone.
    ups += chunk->cells[(run + kUpCell) % kCellsPerChunk].load(std::memory_order_acquire);
  }
  return static_cast<std::int64_t>(ups - downs);
}

HistogramReading CellReader::ReadHistogram(Slot run, std::span<std::uint64_t> buckets) {
  Seek(run);
  HistogramReading total;
  for (const Chunk* chunk : chunks_) ReadOne(&chunk->cells[run % kCellsPerChunk], buckets, total);
  return total;
}

void CellReader::ReadOne(const Cell* run, std::span<std::uint64_t> buckets, HistogramReading& total) {
  scratch_.resize(buckets.size());
  std::uint64_t in_buckets = 0;
  std::uint64_t sum = 0;
  for (int attempt = 0; attempt < kConsistentReadAttempts; ++attempt) {
    // Acquire: pairs with the release of the count in Histogram::Observe; the sums of these observations are visible.
    const std::uint64_t count = run[kCountCell].load(std::memory_order_acquire);
    // Acquire: pairs with the release of the sum in Histogram::Observe; the buckets of these observations are visible.
    sum = run[kSumCell].load(std::memory_order_acquire);
    in_buckets = 0;
    for (std::size_t i = 0; i < buckets.size(); ++i) {
      // Relaxed: the acquires above bring at least the observations that were counted; equality says: no others.
      scratch_[i] = run[kFirstBucketCell + i].load(std::memory_order_relaxed);
      in_buckets += scratch_[i];
    }
    if (in_buckets == count) break;
  }
  for (std::size_t i = 0; i < buckets.size(); ++i) buckets[i] += scratch_[i];
  total.count += in_buckets;
  total.integer_sum += sum;
  total.double_sum += std::bit_cast<double>(sum);
}

}  // namespace streamhouse::metrics::internal
