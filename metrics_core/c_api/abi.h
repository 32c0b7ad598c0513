// streamhouse_abi_1: the layout that recordings rely on which the C compiler inlines into a
// program.
//
// A recording goes from its handle to a cell through what is declared here: the calling thread's
// shard, its table of chunks, and a chunk of cells. A histogram also reads its bucket table. C++
// recordings use the same memory (metrics_core/internal/cells). abi.cc holds both to one layout by
// static_asserts.
// When to use something else: recording.h. A program calls no function of this header itself; names
// that begin with streamhouse_abi_ are for recording.h alone.
// Guarantees:
// 1. A change of anything here gives the symbol streamhouse_abi_1 another number. Each object file
//    that includes this header refers to the symbol. So a program that was compiled for another
//    layout does not link, and does not start with another shared library.
// 2. All else of the library is opaque to C, and may change without a new number.
// Thread safety: each thread finds its own cells. The orders are those of the C++ recordings.
// Atomics: cells are plain integers that only the compiler's __atomic builtins touch, and one piece
// of assembly, by which GCC adds doubles on x86-64. C11's _Atomic types are no choice: C++ cannot
// read such a declaration, and does not promise that std::atomic has their layout. GCC and clang
// define the builtins for plain objects, in both languages, and std::atomic consists of them.
// Cost: finding a cell takes two loads. The variable of the thread is initial-exec, also in a
// shared library: no call finds it.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "metrics_core/c_api/status.h"

#ifdef __cplusplus
extern "C" {
#endif

// 1 where recordings are compiled, 0 under STREAMHOUSE_METRICS_DISABLED: then they are no code.
#ifdef STREAMHOUSE_METRICS_DISABLED
enum { STREAMHOUSE_ABI_RECORDS = 0 };
#else
enum { STREAMHOUSE_ABI_RECORDS = 1 };
#endif

enum {
  STREAMHOUSE_ABI_CHUNK_CELLS = 512,
  STREAMHOUSE_ABI_CHUNKS = 65536,
  // A run of an up-down counter.
  STREAMHOUSE_ABI_UP_CELL = 0,
  STREAMHOUSE_ABI_DOWN_CELL = 1,
  // A run of a histogram.
  STREAMHOUSE_ABI_SUM_CELL = 0,
  STREAMHOUSE_ABI_COUNT_CELL = 1,
  STREAMHOUSE_ABI_FIRST_BUCKET_CELL = 2,
  STREAMHOUSE_ABI_STATES = 64
};

// As in W3C traceparent, whose first bytes are the high word. An id of zeros: no trace.
typedef struct streamhouse_trace {
  uint64_t id_high;
  uint64_t id_low;
  uint64_t span_id;
} streamhouse_trace;

typedef struct streamhouse_abi_chunk {
  uint64_t cells[STREAMHOUSE_ABI_CHUNK_CELLS];
} streamhouse_abi_chunk;

// The beginning of a shard; the rest is opaque.
typedef struct streamhouse_abi_shard {
  streamhouse_abi_chunk* chunks[STREAMHOUSE_ABI_CHUNKS];  // null where the thread has not recorded
} streamhouse_abi_shard;

// Of a cell of a bucket table (bucket_table.h).
typedef struct streamhouse_abi_bucket {
  uint64_t bound;  // a number of ticks, or the bits of a double
  uint32_t at_most;
  uint32_t above;
} streamhouse_abi_bucket;

typedef struct streamhouse_abi_octave {
  const streamhouse_abi_bucket* entries;
  uint64_t shift;
} streamhouse_abi_octave;

// The beginning of a bucket table; the rest is opaque.
typedef struct streamhouse_abi_buckets {
  const streamhouse_abi_bucket* entries;  // of doubles; null: only the library finds the bucket
  const streamhouse_abi_octave* octaves;  // of ticks; null: as above
  uint32_t first_cell;
  uint32_t outside;
  uint32_t shift;
} streamhouse_abi_buckets;

// Never null: before a thread's first recording it is a shard without chunks.
extern __thread streamhouse_abi_shard* streamhouse_current_shard __attribute__((tls_model("initial-exec")));

extern const char streamhouse_abi_1;
#if __has_attribute(retain)
// A linker that drops unused sections keeps it.
static const char* const streamhouse_abi_of_this_object __attribute__((used, retain)) = &streamhouse_abi_1;
#else
static const char* const streamhouse_abi_of_this_object __attribute__((used)) = &streamhouse_abi_1;
#endif

// What recordings leave to the library: the first one of a thread into a chunk, series of shared
// storage, values that have no place. `run` may be a sink, `buckets` may be null.
void streamhouse_abi_add_slowly(uint32_t run, uint64_t n) STREAMHOUSE_NOEXCEPT __attribute__((cold));
void streamhouse_abi_add_double_slowly(uint32_t run, double amount) STREAMHOUSE_NOEXCEPT __attribute__((cold));
void streamhouse_abi_change_slowly(uint32_t run, int64_t amount) STREAMHOUSE_NOEXCEPT __attribute__((cold));
void streamhouse_abi_observe_slowly(const streamhouse_abi_buckets* buckets, uint32_t run,
                                    double value) STREAMHOUSE_NOEXCEPT __attribute__((cold));
// The arguments stand in the registers in which the recording has them: a move costs an
// instruction.
void streamhouse_abi_observe_ticks_slowly(const streamhouse_abi_buckets* buckets, uint64_t ticks,
                                          uint32_t run) STREAMHOUSE_NOEXCEPT __attribute__((cold));
void streamhouse_abi_observe_exponential(uint32_t run, double value) STREAMHOUSE_NOEXCEPT;
void streamhouse_abi_offer_exemplar(uint32_t run, double value, streamhouse_trace trace) STREAMHOUSE_NOEXCEPT;
// Gives back the reference of a handle.
void streamhouse_abi_release(uint32_t run) STREAMHOUSE_NOEXCEPT;

// The cell that the calling thread owns, or null where only the library finds it.
static inline uint64_t* streamhouse_abi_own_cell(uint32_t slot) {
  // Relaxed: the owner of the table reads what it stored itself.
  streamhouse_abi_chunk* chunk =
      __atomic_load_n(&streamhouse_current_shard->chunks[slot / STREAMHOUSE_ABI_CHUNK_CELLS], __ATOMIC_RELAXED);
  if (__builtin_expect(chunk == NULL, 0)) return NULL;
  return &chunk->cells[slot % STREAMHOUSE_ABI_CHUNK_CELLS];
}

static inline uint64_t streamhouse_abi_bits(double value) {
  uint64_t bits;
  __builtin_memcpy(&bits, &value, sizeof(bits));
  return bits;
}

static inline double streamhouse_abi_double(uint64_t bits) {
  double value;
  __builtin_memcpy(&value, &bits, sizeof(value));
  return value;
}

// Adds to a cell of the calling thread, as a count that orders nothing.
static inline void streamhouse_abi_count(uint64_t* cell, uint64_t n) {
  // Relaxed, both: only this thread writes the cell, and a count is read for its own sake.
  __atomic_store_n(cell, __atomic_load_n(cell, __ATOMIC_RELAXED) + n, __ATOMIC_RELAXED);
}

// Adds to a cell of the calling thread after what this thread has stored before.
static inline void streamhouse_abi_publish(uint64_t* cell, uint64_t n) {
  // Relaxed to load: only this thread writes the cell. Release: pairs with the acquires of
  // CellReader; a reader that sees this value sees the cells that were written before it.
  __atomic_store_n(cell, __atomic_load_n(cell, __ATOMIC_RELAXED) + n, __ATOMIC_RELEASE);
}

#if defined(__x86_64__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__)
// AddOwned (cell.h) says why it is assembly. Release, at no cost.
static inline void streamhouse_abi_publish_double(uint64_t* cell, double amount) {
#ifdef __AVX__
  __asm__ volatile("vaddsd {%1, %0, %0|%0, %0, %1}\n\tvmovsd {%0, %1|%1, %0}" : "+x"(amount), "+m"(*cell) : : "memory");
#else
  __asm__ volatile("addsd {%1, %0|%0, %1}\n\tmovsd {%0, %1|%1, %0}" : "+x"(amount), "+m"(*cell) : : "memory");
#endif
}
static inline void streamhouse_abi_count_double(uint64_t* cell, double amount) {
  streamhouse_abi_publish_double(cell, amount);
}
#else
static inline void streamhouse_abi_publish_double(uint64_t* cell, double amount) {
  // Relaxed to load, release to store: as in streamhouse_abi_publish.
  const double old = streamhouse_abi_double(__atomic_load_n(cell, __ATOMIC_RELAXED));
  __atomic_store_n(cell, streamhouse_abi_bits(old + amount), __ATOMIC_RELEASE);
}
static inline void streamhouse_abi_count_double(uint64_t* cell, double amount) {
  // Relaxed, both: as in streamhouse_abi_count.
  const double old = streamhouse_abi_double(__atomic_load_n(cell, __ATOMIC_RELAXED));
  __atomic_store_n(cell, streamhouse_abi_bits(old + amount), __ATOMIC_RELAXED);
}
#endif

// Adds to a cell that all threads write.
static inline void streamhouse_abi_add_shared_double(uint64_t* cell, double amount) {
  // Relaxed, all: a value is read for its own sake; a stale one only costs another round.
  uint64_t old = __atomic_load_n(cell, __ATOMIC_RELAXED);
  while (!__atomic_compare_exchange_n(cell, &old, streamhouse_abi_bits(streamhouse_abi_double(old) + amount), 1,
                                      __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
  }
}

// The bucket of a value that is neither negative, infinite nor NaN, in a table that has entries.
static inline uint32_t streamhouse_abi_bucket_of(const streamhouse_abi_buckets* buckets, double value) {
  const uint64_t bits = streamhouse_abi_bits(value);
  uint32_t place = (uint32_t)(bits >> buckets->shift) - buckets->first_cell;
  if (place > buckets->outside) place = buckets->outside;
  const streamhouse_abi_bucket* entry = &buckets->entries[place];
  return bits > entry->bound ? entry->above : entry->at_most;
}

// The bucket of ticks below 2^63, in a table that has octaves.
static inline uint32_t streamhouse_abi_bucket_of_ticks(const streamhouse_abi_buckets* buckets, uint64_t ticks) {
  const streamhouse_abi_octave* octave = &buckets->octaves[63 ^ __builtin_clzll(ticks | 1)];
  const streamhouse_abi_bucket* entry = &octave->entries[ticks >> octave->shift];
  return ticks > entry->bound ? entry->above : entry->at_most;
}

#ifdef __cplusplus
}
#endif
