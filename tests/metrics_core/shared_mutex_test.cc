#include "metrics_core/shared_mutex.h"

#include <gtest/gtest.h>

#include <barrier>
#include <thread>
#include <vector>

#include "metrics_core/mutex.h"

namespace streamhouse::metrics {
namespace {

struct Shared {
  SharedMutex mutex;
  int value STREAMHOUSE_GUARDED_BY(mutex) = 0;
};

TEST(WriteLockTest, LetsOneWriterAtATimeIn) {
  Shared shared;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 1000; ++k) {
        const WriteLock lock(shared.mutex);
        ++shared.value;
      }
    });
  }
  threads.clear();
  const ReadLock lock(shared.mutex);
  EXPECT_EQ(shared.value, 4000);
}

// Each waits for the other while it holds the lock. With a lock for one reader, both would wait
// until the process ends.
TEST(ReadLockTest, LetsReadersInTogether) {
  Shared shared;
  std::barrier together(2);
  const auto read = [&] {
    const ReadLock lock(shared.mutex);
    together.arrive_and_wait();
    return shared.value;
  };
  const std::jthread other([&] { EXPECT_EQ(read(), 0); });
  EXPECT_EQ(read(), 0);
}

}  // namespace
}  // namespace streamhouse::metrics
