#include "agent/lease/lease.h"

#include <gtest/gtest.h>

#include <chrono>

namespace streamhouse::agent {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

class LeaseTest : public testing::Test {
 protected:
  nanoseconds now_{1000};
  Lease lease_{"orders/3", [this] { return now_; }};
};

TEST_F(LeaseTest, IsNotHeldAtFirst) {
  EXPECT_FALSE(lease_.IsHeld());
  EXPECT_EQ(lease_.Epoch().status().code(), metrics::StatusCode::kFailedPrecondition);
  EXPECT_EQ(lease_.Epoch().status().message(), "this agent does not hold the lease of orders/3");
}

TEST_F(LeaseTest, IsHeldUntilItsEnd) {
  lease_.Grant(7, nanoseconds(2000));
  EXPECT_EQ(lease_.Epoch().value(), 7U);
  EXPECT_EQ(lease_.valid_until(), nanoseconds(2000));
  now_ = nanoseconds(1999);
  EXPECT_TRUE(lease_.IsHeld());
  now_ = nanoseconds(2000);
  EXPECT_FALSE(lease_.IsHeld());
}

TEST_F(LeaseTest, IsNotHeldAfterItWasWithdrawn) {
  lease_.Grant(7, nanoseconds(2000));
  lease_.Withdraw();
  EXPECT_FALSE(lease_.IsHeld());
}

TEST_F(LeaseTest, IsNotHeldAfterItWasAbandonedAlsoIfItIsGrantedAgain) {
  lease_.Grant(7, nanoseconds(2000));
  lease_.Abandon("the disk failed");
  lease_.Grant(8, nanoseconds(3000));
  EXPECT_TRUE(lease_.abandoned());
  EXPECT_EQ(lease_.Epoch().status(), metrics::Status(metrics::StatusCode::kFailedPrecondition,
                                                     "this agent has given up the lease of orders/3: the disk failed"));
}

TEST_F(LeaseTest, NamesTheReasonWhyItIsNotHeld) {
  lease_.NoteTrouble("the disk is full");
  EXPECT_EQ(lease_.Epoch().status().message(),
            "this agent does not hold the lease of orders/3, which cannot be renewed: the disk is full");
  lease_.Withdraw("another");
  EXPECT_EQ(lease_.Epoch().status().message(), "this agent does not hold the lease of orders/3: another does");
}

TEST_F(LeaseTest, ReadingEndsOnlyWhenAnotherHolderHasIt) {
  EXPECT_TRUE(lease_.MayRead().ok());
  lease_.Withdraw("another");
  EXPECT_EQ(lease_.MayRead().code(), metrics::StatusCode::kFailedPrecondition);
  lease_.Grant(7, nanoseconds(2000));
  now_ = nanoseconds(2000);
  EXPECT_TRUE(lease_.MayRead().ok());
}

TEST(LeaseTimingTest, AcceptsItsDefaults) {
  EXPECT_TRUE(LeaseTiming().Validate().ok());
}

TEST(LeaseTimingTest, RefusesARenewalThatWouldComeTooLate) {
  const LeaseTiming late = {
      .duration = milliseconds(30), .renew_interval = milliseconds(20), .safety_margin = milliseconds(10)};
  EXPECT_EQ(late.Validate().code(), metrics::StatusCode::kInvalidArgument);
  const LeaseTiming never = {.renew_interval = milliseconds(0)};
  EXPECT_EQ(never.Validate().code(), metrics::StatusCode::kInvalidArgument);
}

TEST(BootTimeTest, NeverRunsBackwards) {
  const nanoseconds before = BootTime();
  EXPECT_GT(before.count(), 0);
  EXPECT_LE(before, BootTime());
}

}  // namespace
}  // namespace streamhouse::agent
