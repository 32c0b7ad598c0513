// Cell: 64 bits that one thread writes and any thread may read; the storage of every recorded
// value.
//
// Cells are numbered process-wide by slots. Slot s is cell s % kCellsPerChunk of chunk s /
// kCellsPerChunk. Each thread that records has its own copy of the chunks that it touched
// (shard.h). A series owns a run of consecutive slots in one chunk.
// Invariants:
// 1. A cell starts at zero, and is zero again when its run gets another series.
// 2. A cell is never freed.
// 3. A run lies within one chunk.
// Thread safety: the owner writes by plain stores of an atomic; any thread reads. A shared cell is
// written by locked instructions.
// Cost: a load, an add and a store.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>

#include "metrics_core/language_level.h"

namespace streamhouse::metrics::internal {

using Cell = std::atomic<std::uint64_t>;
using Slot = std::uint32_t;

inline constexpr Slot kCellsPerChunk = 512;  // one page of 4 KiB
inline constexpr Slot kMaxCells = 1U << 25;  // a table of 512 KiB of address space a thread, touched lazily
inline constexpr Slot kMaxChunks = kMaxCells / kCellsPerChunk;

static_assert(Cell::is_always_lock_free);
static_assert(sizeof(Cell) == sizeof(std::uint64_t));
static_assert(std::has_single_bit(kCellsPerChunk) && std::has_single_bit(kMaxCells));

struct alignas(4096) Chunk {
  std::array<Cell, kCellsPerChunk> cells;
};
static_assert(sizeof(Chunk) == kCellsPerChunk * sizeof(Cell));

// The slots that default-constructed handles record into; no exporter reads them. One run, long
// enough for each kind.
inline constexpr Slot kSinkSlot = 0;
inline constexpr Slot kSinkCells = 8;

// A run of a histogram: its sum, its count, then its buckets.
inline constexpr Slot kSumCell = 0;
inline constexpr Slot kCountCell = 1;
inline constexpr Slot kFirstBucketCell = 2;

// A run of an up-down counter: the sum of what was added, and the sum of what was taken away.
inline constexpr Slot kUpCell = 0;
inline constexpr Slot kDownCell = 1;

// Adds to a cell of the calling thread's own shard.
inline void AddOwned(Cell& cell, std::uint64_t n, std::memory_order publish) noexcept {
  // Relaxed: only this thread writes the cell, so it reads its own last value.
  cell.store(cell.load(std::memory_order_relaxed) + n, publish);
}

inline void AddOwned(Cell& cell, double x, std::memory_order publish) noexcept {
#if defined(__x86_64__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__)
  // GCC moves an atomic double through a general register, to load it and to store it. An
  // observation waits for the sum of the one before, and for these moves. clang has none.
  // A move of 8 aligned bytes is atomic. Stores of this processor become visible in their order,
  // and "memory" keeps the compiler to it: a release store, which is the strongest order asked for.
  // In braces: the operands in the order of AT&T, and in that of -masm=intel.
#ifdef __AVX__  // a mix of both kinds of instructions costs time
  asm volatile("vaddsd {%1, %0, %0|%0, %0, %1}\n\tvmovsd {%0, %1|%1, %0}" : "+x"(x), "+m"(cell) : : "memory");
#else
  asm volatile("addsd {%1, %0|%0, %1}\n\tmovsd {%0, %1|%1, %0}" : "+x"(x), "+m"(cell) : : "memory");
#endif
  static_cast<void>(publish);  // not read here
#else
  // Relaxed: only this thread writes the cell, so it reads its own last value.
  const double old = std::bit_cast<double>(cell.load(std::memory_order_relaxed));
  cell.store(std::bit_cast<std::uint64_t>(old + x), publish);
#endif
}

// Adds to a cell that several threads write.
inline void AddShared(Cell& cell, std::uint64_t n, std::memory_order publish) noexcept {
  cell.fetch_add(n, publish);
}

inline void AddShared(Cell& cell, double x, std::memory_order publish) noexcept {
  // Relaxed: a stale value only costs another round; the exchange below is what counts.
  std::uint64_t old = cell.load(std::memory_order_relaxed);
  // Relaxed on failure, for the same reason.
  while (!cell.compare_exchange_weak(old, std::bit_cast<std::uint64_t>(std::bit_cast<double>(old) + x), publish,
                                     std::memory_order_relaxed)) {
  }
}

}  // namespace streamhouse::metrics::internal
