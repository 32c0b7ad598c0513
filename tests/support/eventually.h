// Eventually: waits until a condition holds, for tests of what happens on another thread.
//
// When to use something else: a promise or a condition variable, where the code under test can signal.
// Guarantees: true as soon as the condition was seen to hold, false after the deadline.
// Cost: asks again and again, without a pause.
//
//   EXPECT_TRUE(Eventually([&] { return fetcher.position() == 3; }));
#pragma once

#include <chrono>
#include <thread>

namespace streamhouse {

template <typename Condition>
bool Eventually(const Condition& condition) {
  constexpr std::chrono::seconds kPatience{30};
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace streamhouse
