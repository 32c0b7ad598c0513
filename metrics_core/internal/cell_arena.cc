#include "metrics_core/internal/cell_arena.h"

#include <pthread.h>

#include <array>
#include <atomic>
#include <bit>
#include <map>
#include <memory>
#include <mutex>
#include <tuple>
#include <vector>

#include "metrics_core/internal/cell_reader.h"
#include "metrics_core/internal/exponential_run.h"
#include "metrics_core/internal/shard.h"

namespace streamhouse::metrics::internal {
namespace {

using ShapeKey = std::tuple<Slot, CellStorage, CellNumbers>;

ShapeKey KeyOf(const RunShape& shape) {
  return {shape.length, shape.storage, shape.numbers};
}

// What is known of the runs that start in one chunk.
struct ChunkRuns {
  std::array<std::atomic<std::uint32_t>, kCellsPerChunk> references{};
  RunShape shape;  // all runs of a chunk have one shape
};

// Starting values of one chunk's cells; written only while their run belongs to nobody.
using ChunkBaselines = std::array<std::uint64_t, kCellsPerChunk>;

class CellArena {
 public:
  // Never destroyed: handles are dropped during static destruction.
  static CellArena& Instance() {
    static CellArena* const arena = new CellArena;
    return *arena;
  }

  Slot Allocate(const RunShape& shape) noexcept {
    const std::lock_guard lock(mutex_);
    std::vector<Slot>& free = free_[KeyOf(shape)];
    Slot slot = kSinkSlot;
    if (!free.empty()) {
      slot = free.back();
      free.pop_back();
      StartOver(slot, shape);
    } else {
      slot = Carve(shape);
      if (slot == kSinkSlot) return kSinkSlot;
    }
    // Relaxed: the caller publishes the slot before anybody else can know it.
    ReferencesOf(slot).store(1, std::memory_order_relaxed);
    return slot;
  }

  std::atomic<std::uint32_t>& ReferencesOf(Slot slot) const { return RunsOf(slot)->references[slot % kCellsPerChunk]; }

  void Free(Slot slot) noexcept {
    const std::lock_guard lock(mutex_);
    const RunShape& shape = RunsOf(slot)->shape;
    if (IsReusable(slot, shape)) {
      free_[KeyOf(shape)].push_back(slot);
    } else {
      ++retired_runs_;
    }
  }

  std::uint64_t BaselineOf(Slot slot) const {
    // Acquire: pairs with the release in SetBaselines.
    const ChunkBaselines* const baselines = baselines_[slot / kCellsPerChunk].load(std::memory_order_acquire);
    return baselines == nullptr ? 0 : (*baselines)[slot % kCellsPerChunk];
  }

  CellStatistics Statistics() {
    const std::lock_guard lock(mutex_);
    std::uint64_t free_runs = 0;
    for (const auto& [key, runs] : free_) free_runs += runs.size();
    return {static_cast<std::uint64_t>(next_chunk_) * kCellsPerChunk, free_runs, retired_runs_};
  }

 private:
  CellArena() {
    // The pool's fork handlers are registered before these, and so run after them: its mutex is taken under this one.
    FirstShard();
    // A fork while another thread holds the mutex would leave it locked for ever in the child.
    pthread_atfork([] { Instance().mutex_.lock(); }, [] { Instance().mutex_.unlock(); },
                   [] { Instance().mutex_.unlock(); });
  }

  ChunkRuns* RunsOf(Slot slot) const {
    // Acquire: pairs with the release in OpenChunk.
    return runs_[slot / kCellsPerChunk].load(std::memory_order_acquire);
  }

  // A new run at the end of the open chunk of its shape.
  Slot Carve(const RunShape& shape) {
    Slot& next = next_slot_[KeyOf(shape)];
    if (next % kCellsPerChunk == 0 || next % kCellsPerChunk + shape.length > kCellsPerChunk) {
      const Slot opened = OpenChunk(shape);
      if (opened == kSinkSlot) return kSinkSlot;
      next = opened;
    }
    const Slot slot = next;
    next += shape.length;
    return slot;
  }

  // The first slot of a new chunk, or kSinkSlot. Chunk 0 is the sinks' own.
  Slot OpenChunk(const RunShape& shape) {
    if (next_chunk_ == kMaxChunks) return kSinkSlot;
    const Slot first = next_chunk_ * kCellsPerChunk;
    if (shape.storage == CellStorage::kShared) {
      Chunk* const chunk = AllocateChunk();
      if (chunk == nullptr) return kSinkSlot;
      PublishSharedChunk(first, chunk);
    }
    auto runs = std::make_unique<ChunkRuns>();
    runs->shape = shape;
    // Release: pairs with the acquire in RunsOf.
    runs_[next_chunk_].store(runs.release(), std::memory_order_release);
    ++next_chunk_;
    return first;
  }

  static bool HoldsDouble(const RunShape& shape, Slot cell) {
    if (shape.numbers == CellNumbers::kDoubles) return true;
    return shape.numbers == CellNumbers::kDoubleSum && cell == kSumCell;
  }

  static bool IsReusable(Slot slot, const RunShape& shape) {
    if (shape.storage == CellStorage::kShared) return true;
    if (shape.numbers == CellNumbers::kExponential) {
      // The next one would be taken for the first by a shard that has not recorded since.
      return RunIncarnation(slot) + 1 < ExponentialLayout::kIncarnations;
    }
    for (Slot cell = 0; cell < shape.length; ++cell) {
      if (!HoldsDouble(shape, cell)) continue;
      CellReader reader;
      if (!(reader.SumOfMagnitudes(slot + cell) <= kMaxReusableSum)) return false;
    }
    return true;
  }

  // Makes the run read as zero again.
  void StartOver(Slot slot, const RunShape& shape) {
    if (shape.storage == CellStorage::kPerThread) {
      SetBaselines(slot, shape);
      return;
    }
    Chunk* const chunk = MutableSharedChunk(slot);
    for (Slot cell = 0; cell < shape.length; ++cell) {
      // Relaxed: the run belongs to nobody; the caller publishes it.
      chunk->cells[(slot + cell) % kCellsPerChunk].store(0, std::memory_order_relaxed);
    }
  }

  void SetBaselines(Slot slot, const RunShape& shape) {
    std::atomic<ChunkBaselines*>& entry = baselines_[slot / kCellsPerChunk];
    // Relaxed: only this function writes the entry, under mutex_.
    ChunkBaselines* baselines = entry.load(std::memory_order_relaxed);
    if (baselines == nullptr) {
      baselines = std::make_unique<ChunkBaselines>().release();
      // Release: pairs with the acquire in BaselineOf.
      entry.store(baselines, std::memory_order_release);
    }
    if (shape.numbers == CellNumbers::kExponential) {
      // The baseline of its first cell, which is not subtracted from anything, counts the incarnations.
      ++(*baselines)[slot % kCellsPerChunk];
      return;
    }
    CellReader reader;
    for (Slot cell = 0; cell < shape.length; ++cell) {
      const Slot s = slot + cell;
      (*baselines)[s % kCellsPerChunk] =
          HoldsDouble(shape, cell) ? std::bit_cast<std::uint64_t>(reader.SumOfDoubles(s)) : reader.Sum(s);
    }
  }

  // Written under mutex_, read by any thread.
  std::array<std::atomic<ChunkRuns*>, kMaxChunks> runs_{};
  std::array<std::atomic<ChunkBaselines*>, kMaxChunks> baselines_{};

  std::mutex mutex_;
  // Guarded by mutex_.
  std::map<ShapeKey, std::vector<Slot>> free_;
  std::map<ShapeKey, Slot> next_slot_;  // a multiple of kCellsPerChunk: the chunk is full
  Slot next_chunk_ = 1;
  std::uint64_t retired_runs_ = 0;
};

}  // namespace

Slot AllocateRun(const RunShape& shape) noexcept {
  return CellArena::Instance().Allocate(shape);
}

void ReferenceRun(Slot slot) noexcept {
  if (slot < kSinkCells) return;
  // Relaxed: whoever copies a handle holds a reference already, so the run cannot be freed meanwhile.
  CellArena::Instance().ReferencesOf(slot).fetch_add(1, std::memory_order_relaxed);
}

void DereferenceRun(Slot slot) noexcept {
  if (slot < kSinkCells) return;
  CellArena& arena = CellArena::Instance();
  // Release: the holder's recordings happen before the run is reused. Acquire: the one who frees it has seen them all.
  if (arena.ReferencesOf(slot).fetch_sub(1, std::memory_order_acq_rel) == 1) arena.Free(slot);
}

std::uint32_t RunReferences(Slot slot) noexcept {
  if (slot < kSinkCells) return 0;
  // Relaxed: an approximate count; the caller decides nothing that a concurrent copy could break.
  return CellArena::Instance().ReferencesOf(slot).load(std::memory_order_relaxed);
}

std::uint64_t Baseline(Slot slot) noexcept {
  return CellArena::Instance().BaselineOf(slot);
}

std::uint32_t RunIncarnation(Slot run) noexcept {
  return static_cast<std::uint32_t>(Baseline(run));
}

CellStatistics GetCellStatistics() noexcept {
  return CellArena::Instance().Statistics();
}

}  // namespace streamhouse::metrics::internal
