#include "metrics_core/internal/cells/exemplar_slots.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <optional>
#include <thread>
#include <vector>

#include "metrics_core/exemplar.h"
#include "metrics_core/internal/cells/bucket_table.h"

namespace streamhouse::metrics::internal {
namespace {

constexpr BucketTable kOneBucket;
constexpr std::uint64_t kInterval = 1'000'000'000;

TraceContext TraceOf(std::uint64_t number) {
  return {.trace_id_high = number, .trace_id_low = number, .span_id = number};
}

TEST(ExemplarSlotsTest, IsEmptyAtFirst) {
  const ExemplarSlots slots(&kOneBucket, 1);
  EXPECT_FALSE(slots.Read(0).has_value());
}

TEST(ExemplarSlotsTest, TakesANewOneAfterTheInterval) {
  ExemplarSlots slots(&kOneBucket, 1);
  slots.Offer(1, TraceOf(1), 1);
  slots.Offer(2, TraceOf(2), kInterval);
  EXPECT_EQ(slots.Read(0)->value, 1);
  slots.Offer(3, TraceOf(3), 1 + kInterval);
  EXPECT_EQ(slots.Read(0)->value, 3);
}

// Goal: a reader sees the words of one writer. Method: writers whose words are all one number, each
// at a later time so that the sampling lets all of them through, against a reader that compares the
// words.
TEST(ExemplarSlotsTest, IsNeverMixedOfTwoWriters) {
  constexpr int kWriters = 3;
  constexpr std::uint64_t kOffers = 20'000;
  ExemplarSlots slots(&kOneBucket, 1);
  std::atomic<std::uint64_t> clock{1};
  std::atomic<int> running{kWriters};
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&] {
      for (std::uint64_t i = 0; i < kOffers; ++i) {
        const std::uint64_t number = clock.fetch_add(1, std::memory_order_relaxed);
        slots.Offer(static_cast<double>(number), TraceOf(number), number * kInterval);
      }
      running.fetch_sub(1, std::memory_order_release);
    });
  }
  std::uint64_t read = 0;
  while (running.load(std::memory_order_acquire) > 0 || read == 0) {
    const std::optional<Exemplar> exemplar = slots.Read(0);
    if (!exemplar) continue;
    ++read;
    ASSERT_EQ(exemplar->trace.trace_id_high, exemplar->trace.trace_id_low);
    ASSERT_EQ(exemplar->trace.trace_id_high, exemplar->trace.span_id);
    ASSERT_EQ(exemplar->value, static_cast<double>(exemplar->trace.span_id));
  }
  for (std::thread& writer : writers) writer.join();
}

}  // namespace
}  // namespace streamhouse::metrics::internal
