#include "tests/exporters/support/counted_memory.h"

#include <malloc.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>

namespace streamhouse::exporters {
namespace {

std::atomic<std::int64_t> bytes_out = 0;
std::atomic<std::int64_t> most_bytes_out = 0;

void* Counted(void* memory) {
  if (memory == nullptr) return nullptr;
  const auto bytes = static_cast<std::int64_t>(malloc_usable_size(memory));
  // Relaxed: a count. A thread that compares two readings has waited for the measured work.
  const std::int64_t out = bytes_out.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  // Relaxed: as above.
  std::int64_t most = most_bytes_out.load(std::memory_order_relaxed);
  // Relaxed: as above.
  while (most < out && !most_bytes_out.compare_exchange_weak(most, out, std::memory_order_relaxed)) {
  }
  return memory;
}

void* Uncounted(void* memory) {
  // Relaxed: as in Counted().
  if (memory != nullptr)
    bytes_out.fetch_sub(static_cast<std::int64_t>(malloc_usable_size(memory)), std::memory_order_relaxed);
  return memory;
}

}  // namespace

std::int64_t CountedMemory::BytesOut() {
  // Relaxed: as in Counted().
  return bytes_out.load(std::memory_order_relaxed);
}

std::int64_t CountedMemory::BeginMost() {
  const std::int64_t before = BytesOut();
  // Relaxed: as in Counted().
  most_bytes_out.store(before, std::memory_order_relaxed);
  return before;
}

std::int64_t CountedMemory::Most() {
  // Relaxed: as in Counted().
  return most_bytes_out.load(std::memory_order_relaxed);
}

// What operator new, zlib and zstd call, in front of what the C library does.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t boundary, std::size_t size);
void __libc_free(void* memory);

void* malloc(std::size_t size) {
  return Counted(__libc_malloc(size));
}
void* calloc(std::size_t count, std::size_t size) {
  return Counted(__libc_calloc(count, size));
}
void* realloc(void* memory, std::size_t size) {
  return Counted(__libc_realloc(Uncounted(memory), size));
}
void* aligned_alloc(std::size_t boundary, std::size_t size) {
  return Counted(__libc_memalign(boundary, size));
}
void free(void* memory) {
  __libc_free(Uncounted(memory));
}
}

}  // namespace streamhouse::exporters
