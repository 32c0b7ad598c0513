#include "agent/log/append_waiters.h"

#include <gtest/gtest.h>

#include <functional>

namespace streamhouse::agent {
namespace {

class AppendWaitersTest : public testing::Test {
 protected:
  std::function<void()> Count() {
    return [this] { ++woken_; };
  }

  AppendWaiters waiters_;
  int woken_ = 0;
};

TEST_F(AppendWaitersTest, WakesWhenTheEndPassesTheOffset) {
  waiters_.Add(5, Count());
  waiters_.Advance(5);
  EXPECT_EQ(woken_, 0);
  waiters_.Advance(6);
  EXPECT_EQ(woken_, 1);
}

TEST_F(AppendWaitersTest, DoesNotTakeReadersThatNeedNotWait) {
  waiters_.Advance(6);
  EXPECT_FALSE(waiters_.Add(5, Count()).has_value());
  EXPECT_TRUE(waiters_.Add(6, Count()).has_value());
  EXPECT_EQ(woken_, 0);
}

TEST_F(AppendWaitersTest, WakesAWaiterOnlyOnce) {
  waiters_.Add(0, Count());
  waiters_.Advance(1);
  waiters_.Advance(2);
  waiters_.WakeAll();
  waiters_.Close();
  EXPECT_EQ(woken_, 1);
}

TEST_F(AppendWaitersTest, ForgetsRemovedWaiters) {
  waiters_.Remove(waiters_.Add(0, Count()).value());
  waiters_.Advance(1);
  EXPECT_EQ(woken_, 0);
}

TEST_F(AppendWaitersTest, WakesAllWaitersOnRequestAndKeepsWorking) {
  waiters_.Add(0, Count());
  waiters_.Add(9, Count());
  waiters_.WakeAll();
  EXPECT_EQ(woken_, 2);
  waiters_.Add(0, Count());
  EXPECT_EQ(woken_, 2);
}

TEST_F(AppendWaitersTest, LetsNoReaderWaitAfterClose) {
  waiters_.Add(0, Count());
  EXPECT_FALSE(waiters_.closed());
  waiters_.Close();
  EXPECT_EQ(woken_, 1);
  EXPECT_TRUE(waiters_.closed());
  EXPECT_FALSE(waiters_.Add(0, Count()).has_value());
}

TEST_F(AppendWaitersTest, NeverGoesBackToAnEarlierEnd) {
  waiters_.Advance(10);
  waiters_.Advance(3);
  EXPECT_FALSE(waiters_.Add(9, Count()).has_value());
}

}  // namespace
}  // namespace streamhouse::agent
