#include "agent/lease/lease_watch.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>

namespace streamhouse::agent {
namespace {

using std::chrono::seconds;

class LeaseWatchTest : public testing::Test {
 protected:
  const LeaseRow row_ = {.holder = "a", .epoch = 3, .renewals = 7, .duration = seconds(30)};
  LeaseWatch watch_;
};

TEST_F(LeaseWatchTest, ARowThatWasNotSeenHasNotEnded) {
  EXPECT_EQ(watch_.Ended(seconds(1'000)), std::nullopt);
}

// Invariants 1 and 2.
TEST_F(LeaseWatchTest, ALeaseEndsWhenItsRowHasStayedTheSameForItsDuration) {
  watch_.Observe(row_, seconds(5));
  watch_.Observe(row_, seconds(34));
  EXPECT_EQ(watch_.Ended(seconds(34)), std::nullopt);
  EXPECT_EQ(watch_.Ended(seconds(35)), row_.version());
}

TEST_F(LeaseWatchTest, ARenewalStartsTheTimeAgain) {
  watch_.Observe(row_, seconds(5));
  LeaseRow renewed = row_;
  ++renewed.renewals;
  watch_.Observe(renewed, seconds(30));
  EXPECT_EQ(watch_.Ended(seconds(59)), std::nullopt);
  EXPECT_EQ(watch_.Ended(seconds(60)), renewed.version());
}

TEST_F(LeaseWatchTest, ALeaseThatIsForgottenHasNotEnded) {
  watch_.Observe(row_, seconds(5));
  watch_.Forget();
  EXPECT_EQ(watch_.Ended(seconds(1'000)), std::nullopt);
}

}  // namespace
}  // namespace streamhouse::agent
