#include "metrics_core/internal/cells/cell_reader.h"

#include <bit>
#include <numeric>

#include "metrics_core/dcheck.h"
#include "metrics_core/internal/cells/shard.h"
#include "metrics_core/internal/cells/whole_reading.h"

namespace streamhouse::metrics::internal {
namespace {

// Their sum.
std::uint64_t ReadBuckets(const Cell* run, std::span<std::uint64_t> buckets) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    // Acquire: pairs with the release of the bucket in Observe; all but the last observation seen
    // here are counted in what is read from now on.
    buckets[i] = run[kFirstBucketCell + i].load(std::memory_order_acquire);
    sum += buckets[i];
  }
  return sum;
}

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

std::int64_t CellReader::Difference(Slot run) {
  Seek(run);
  std::uint64_t downs = 0;
  std::uint64_t ups = 0;
  for (const Chunk* chunk : chunks_) {
    // Acquire: pairs with the release of UpDownCounter::Add, so that every counted decrease brings
    // its increase.
    downs += chunk->cells[(run + kDownCell) % kCellsPerChunk].load(std::memory_order_acquire);
  }
  // Looked up again: a thread whose decrease was just read may have been handed what a new shard
  // has increased.
  StartPass();
  Seek(run);
  for (const Chunk* chunk : chunks_) {
    // Acquire: keeps this reading after the ones above; what it reads, it reads for its number
    // alone.
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
  scratch_.resize(2 * buckets.size());
  const std::span<std::uint64_t> own = std::span(scratch_).first(buckets.size());
  CountAndSum read{};
  std::uint64_t in_own = 0;
  for (int attempt = 0; attempt < kWholeAttempts; ++attempt) {
    read = ReadCountAndSum(run);
    in_own = ReadBuckets(run, own);
    // Every counted observation is in the sum, and every one in the sum is in the buckets. Equal
    // totals therefore show that the buckets hold no other observation.
    if (in_own == read.count) break;
  }
  if (in_own != read.count) {
    // The owner records faster than its buckets can be read. A count and a sum that are read next
    // belong together, and each bucket had, at that moment, a value between the one before and one
    // read after.
    const std::span<std::uint64_t> later = std::span(scratch_).last(buckets.size());
    read = ReadCountAndSum(run);
    ReadBuckets(run, later);
    // Not ahead where an observation is in its bucket and not yet counted; then it is counted here.
    const auto ahead = static_cast<std::int64_t>(read.count - in_own);
    if (ahead > 0) in_own += Advance(own, later, static_cast<std::uint64_t>(ahead));
  }
  // Invariant 1.
  DCheck([&] { return std::accumulate(own.begin(), own.end(), std::uint64_t{0}) == in_own; },
         "the count of a histogram is the sum of its buckets");
  for (std::size_t i = 0; i < buckets.size(); ++i) buckets[i] += own[i];
  total.count += in_own;
  total.integer_sum += read.sum;
  total.double_sum += std::bit_cast<double>(read.sum);
}

}  // namespace streamhouse::metrics::internal
