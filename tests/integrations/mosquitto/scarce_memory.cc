#include "tests/integrations/mosquitto/scarce_memory.h"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

constexpr int kNone = -1;

thread_local int allocations_before_failure = kNone;
thread_local std::uint64_t allocations = 0;
thread_local bool has_memory = false;  // also during a NoMemoryElsewhere
std::atomic<bool> is_there_none_elsewhere = false;

bool FailsNow() {
  if (is_there_none_elsewhere && !has_memory) return true;
  return allocations_before_failure != kNone && allocations_before_failure-- == 0;
}

}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  void* const memory = FailsNow() ? nullptr : std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace streamhouse::mosquitto_plugin {

FailingAllocation::FailingAllocation(int before) {
  allocations_before_failure = before;
}

FailingAllocation::~FailingAllocation() {
  allocations_before_failure = kNone;
}

NoMemoryElsewhere::NoMemoryElsewhere() {
  has_memory = true;
  is_there_none_elsewhere = true;
}

NoMemoryElsewhere::~NoMemoryElsewhere() {
  is_there_none_elsewhere = false;
}

std::uint64_t AllocationsOfThread() {
  return allocations;
}

}  // namespace streamhouse::mosquitto_plugin
