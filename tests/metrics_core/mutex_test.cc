#include "metrics_core/mutex.h"

#include <gtest/gtest.h>

#include <chrono>
#include <stop_token>
#include <thread>
#include <vector>

namespace streamhouse::metrics {
namespace {

struct Shared {
  Mutex mutex;
  CondVar changed;
  int value STREAMHOUSE_GUARDED_BY(mutex) = 0;

  void Add(int number) {
    const MutexLock lock(mutex);
    value += number;
    changed.NotifyAll();
  }
};

const auto kLong = std::chrono::minutes(1);

TEST(MutexTest, LetsOneThreadAtATimeIn) {
  Shared shared;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 1000; ++k) shared.Add(1);
    });
  }
  threads.clear();
  const MutexLock lock(shared.mutex);
  EXPECT_EQ(shared.value, 4000);
}

TEST(MutexTest, IsNotTakenTwice) {
  Mutex mutex;
  const MutexLock lock(mutex);
  std::jthread([&] { EXPECT_FALSE(mutex.TryLock()); }).join();
}

TEST(MutexLockTest, IsFreeBetweenUnlockAndLock) {
  Mutex mutex;
  MutexLock lock(mutex);
  lock.Unlock();
  std::jthread([&] {
    const bool is_free = mutex.TryLock();
    if (is_free) mutex.Unlock();
    EXPECT_TRUE(is_free);
  }).join();
  lock.Lock();
  std::jthread([&] { EXPECT_FALSE(mutex.TryLock()); }).join();
}

TEST(CondVarTest, WakesWhenTheConditionHolds) {
  Shared shared;
  const std::jthread other([&] {
    shared.Add(1);
    shared.Add(1);
  });
  const MutexLock lock(shared.mutex);
  const auto is_two = [&]() STREAMHOUSE_REQUIRES(shared.mutex) { return shared.value == 2; };
  EXPECT_TRUE(shared.changed.WaitFor(shared.mutex, kLong, is_two));
}

TEST(CondVarTest, SaysThatTheDeadlinePassed) {
  Shared shared;
  const MutexLock lock(shared.mutex);
  const auto now = std::chrono::steady_clock::now();
  EXPECT_FALSE(shared.changed.WaitUntil(shared.mutex, now, [] { return false; }));
}

TEST(CondVarTest, EndsItsWaitWhenAStopIsRequested) {
  Shared shared;
  std::stop_source stop;
  const std::jthread other([&] { stop.request_stop(); });
  const MutexLock lock(shared.mutex);
  const auto deadline = std::chrono::steady_clock::now() + kLong;
  EXPECT_FALSE(shared.changed.WaitUntil(shared.mutex, stop.get_token(), deadline, [] { return false; }));
  EXPECT_LT(std::chrono::steady_clock::now(), deadline);
}

}  // namespace
}  // namespace streamhouse::metrics
