#include "metrics_core/timer.h"

#include <cstdint>
#include <stdexcept>

#include <gtest/gtest.h>

#include "metrics_core/clock.h"
#include "metrics_core/registry.h"

namespace streamhouse::metrics {
namespace {

class ScopedTimerTest : public testing::Test {
 protected:
  HistogramValue Value() {
    snapshot_ = registry_.TakeSnapshot();
    return snapshot_.families()[0].As<HistogramValues>()[0];
  }

  Registry registry_;
  const TickHistogram seconds_ = registry_
                                     .AddTickHistogram({.name = "a_seconds", .help = "h", .unit = "seconds"},
                                                       BucketBounds::From({1e-9}).value(), kNanosecondsPerSecond)
                                     .value()
                                     .With();

 private:
  Snapshot snapshot_;
};

TEST_F(ScopedTimerTest, ObservesHowLongAScopeTook) {
  const std::uint64_t before = Clock::NowNanoseconds();
  {
    const ScopedTimer timer(seconds_);
    while (Clock::NowNanoseconds() - before < 1'000'000) {
    }
  }
  const double around = static_cast<double>(Clock::NowNanoseconds() - before) / kNanosecondsPerSecond;
  EXPECT_EQ(Value().count, 1U);
  EXPECT_GT(Value().sum, 0.9e-3);
  EXPECT_LE(Value().sum, around);
}

TEST_F(ScopedTimerTest, ObservesNothingBeforeTheScopeIsLeft) {
  const ScopedTimer timer(seconds_);
  EXPECT_EQ(Value().count, 0U);
}

TEST_F(ScopedTimerTest, ObservesAScopeThatAnExceptionLeaves) {
  EXPECT_THROW(
      {
        const ScopedTimer timer(seconds_);
        throw std::runtime_error("out");
      },
      std::runtime_error);
  EXPECT_EQ(Value().count, 1U);
}

TEST_F(ScopedTimerTest, WorksOnASink) {
  const TickHistogram sink;
  { const ScopedTimer timer(sink); }
  EXPECT_EQ(Value().count, 0U);
}

}  // namespace
}  // namespace streamhouse::metrics
