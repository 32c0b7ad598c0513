// Memory is bounded by the threads that record at once, not by all that ever did.
#include <unistd.h>

#include <barrier>
#include <cstdint>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "metrics_core/internal/cells/shard.h"
#include "metrics_core/registry.h"

namespace streamhouse::metrics {
namespace {

// Resident pages of this process, as bytes.
std::uint64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  statm >> size >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

class ThreadChurnTest : public testing::Test {
 protected:
  // Threads that live for one recording into each series, two of them at once.
  void LetThreadsPass(int threads) {
    std::barrier both_have_recorded(2);
    const auto record = [&] {
      counter_.Increment();
      histogram_.Observe(1);
      lookups_.Lookup("a")->Increment();
      both_have_recorded.arrive_and_wait();
    };
    for (int i = 0; i < threads; i += 2) {
      std::thread first(record);
      std::thread second(record);
      first.join();
      second.join();
    }
  }

  Registry registry_;
  const Counter counter_ = registry_.AddCounter({.name = "a_total", .help = "h"}).value().With();
  const Histogram histogram_ =
      registry_.AddHistogram({.name = "b", .help = "h"}, BucketBounds::Linear(0, 1, 13).value()).value().With();
  const Family<Counter> lookups_ = registry_.AddCounter({.name = "c_total", .help = "h", .labels = {"x"}}).value();
};

// A million threads take half a minute; a leak of one shard, chunk or page a thread shows with far
// fewer.
TEST_F(ThreadChurnTest, ShortLivedThreadsLeaveMemoryAsItIs) {
  constexpr int kFew = 1'000;
  constexpr int kMany = 200'000;
  LetThreadsPass(kFew);
  const internal::ShardStatistics after_few = internal::GetShardStatistics();
  const std::uint64_t resident_after_few = ResidentBytes();
  LetThreadsPass(kMany - kFew);
  EXPECT_EQ(internal::GetShardStatistics().shards, after_few.shards);
  EXPECT_EQ(internal::GetShardStatistics().chunks, after_few.chunks);
  EXPECT_LE(static_cast<double>(ResidentBytes()), 1.05 * static_cast<double>(resident_after_few));
  const Snapshot snapshot = registry_.TakeSnapshot();
  EXPECT_EQ(snapshot.families()[0].As<CounterValues<std::uint64_t>>()[0], std::uint64_t{kMany});
  EXPECT_EQ(snapshot.families()[1].As<HistogramValues>()[0].count, std::uint64_t{kMany});
  EXPECT_EQ(snapshot.families()[2].As<CounterValues<std::uint64_t>>()[0], std::uint64_t{kMany});
}

}  // namespace
}  // namespace streamhouse::metrics
