#include "metrics_core/internal/cells/shard.h"

#include <pthread.h>
#include <sys/mman.h>

#include <new>

#include "metrics_core/dcheck.h"
#include "metrics_core/mutex.h"
#include "metrics_core/status.h"

namespace streamhouse::metrics::internal {
namespace {

// Chunks whose storage is shared, by chunk number.
constinit ChunkTable shared_table{};
// Takes the recordings that found no memory; no reader sees it.
constinit Chunk discard_chunk{};

constinit thread_local bool shard_was_returned = false;

// Zeroed address space; pages become resident when touched. Null when there is none.
void* MapZeroed(std::size_t bytes) {
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

// All shards, and a list of the free ones. Never destroyed: threads record during static
// destruction.
class ShardPool {
 public:
  static ShardPool& Instance() {
    static ShardPool* const pool = new ShardPool;
    return *pool;
  }

  // Null when there is no memory for another shard.
  Shard* Take() {
    const MutexLock lock(mutex_);
    Shard* shard = free_;
    if (shard != nullptr) {
      free_ = shard->next_free;
    } else {
      shard = Make();
      if (shard == nullptr) return nullptr;
    }
    // Invariant 1.
    DCheck([&] { return !shard->owned; }, "a shard has at most one owner");
    shard->owned = true;
    ++owned_;
    return shard;
  }

  void Return(Shard* shard) {
    const MutexLock lock(mutex_);
    Free(shard);
  }

  // Arranges for the calling thread's shard to be returned when the thread exits; false without
  // memory for that.
  bool ReturnAtThreadExit(Shard* shard) { return pthread_setspecific(exit_key_, shard) == 0; }

  Chunk* Allocate() {
    const MutexLock lock(mutex_);
    if (slab_used_ == kChunksPerSlab) {
      void* const memory = MapZeroed(kChunksPerSlab * sizeof(Chunk));
      if (memory == nullptr) return nullptr;
      slab_ = static_cast<Chunk*>(memory);
      slab_used_ = 0;
    }
    ++chunks_;
    return new (slab_ + slab_used_++) Chunk{};
  }

  const Shard* First() const {
    // Acquire: pairs with the release in Make, so that the reader sees the shard's empty table.
    return first_.load(std::memory_order_acquire);
  }

  ShardStatistics Statistics() {
    const MutexLock lock(mutex_);
    // Relaxed: a count for people; it orders nothing.
    return {shards_, owned_, chunks_, lost_to_memory_.load(std::memory_order_relaxed)};
  }

  void CountLostToMemory() {
    // Relaxed: a count for people; it orders nothing.
    lost_to_memory_.fetch_add(1, std::memory_order_relaxed);
  }

 private:
  static constexpr std::size_t kChunksPerSlab = 256;

  ShardPool() {
    Check(pthread_key_create(&exit_key_, &ReturnOnExit) == 0, "metrics: no pthread key left");
    // Otherwise the mutex stays locked in the child of a fork while another thread holds it.
    pthread_atfork(&LockMutex, &UnlockMutex, &ReclaimAndUnlockMutex);
  }

  // Around a fork. No function holds the mutex from the one to the other.
  static void LockMutex() STREAMHOUSE_UNCHECKED { Instance().mutex_.Lock(); }
  static void UnlockMutex() STREAMHOUSE_UNCHECKED { Instance().mutex_.Unlock(); }
  static void ReclaimAndUnlockMutex() STREAMHOUSE_UNCHECKED {
    Instance().ReclaimInChild();
    Instance().mutex_.Unlock();
  }

  static void ReturnOnExit(void* shard) {
    current_shard = &sentinel_shard;
    shard_was_returned = true;
    Instance().Return(static_cast<Shard*>(shard));
  }

  Shard* Make() STREAMHOUSE_REQUIRES(mutex_) {
    // Not constructed: null pointers are what the kernel's zero pages hold, and constructing would
    // touch them all.
    auto* const shard = static_cast<Shard*>(MapZeroed(sizeof(Shard)));
    if (shard == nullptr) return nullptr;
    ++shards_;
    std::atomic<Shard*>& link = last_ == nullptr ? first_ : last_->next;
    // Release: pairs with the acquires in First and NextShard.
    link.store(shard, std::memory_order_release);
    last_ = shard;
    return shard;
  }

  void Free(Shard* shard) STREAMHOUSE_REQUIRES(mutex_) {
    // Invariant 1.
    DCheck([&] { return shard->owned; }, "a shard is returned once");
    shard->owned = false;
    shard->next_free = free_;
    free_ = shard;
    --owned_;
  }

  // In the child of a fork: the owners of all other shards are gone.
  void ReclaimInChild() STREAMHOUSE_REQUIRES(mutex_) {
    // Relaxed: the child has one thread.
    for (Shard* shard = first_.load(std::memory_order_relaxed); shard != nullptr;
         shard = shard->next.load(std::memory_order_relaxed)) {
      if (!shard->owned || shard == current_shard) continue;
      // Its owner may have been in a read section, which no thread of the child will leave.
      // Relaxed: the child has one thread.
      const std::uint64_t sections = shard->read_sections.load(std::memory_order_relaxed);
      shard->read_sections.store((sections | kSectionDepthMask) + 1, std::memory_order_relaxed);
      Free(shard);
    }
  }

  pthread_key_t exit_key_{};  // immutable after construction

  // Written under mutex_, read by any thread.
  std::atomic<Shard*> first_{nullptr};
  std::atomic<std::uint64_t> lost_to_memory_{0};  // written by any thread

  Mutex mutex_;
  Shard* last_ STREAMHOUSE_GUARDED_BY(mutex_) = nullptr;
  Shard* free_ STREAMHOUSE_GUARDED_BY(mutex_) = nullptr;
  Chunk* slab_ STREAMHOUSE_GUARDED_BY(mutex_) = nullptr;
  std::size_t slab_used_ STREAMHOUSE_GUARDED_BY(mutex_) = kChunksPerSlab;
  std::uint64_t shards_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
  std::uint64_t owned_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
  std::uint64_t chunks_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
};

// The calling thread's shard for one recording. One that it must give back after the recording is
// put in shard_to_return.
Shard* FindOrTakeShard(Shard*& shard_to_return) {
  if (OwnsShard()) return current_shard;
  ShardPool& pool = ShardPool::Instance();
  Shard* const shard = pool.Take();
  if (shard == nullptr) return nullptr;
  if (shard_was_returned || !pool.ReturnAtThreadExit(shard)) {
    shard_to_return = shard;
  } else {
    current_shard = shard;
  }
  return shard;
}

Chunk* FindOrAllocateChunk(Shard& shard, Slot slot) {
  Chunk* chunk = shard.table.OwnChunk(slot);
  if (chunk != nullptr) return chunk;
  chunk = ShardPool::Instance().Allocate();
  if (chunk != nullptr) shard.table.Publish(slot, chunk);
  return chunk;
}

}  // namespace

constinit Shard sentinel_shard{};
constinit thread_local Shard* current_shard = &sentinel_shard;

bool TakeShard() noexcept {
  if (shard_was_returned) return false;
  Shard* for_one_recording = nullptr;
  FindOrTakeShard(for_one_recording);
  if (for_one_recording != nullptr) ShardPool::Instance().Return(for_one_recording);
  return OwnsShard();
}

SlowCells::SlowCells(Slot slot) noexcept : shared_(true) {
  Chunk* chunk = MutableSharedChunk(slot);
  if (chunk == nullptr) {
    Shard* const shard = FindOrTakeShard(shard_to_return_);
    if (shard != nullptr) chunk = FindOrAllocateChunk(*shard, slot);
    shared_ = chunk == nullptr;
    if (chunk == nullptr) {
      chunk = &discard_chunk;
      ShardPool::Instance().CountLostToMemory();
    }
  }
  cells_ = &chunk->cells[slot % kCellsPerChunk];
}

SlowCells::~SlowCells() {
  if (shard_to_return_ != nullptr) ShardPool::Instance().Return(shard_to_return_);
}

void PublishSharedChunk(Slot slot, Chunk* chunk) noexcept {
  shared_table.Publish(slot, chunk);
}

const Chunk* SharedChunk(Slot slot) noexcept {
  return shared_table.PublishedChunk(slot);
}

Chunk* MutableSharedChunk(Slot slot) noexcept {
  return const_cast<Chunk*>(SharedChunk(slot));
}

Chunk* AllocateChunk() noexcept {
  return ShardPool::Instance().Allocate();
}

const Shard* FirstShard() noexcept {
  return ShardPool::Instance().First();
}

const Shard* NextShard(const Shard& shard) noexcept {
  // Acquire: pairs with the release in ShardPool::Make.
  return shard.next.load(std::memory_order_acquire);
}

ShardStatistics GetShardStatistics() noexcept {
  return ShardPool::Instance().Statistics();
}

}  // namespace streamhouse::metrics::internal
