#include "metrics_core/dropped_values.h"

#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

#include "metrics_core/bucket_bounds.h"
#include "metrics_core/counter.h"
#include "metrics_core/exponential_histogram.h"
#include "metrics_core/histogram.h"
#include "metrics_core/registry.h"

namespace streamhouse::metrics {
namespace {

constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

class DroppedValuesTest : public testing::Test {
 protected:
  std::uint64_t NewNotANumber() const { return DroppedNotANumber() - not_a_number_; }
  std::uint64_t NewOutOfRange() const { return DroppedOutOfRange() - out_of_range_; }

 private:
  const std::uint64_t not_a_number_ = DroppedNotANumber();
  const std::uint64_t out_of_range_ = DroppedOutOfRange();
};

TEST_F(DroppedValuesTest, EachDroppedValueIsInOneOfTheCounts) {
  Registry registry;
  const auto load = registry.AddHistogram({.name = "load", .help = "h"}, BucketBounds::From({1}).value())->With();
  const auto busy = registry.AddDoubleCounter({.name = "busy_seconds_total", .help = "h"})->With();
  load.Observe(kNotANumber);
  busy.Increment(kNotANumber);
  busy.Increment(-1);
  EXPECT_EQ(NewNotANumber(), 2U);
  EXPECT_EQ(NewOutOfRange(), 1U);
}

TEST_F(DroppedValuesTest, SinksCountThemToo) {
  Histogram().Observe(kNotANumber);
  ExponentialHistogram().Observe(-1);
  DoubleCounter().Increment(-1);
  EXPECT_EQ(NewNotANumber(), 1U);
  EXPECT_EQ(NewOutOfRange(), 2U);
}

TEST_F(DroppedValuesTest, AValueThatIsTakenIsInNeither) {
  DoubleCounter().Increment(1);
  ExponentialHistogram().Observe(1);
  EXPECT_EQ(NewNotANumber(), 0U);
  EXPECT_EQ(NewOutOfRange(), 0U);
}

}  // namespace
}  // namespace streamhouse::metrics
