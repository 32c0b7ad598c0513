#include "metrics_core/exemplar.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "metrics_core/bucket_bounds.h"
#include "metrics_core/clock.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_reader.h"

namespace streamhouse::metrics {
namespace {

constexpr TraceContext kTrace = {.trace_id_high = 1, .trace_id_low = 2, .span_id = 3};

MetricOptions WithExemplars(std::string name) {
  return {.name = std::move(name), .help = "Test", .labels = {"k"}, .exemplars = Exemplars::kSampled};
}

class ExemplarTest : public ::testing::Test {
 protected:
  // Of a bucket of the first series, which is a histogram.
  const Exemplar* Read(std::size_t bucket) {
    snapshot_ = registry_.TakeSnapshot();
    return testing::HistogramsOf(snapshot_.families().front())->exemplars.At(0, bucket);
  }
  // Of the first series, which is a counter.
  const Exemplar* ReadCounter() {
    snapshot_ = registry_.TakeSnapshot();
    return snapshot_.families().front().As<CounterValues<std::uint64_t>>().exemplars.At(0, 0);
  }

  Registry registry_;
  Snapshot snapshot_;
};

TEST_F(ExemplarTest, StandsInTheBucketOfItsValue) {
  const auto family = registry_.AddHistogram(WithExemplars("h_bytes"), BucketBounds::From({1, 10}).value()).value();
  family.With("a").Observe(5, kTrace);
  EXPECT_EQ(Read(0), nullptr);
  ASSERT_NE(Read(1), nullptr);
  EXPECT_EQ(Read(1)->value, 5);
  EXPECT_EQ(Read(1)->trace.trace_id_high, 1U);
  EXPECT_EQ(Read(1)->trace.trace_id_low, 2U);
  EXPECT_EQ(Read(1)->trace.span_id, 3U);
  EXPECT_EQ(Read(2), nullptr);
}

TEST_F(ExemplarTest, KnowsWhenItWasTaken) {
  const auto now = std::chrono::system_clock::now().time_since_epoch() / std::chrono::milliseconds(1);
  registry_.AddCounter(WithExemplars("c_total")).value().With("a").Increment(2, kTrace);
  ASSERT_NE(ReadCounter(), nullptr);
  EXPECT_EQ(ReadCounter()->value, 2);
  EXPECT_NEAR(static_cast<double>(ReadCounter()->unix_milliseconds), static_cast<double>(now), 60'000);
}

TEST_F(ExemplarTest, IsReadInTheUnitOfItsFamily) {
  const auto family = registry_.AddTickHistogram(WithExemplars("h_seconds"), BucketBounds::From({0.001, 1}).value(),
                                                 kNanosecondsPerSecond);
  family->With("a").Observe(500'000'000, kTrace);
  ASSERT_NE(Read(1), nullptr);
  EXPECT_EQ(Read(1)->value, 0.5);
}

TEST_F(ExemplarTest, ExponentialHistogramsHaveOneForEachClassicBound) {
  const auto family = registry_.AddExponentialHistogram(WithExemplars("h_seconds"), BucketBounds::From({1, 2}).value());
  family->With("a").Observe(1.5, kTrace);
  family->With("a").Observe(-1, kTrace);
  ASSERT_NE(Read(1), nullptr);
  EXPECT_EQ(Read(1)->value, 1.5);
  EXPECT_EQ(Read(0), nullptr);
}

TEST_F(ExemplarTest, CountsTheRecordingInAnyCase) {
  const auto family = registry_.AddCounter(WithExemplars("c_total")).value();
  for (int i = 0; i < 10; ++i) family.With("a").Increment(1, kTrace);
  static_cast<void>(ReadCounter());
  EXPECT_EQ(snapshot_.families().front().As<CounterValues<std::uint64_t>>()[0], 10U);
}

TEST_F(ExemplarTest, IgnoresATraceThatIsNone) {
  registry_.AddCounter(WithExemplars("c_total")).value().With("a").Increment(1, TraceContext());
  EXPECT_EQ(ReadCounter(), nullptr);
}

TEST_F(ExemplarTest, IgnoresTracesWithoutTheOption) {
  registry_.AddCounter({.name = "c_total", .help = "Test"}).value().With().Increment(1, kTrace);
  EXPECT_EQ(ReadCounter(), nullptr);
  Counter().Increment(1, kTrace);
}

TEST_F(ExemplarTest, IsGoneWithItsSeries) {
  const auto family = registry_.AddCounter(WithExemplars("c_total")).value();
  family.With("a").Increment(1, kTrace);
  ASSERT_TRUE(family.Remove("a"));
  static_cast<void>(registry_.TakeSnapshot());
  family.With("a").Increment();
  EXPECT_EQ(ReadCounter(), nullptr);
}

TEST_F(ExemplarTest, AGaugeRefusesExemplars) {
  EXPECT_EQ(registry_.AddGauge(WithExemplars("g_records")).status().code(), StatusCode::kInvalidArgument);
}

// Goal: an exemplar is whole while threads write. Method: each thread's trace, span and value are
// one number, and the store is hammered without the sampling (internal/cells/exemplar_slots_test.cc
// does that); here, through handles, once a bucket.
TEST_F(ExemplarTest, IsWholeWhileThreadsRecord) {
  const auto family = registry_.AddHistogram(WithExemplars("h_bytes"), BucketBounds::Linear(0, 1, 100).value()).value();
  const Histogram histogram = family.With("a");
  std::vector<std::thread> threads;
  for (std::uint64_t thread = 1; thread <= 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int bucket = 0; bucket < 100; ++bucket) {
        histogram.Observe(bucket - 0.5, {.trace_id_high = thread, .trace_id_low = thread, .span_id = thread});
      }
    });
  }
  for (int i = 0; i < 100; ++i) {
    for (std::size_t bucket = 0; bucket <= 100; ++bucket) {
      const Exemplar* const exemplar = Read(bucket);
      if (exemplar == nullptr) continue;
      ASSERT_EQ(exemplar->trace.trace_id_high, exemplar->trace.trace_id_low);
      ASSERT_EQ(exemplar->trace.trace_id_high, exemplar->trace.span_id);
      ASSERT_EQ(exemplar->value, static_cast<double>(bucket) - 0.5);
    }
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(ExemplarTest, ReusedCellsShowNoExemplarOfTheirLastFamily) {
  {
    Registry other;
    const auto family = other.AddCounter(WithExemplars("c_total")).value();
    family.With("a").Increment(1, kTrace);
  }
  const Counter counter = registry_.AddCounter({.name = "d_total", .help = "Test"}).value().With();
  counter.Increment(1, kTrace);
  EXPECT_EQ(ReadCounter(), nullptr);
}

}  // namespace
}  // namespace streamhouse::metrics
