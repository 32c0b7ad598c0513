#include "metrics_core/internal/cells/cell_arena.h"

#include <pthread.h>

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "metrics_core/internal/cells/shard.h"
#include "metrics_core/mutex.h"

namespace streamhouse::metrics::internal {
namespace {

using ShapeKey = std::pair<Slot, CellStorage>;

ShapeKey KeyOf(const RunShape& shape) {
  return {shape.length, shape.storage};
}

// What is known of the runs that start in one chunk.
struct ChunkRuns {
  std::array<std::atomic<std::uint32_t>, kCellsPerChunk> references{};
  RunShape shape;  // all runs of a chunk have one shape
};

// Sets cells of one copy of a run to zero.
void SetToZero(Chunk& chunk, Slot run, Slot length) {
  for (Slot i = 0; i < length; ++i) {
    Cell& cell = chunk.cells[(run + i) % kCellsPerChunk];
    // Relaxed, both: the run has no reference. Its last holders recorded before they gave their
    // references back, and its next holders learn of it by a release. A zero is not stored again:
    // threads record into other cells of that cache line.
    if (cell.load(std::memory_order_relaxed) != 0) cell.store(0, std::memory_order_relaxed);
  }
}

class CellArena {
 public:
  // Never destroyed: handles are dropped during static destruction.
  static CellArena& Instance() {
    static CellArena* const arena = new CellArena;
    return *arena;
  }

  Slot Allocate(const RunShape& shape) noexcept {
    const MutexLock lock(mutex_);
    std::vector<Slot>& free = free_[KeyOf(shape)];
    Slot slot = kSinkSlot;
    if (!free.empty()) {
      slot = free.back();
      free.pop_back();
      SetRunToZero(slot, shape);
    } else {
      slot = Carve(shape);
      if (slot == kSinkSlot) return kSinkSlot;
    }
    // Relaxed: the caller publishes the slot before another thread can know it.
    ReferencesOf(slot).store(1, std::memory_order_relaxed);
    return slot;
  }

  std::atomic<std::uint32_t>& ReferencesOf(Slot slot) const { return RunsOf(slot)->references[slot % kCellsPerChunk]; }

  void Free(Slot slot) noexcept {
    const MutexLock lock(mutex_);
    free_[KeyOf(RunsOf(slot)->shape)].push_back(slot);
  }

  CellStatistics Statistics() {
    const MutexLock lock(mutex_);
    std::uint64_t free_runs = 0;
    for (const auto& [key, runs] : free_) free_runs += runs.size();
    return {static_cast<std::uint64_t>(next_chunk_) * kCellsPerChunk, free_runs};
  }

 private:
  CellArena() {
    // The pool's fork handlers are registered before these, and so run after them: its mutex is
    // taken under this one.
    FirstShard();
    // Otherwise the mutex stays locked in the child of a fork while another thread holds it.
    pthread_atfork(&LockMutex, &UnlockMutex, &UnlockMutex);
  }

  // Around a fork. No function holds the mutex from the one to the other.
  static void LockMutex() STREAMHOUSE_UNCHECKED { Instance().mutex_.Lock(); }
  static void UnlockMutex() STREAMHOUSE_UNCHECKED { Instance().mutex_.Unlock(); }

  ChunkRuns* RunsOf(Slot slot) const {
    // Acquire: pairs with the release in OpenChunk.
    return runs_[slot / kCellsPerChunk].load(std::memory_order_acquire);
  }

  // A new run at the end of the open chunk of its shape.
  Slot Carve(const RunShape& shape) STREAMHOUSE_REQUIRES(mutex_) {
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
  Slot OpenChunk(const RunShape& shape) STREAMHOUSE_REQUIRES(mutex_) {
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

  // In every copy. The run has no handle.
  static void SetRunToZero(Slot slot, const RunShape& shape) {
    if (shape.storage == CellStorage::kShared) {
      SetToZero(*MutableSharedChunk(slot), slot, shape.length);
      return;
    }
    for (const Shard* shard = FirstShard(); shard != nullptr; shard = NextShard(*shard)) {
      if (Chunk* const chunk = shard->table.MutableChunk(slot); chunk != nullptr) SetToZero(*chunk, slot, shape.length);
    }
  }

  // Written under mutex_, read by any thread.
  std::array<std::atomic<ChunkRuns*>, kMaxChunks> runs_{};

  Mutex mutex_;
  std::map<ShapeKey, std::vector<Slot>> free_ STREAMHOUSE_GUARDED_BY(mutex_);
  // A multiple of kCellsPerChunk: the chunk is full.
  std::map<ShapeKey, Slot> next_slot_ STREAMHOUSE_GUARDED_BY(mutex_);
  Slot next_chunk_ STREAMHOUSE_GUARDED_BY(mutex_) = 1;
};

}  // namespace

Slot AllocateRun(const RunShape& shape) noexcept {
  return CellArena::Instance().Allocate(shape);
}

void ReferenceRun(Slot slot) noexcept {
  if (slot < kSinkCells) return;
  // Relaxed: the caller copies a handle that holds a reference, so the run is not freed meanwhile.
  CellArena::Instance().ReferencesOf(slot).fetch_add(1, std::memory_order_relaxed);
}

void DereferenceRun(Slot slot) noexcept {
  if (slot < kSinkCells) return;
  CellArena& arena = CellArena::Instance();
  // Release: the holder's recordings happen before the run is reused. Acquire: the one who frees it
  // has seen them all.
  if (arena.ReferencesOf(slot).fetch_sub(1, std::memory_order_acq_rel) == 1) arena.Free(slot);
}

std::uint32_t RunReferences(Slot slot) noexcept {
  if (slot < kSinkCells) return 0;
  // Relaxed: an approximate count; the caller decides nothing that a concurrent copy could break.
  return CellArena::Instance().ReferencesOf(slot).load(std::memory_order_relaxed);
}

CellStatistics GetCellStatistics() noexcept {
  return CellArena::Instance().Statistics();
}

}  // namespace streamhouse::metrics::internal
