// Eventually, InTime: wait for what happens on another thread, with a deadline.
//
// When to use something else: WatchedThread, to know that a thread waits for another.
// Guarantees: true as soon as the condition was seen to hold, false after the deadline.
// Cost: Eventually, and InTime with a latch, ask again and again, without a pause.
//
//   EXPECT_TRUE(Eventually([&] { return fetcher.position() == 3; }));
//   EXPECT_TRUE(InTime(check_has_begun));
#pragma once

#include <chrono>
#include <future>
#include <latch>
#include <thread>

namespace streamhouse {

inline constexpr std::chrono::seconds kPatience{30};

template <typename Condition>
bool Eventually(const Condition& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

// Whether the latch comes to zero.
inline bool InTime(const std::latch& latch) {
  return Eventually([&latch] { return latch.try_wait(); });
}

// Whether the promise is kept.
template <typename Value>
bool InTime(const std::future<Value>& future) {
  return future.wait_for(kPatience) == std::future_status::ready;
}

}  // namespace streamhouse
