#include "metrics_core/internal/cells/shard.h"

#include <pthread.h>

#include <atomic>
#include <barrier>
#include <cstdint>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "metrics_core/internal/cells/cell_arena.h"
#include "metrics_core/internal/cells/cell_reader.h"

namespace streamhouse::metrics::internal {
namespace {

void Record(Slot slot, std::uint64_t n = 1) {
  // Relaxed: the tests read after joining.
  SlowCells(slot).Add(0, n, std::memory_order_relaxed);
}

template <typename Action>
void OnAnotherThread(const Action& action) {
  std::thread(action).join();
}

// Runs the action on so many threads, none of which exits before all have run it.
template <typename Action>
void OnThreadsAtOnce(int count, const Action& action) {
  std::barrier all_have_run(count);
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&] {
      action();
      all_have_run.arrive_and_wait();
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(ShardTest, AThreadHasNoneBeforeItsFirstRecording) {
  OnAnotherThread([] {
    EXPECT_FALSE(OwnsShard());
    EXPECT_EQ(OwnCell(AllocateRun({})), nullptr);
    EXPECT_TRUE(EnsureShard());
    EXPECT_TRUE(OwnsShard());
  });
}

TEST(ShardTest, AThreadReachesItsOwnCellOnceItHasRecorded) {
  const Slot slot = AllocateRun({});
  OnAnotherThread([&] {
    Record(slot, 5);
    ASSERT_NE(OwnCell(slot), nullptr);
    AddOwned(*OwnCell(slot), std::uint64_t{2}, std::memory_order_relaxed);
  });
  EXPECT_EQ(CellReader().Sum(slot), 7U);
}

// Invariant 2.
TEST(ShardTest, ThreadsAtOnceHaveDifferentCells) {
  const Slot slot = AllocateRun({});
  std::atomic<Cell*> first = nullptr;
  OnThreadsAtOnce(2, [&] {
    Record(slot);
    Cell* expected = nullptr;
    const bool is_first = first.compare_exchange_strong(expected, OwnCell(slot));
    EXPECT_TRUE(is_first || OwnCell(slot) != expected);
  });
}

// Invariants 3, 4 and 5. Invariant 2 of metrics_core/internal/cells/cell.h.
TEST(ShardTest, AReturnedShardKeepsItsValuesAndTheNextThreadContinuesOnIt) {
  const Slot slot = AllocateRun({});
  Cell* first = nullptr;
  OnAnotherThread([&] {
    Record(slot, 40);
    first = OwnCell(slot);
  });
  EXPECT_EQ(CellReader().Sum(slot), 40U);
  OnAnotherThread([&] {
    Record(slot, 2);
    EXPECT_EQ(OwnCell(slot), first);
  });
  EXPECT_EQ(CellReader().Sum(slot), 42U);
}

TEST(ShardTest, ShardsAreAsManyAsThreadsWereEverAtOnce) {
  const Slot slot = AllocateRun({});
  constexpr int kAtOnce = 8;
  OnThreadsAtOnce(kAtOnce, [&] { Record(slot); });
  const ShardStatistics before = GetShardStatistics();
  EXPECT_GE(before.shards, std::uint64_t{kAtOnce});
  for (int round = 0; round < 20; ++round) OnThreadsAtOnce(kAtOnce, [&] { Record(slot); });
  const ShardStatistics after = GetShardStatistics();
  EXPECT_EQ(after.shards, before.shards);
  EXPECT_EQ(after.chunks, before.chunks);
  EXPECT_EQ(CellReader().Sum(slot), 21U * kAtOnce);
}

TEST(ShardTest, AThreadThatHasExitedOwnsNone) {
  const std::uint64_t owned_before = GetShardStatistics().owned;
  OnAnotherThread([&] {
    EnsureShard();
    EXPECT_EQ(GetShardStatistics().owned, owned_before + 1);
  });
  EXPECT_EQ(GetShardStatistics().owned, owned_before);
}

TEST(ShardTest, AllShardsAreVisitedInTheOrderOfTheirMaking) {
  OnThreadsAtOnce(3, [] { EnsureShard(); });
  std::vector<const Shard*> shards;
  for (const Shard* shard = FirstShard(); shard != nullptr; shard = NextShard(*shard)) shards.push_back(shard);
  EXPECT_EQ(shards.size(), GetShardStatistics().shards);
  OnThreadsAtOnce(static_cast<int>(shards.size()) + 1, [] { EnsureShard(); });
  const Shard* shard = FirstShard();
  for (const Shard* const earlier : shards) {
    EXPECT_EQ(shard, earlier);
    shard = NextShard(*shard);
  }
  EXPECT_NE(shard, nullptr);
}

TEST(ShardTest, SharedCellsBelongToNoThread) {
  const Slot slot = AllocateRun({.storage = CellStorage::kShared});
  OnAnotherThread([&] {
    Record(slot, 3);
    EXPECT_EQ(OwnCell(slot), nullptr);
  });
  ASSERT_NE(SharedChunk(slot), nullptr);
  EXPECT_EQ(SharedChunk(slot)->cells[slot % kCellsPerChunk].load(std::memory_order_relaxed), 3U);
  EXPECT_EQ(SharedChunk(AllocateRun({})), nullptr);
}

// The destructor of a thread_local object records, both for an object made before the thread's
// shard and for one made after it.
struct RecordsWhenItGoes {
  ~RecordsWhenItGoes() { Record(slot); }
  Slot slot = kSinkSlot;
};
thread_local RecordsWhenItGoes late_recorder;

TEST(ShardTest, RecordingsOfThreadLocalDestructorsCount) {
  const Slot slot = AllocateRun({});
  OnAnotherThread([&] {
    late_recorder.slot = slot;
    Record(slot);
  });
  OnAnotherThread([&] {
    Record(slot);
    late_recorder.slot = slot;
  });
  OnAnotherThread([&] { late_recorder.slot = slot; });
  EXPECT_EQ(CellReader().Sum(slot), 5U);
}

// Keys are destroyed after all thread_local objects, and made here after the pool's: this one is
// destroyed last.
class LateKey {
 public:
  explicit LateKey(void (*at_exit)(void*)) { pthread_key_create(&key_, at_exit); }
  ~LateKey() { pthread_key_delete(key_); }
  void SetForThisThread(void* value) const { pthread_setspecific(key_, value); }

 private:
  pthread_key_t key_{};
};

TEST(ShardTest, ARecordingAfterTheReturnOfTheShardCountsAndLeavesNothingLeased) {
  Slot slot = AllocateRun({});
  Record(slot, 0);
  const std::uint64_t owned_before = GetShardStatistics().owned;
  const LateKey key([](void* slot) {
    EXPECT_FALSE(OwnsShard());
    EXPECT_FALSE(EnsureShard());
    for (int i = 0; i < 3; ++i) Record(*static_cast<Slot*>(slot));
    EXPECT_FALSE(OwnsShard());
  });
  OnAnotherThread([&] {
    key.SetForThisThread(&slot);
    Record(slot);
  });
  EXPECT_EQ(CellReader().Sum(slot), 4U);
  EXPECT_EQ(GetShardStatistics().owned, owned_before);
}

TEST(ShardTest, AFirstRecordingInAKeysDestructorCountsAndLeavesNothingLeased) {
  Slot slot = AllocateRun({});
  Record(slot, 0);
  const std::uint64_t owned_before = GetShardStatistics().owned;
  const LateKey key([](void* slot) { Record(*static_cast<Slot*>(slot)); });
  OnAnotherThread([&] { key.SetForThisThread(&slot); });
  EXPECT_EQ(CellReader().Sum(slot), 1U);
  EXPECT_EQ(GetShardStatistics().owned, owned_before);
}

}  // namespace
}  // namespace streamhouse::metrics::internal
