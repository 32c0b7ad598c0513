// Shard: one recording thread's cells, and the way from a slot to the calling thread's own cell.
//
// A thread takes a shard at its first recording. The shard goes back to a pool, values in place,
// when the thread exits; the next new thread continues on it. Nothing is folded, so sums over all
// shards never run backwards. Memory is bounded by the peak number of concurrent recording threads.
// Invariants:
// 1. A shard has at most one owner.
// 2. Only the owner writes its table, and its cells of runs that have a reference. Cells of a run
//    without a reference belong to the arena, which zeroes them (cell_arena.h).
// 3. A chunk, once in a table, stays there.
// 4. Shards are never freed.
// 5. A return happens before the next taking (pool lock), so the new owner continues from the old
//    owner's last values.
// Thread safety: each function of ChunkTable says which thread may call it. The functions below are
// for any thread, and the calling thread's own shard.
// Cost: a recording finds its cell by two loads. A thread's first recording takes a lock.
// Thread exit: the return runs as a pthread key destructor, after every thread_local destructor. A
// recording that comes later still (from another key's destructor) takes a shard for that one
// recording.
// fork(): the child's only thread keeps its shard; the shards of the threads that do not exist in
// the child go to the pool, values in place.
// Out of memory: recordings of the thread go to a chunk without readers, and
// ShardStatistics::lost_to_memory counts them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "metrics_core/internal/cells/cell.h"

namespace streamhouse::metrics::internal {

// Chunk pointers by chunk number, null where the owner has not recorded.
class ChunkTable {
 public:
  // For the owner of the table, who is the only writer.
  Chunk* OwnChunk(Slot slot) const noexcept {
    // Relaxed: the owner reads what it stored itself.
    return chunks_[slot / kCellsPerChunk].load(std::memory_order_relaxed);
  }

  // For the arena, of a run that no thread records into (cell_arena.h).
  Chunk* MutableChunk(Slot slot) const noexcept {
    // Acquire: pairs with Publish, so that zeroing comes after the owner's first zeros.
    return chunks_[slot / kCellsPerChunk].load(std::memory_order_acquire);
  }

  // For readers of other threads' values.
  const Chunk* PublishedChunk(Slot slot) const noexcept {
    // Acquire: pairs with Publish, so that the reader sees zeroed cells.
    return chunks_[slot / kCellsPerChunk].load(std::memory_order_acquire);
  }

  void Publish(Slot slot, Chunk* chunk) noexcept {
    // Release: pairs with the acquire in PublishedChunk.
    chunks_[slot / kCellsPerChunk].store(chunk, std::memory_order_release);
  }

 private:
  std::atomic<Chunk*> chunks_[kMaxChunks];
};

// The part of Shard::read_sections that holds the depth.
inline constexpr std::uint64_t kSectionDepthMask = 0xFF;

struct Shard {
  ChunkTable table;

  // Written by the owner (read_section.h): how deep it is in read sections, and above that, how
  // many it has left.
  std::atomic<std::uint64_t> read_sections;

  // Guarded by the pool's mutex.
  bool owned;
  Shard* next_free;

  // Set once, before the shard is linked into the list of all shards.
  std::atomic<Shard*> next;  // the shard made after this one
};

// The calling thread's shard. Before the thread's first recording, and after its shard is returned,
// it is sentinel_shard, without owner and with an empty table (OwnsShard() is false). Initial-exec:
// a recording in a shared object must not pay a call to find it. Constant-initialised and trivial:
// no guard, no wrapper. At most 8 bytes of the static TLS surplus when dlopen'ed. The name in
// object code is the one that recordings in C use (c_api/abi.h).
extern constinit thread_local Shard* current_shard __asm__("streamhouse_current_shard")
    __attribute__((tls_model("initial-exec")));

extern constinit Shard sentinel_shard;
inline bool OwnsShard() noexcept {
  return current_shard != &sentinel_shard;
}

// Takes a shard for a thread that has none. False where it cannot have one: no memory, or it is
// exiting.
bool TakeShard() noexcept;
inline bool EnsureShard() noexcept {
  return OwnsShard() || TakeShard();
}

// The cell that the calling thread owns for a slot. Null when SlowCells has to find it: before the
// thread's first recording into that chunk, and always for a slot of shared storage.
inline Cell* OwnCell(Slot slot) noexcept {
  Chunk* const chunk = current_shard->table.OwnChunk(slot);
  if (chunk == nullptr) [[unlikely]]
    return nullptr;
  return &chunk->cells[slot % kCellsPerChunk];
}

// The slow way to a run of cells: takes a shard, allocates the chunk, or finds the shared one.
// Lives for one recording; takes a lock only where it takes or allocates.
class SlowCells {
 public:
  explicit SlowCells(Slot slot) noexcept;
  ~SlowCells();
  SlowCells(const SlowCells&) = delete;
  SlowCells& operator=(const SlowCells&) = delete;

  template <typename Number>
  void Add(Slot offset, Number n, std::memory_order publish) noexcept {
    if (shared_) {
      AddShared(cells_[offset], n, publish);
    } else {
      AddOwned(cells_[offset], n, publish);
    }
  }

  // The cells, if this thread alone writes them for as long as this lives; otherwise null.
  Cell* Owned() const noexcept { return shared_ ? nullptr : cells_; }

 private:
  Cell* cells_;
  bool shared_;
  Shard* shard_to_return_ = nullptr;  // of a thread that has already returned its own
};

// Makes the chunk of a slot one that all threads share. Before any thread can know the slot.
void PublishSharedChunk(Slot slot, Chunk* chunk) noexcept;
// The shared chunk of a slot, or null if its storage is per thread.
const Chunk* SharedChunk(Slot slot) noexcept;
Chunk* MutableSharedChunk(Slot slot) noexcept;

// A zeroed chunk, or null when there is no memory.
Chunk* AllocateChunk() noexcept;

// Every shard ever made, in the order of their making; null after the last one.
const Shard* FirstShard() noexcept;
const Shard* NextShard(const Shard& shard) noexcept;

struct ShardStatistics {
  std::uint64_t shards;          // ever made
  std::uint64_t owned;           // owned by a thread now
  std::uint64_t chunks;          // allocated for cells, all shards
  std::uint64_t lost_to_memory;  // recordings that found no memory
};
ShardStatistics GetShardStatistics() noexcept;

}  // namespace streamhouse::metrics::internal
