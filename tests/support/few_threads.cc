#include "tests/support/few_threads.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>

#include <atomic>
#include <limits>

namespace streamhouse {
namespace {

constexpr int kNoLimit = std::numeric_limits<int>::max();

std::atomic<int> left_to_start = kNoLimit;

bool TakeOne() {
  // Relaxed, here and below: a count that orders nothing.
  int left = left_to_start.load(std::memory_order_relaxed);
  while (left > 0 && left != kNoLimit) {
    // Relaxed: as above.
    if (left_to_start.compare_exchange_weak(left, left - 1, std::memory_order_relaxed)) return true;
  }
  return left > 0;
}

}  // namespace

FewThreads::FewThreads(int left) {
  // Relaxed: as above.
  left_to_start.store(left, std::memory_order_relaxed);
}

FewThreads::~FewThreads() {
  // Relaxed: as above.
  left_to_start.store(kNoLimit, std::memory_order_relaxed);
}

}  // namespace streamhouse

// The program's symbol comes before that of the C library, to which it passes the call.
extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                              void* argument) noexcept {
  static const auto create = reinterpret_cast<decltype(&pthread_create)>(::dlsym(RTLD_NEXT, "pthread_create"));
  return streamhouse::TakeOne() ? create(thread, attributes, start, argument) : EAGAIN;
}
