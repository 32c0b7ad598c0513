// FailingAllocation, NoMemoryElsewhere, AllocationsOfThread(): operator new of the test program, as
// a test wants it.
//
// Guarantees:
// 1. What fails throws std::bad_alloc. malloc() goes on.
// 2. Without a FailingAllocation or a NoMemoryElsewhere, no allocation fails.
// Thread safety: each object belongs to the thread that made it; one at a time.
#pragma once

#include <cstdint>

namespace streamhouse::mosquitto_plugin {

// While it lives, of the allocations of this thread, the one after the first `before` fails.
class FailingAllocation {
 public:
  explicit FailingAllocation(int before);
  ~FailingAllocation();
  FailingAllocation(const FailingAllocation&) = delete;
  FailingAllocation& operator=(const FailingAllocation&) = delete;
};

// While it lives, no allocation of another thread succeeds.
class NoMemoryElsewhere {
 public:
  NoMemoryElsewhere();
  ~NoMemoryElsewhere();
  NoMemoryElsewhere(const NoMemoryElsewhere&) = delete;
  NoMemoryElsewhere& operator=(const NoMemoryElsewhere&) = delete;
};

// How often this thread has allocated.
std::uint64_t AllocationsOfThread();

}  // namespace streamhouse::mosquitto_plugin
