// fork(): a child records on its own copy of the values, and its parent's are unharmed. The
// parent's other threads may be in any state at the fork.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "metrics_core/internal/cells/cell_arena.h"
#include "metrics_core/internal/cells/shard.h"
#include "metrics_core/registry.h"
#include "tests/metrics_core/page.h"

namespace streamhouse::metrics {
namespace {

// Whether the child's report was true. A child that hangs is ended by its alarm, and is not true
// either.
bool IsTrueInChild(const std::function<bool()>& report) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    _exit(report() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

class ForkTest : public testing::Test {
 protected:
  Registry registry_;
  const Family<Counter> family_ = registry_.AddCounter({.name = "a_total", .help = "h", .labels = {"x"}}).value();
  const Counter counter_ = family_.With("1");
};

TEST_F(ForkTest, AChildContinuesFromItsParentsValues) {
  counter_.Increment(5);
  EXPECT_TRUE(IsTrueInChild([&] {
    counter_.Increment();
    return Page(registry_) == "a_total{x=\"1\"} 6\n";
  }));
}

TEST_F(ForkTest, AParentSeesNothingOfWhatItsChildRecords) {
  counter_.Increment(5);
  EXPECT_TRUE(IsTrueInChild([&] {
    counter_.Increment(99);
    family_.With("of the child").Increment();
    return true;
  }));
  counter_.Increment();
  EXPECT_EQ(Page(registry_), "a_total{x=\"1\"} 6\n");
}

TEST_F(ForkTest, AChildMayStartThreadsAndLookUpAndRemove) {
  EXPECT_TRUE(IsTrueInChild([&] {
    std::thread([&] { family_.Lookup("2")->Increment(2); }).join();
    family_.Remove("1");
    return Page(registry_) == "a_total{x=\"2\"} 2\n";
  }));
}

TEST_F(ForkTest, AChildTakesOverTheShardsOfThreadsThatItDoesNotHave) {
  std::atomic<bool> has_recorded = false;
  std::atomic<bool> stop = false;
  std::thread other([&] {
    counter_.Increment(7);
    has_recorded = true;
    while (!stop) std::this_thread::yield();
  });
  while (!has_recorded) std::this_thread::yield();
  counter_.Increment();
  EXPECT_TRUE(IsTrueInChild([&] {
    const std::uint64_t shards = internal::GetShardStatistics().shards;
    std::thread([&] { counter_.Increment(); }).join();
    const bool made_none = internal::GetShardStatistics().shards == shards;
    return made_none && internal::GetShardStatistics().owned == 1 && Page(registry_) == "a_total{x=\"1\"} 9\n";
  }));
  stop = true;
  other.join();
}

// A thread of the parent that was in a look-up will never leave it in the child; what is removed
// there is freed all the same.
TEST_F(ForkTest, AChildDoesNotWaitForLookUpsOfThreadsThatItDoesNotHave) {
  std::atomic<bool> is_inside = false;
  std::atomic<bool> stop = false;
  std::thread other([&] {
    const auto& looked_up = family_.Lookup("1");
    is_inside = true;
    while (!stop) std::this_thread::yield();
    looked_up->Increment();
  });
  while (!is_inside) std::this_thread::yield();
  EXPECT_TRUE(IsTrueInChild([&] {
    const std::uint64_t free_before = internal::GetCellStatistics().free_runs;
    family_.With("2");
    family_.Remove("2");
    family_.With("3");
    return internal::GetCellStatistics().free_runs == free_before;
  }));
  stop = true;
  other.join();
}

// Threads take shards and allocate chunks of both kinds of cells, so that a fork meets them in
// every lock.
TEST_F(ForkTest, AChildRecordsAlsoUnderLocksThatItsParentHeld) {
  constexpr int kForks = 300;
  constexpr internal::RunShape kLongShared = {.length = 500, .storage = internal::CellStorage::kShared};
  std::atomic<bool> stop = false;
  std::vector<std::thread> threads;
  threads.emplace_back([&] {
    while (!stop) std::thread([&] { counter_.Increment(); }).join();
  });
  threads.emplace_back([&] {
    while (!stop) {
      // As long as a chunk, so that it needs a new one; then for a while the same one, as they are
      // not without number.
      const internal::Slot kept = internal::AllocateRun(kLongShared);
      EXPECT_NE(kept, internal::kSinkSlot);
      for (int i = 0; i < 100; ++i) internal::DereferenceRun(internal::AllocateRun(kLongShared));
    }
  });
  for (int i = 0; i < kForks; ++i) {
    ASSERT_TRUE(IsTrueInChild([&] {
      std::thread([&] { counter_.Increment(); }).join();
      return internal::AllocateRun(kLongShared) != internal::kSinkSlot;
    })) << i;
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace streamhouse::metrics
