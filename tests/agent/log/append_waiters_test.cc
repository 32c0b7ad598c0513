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

TEST_F(AppendWaitersTest, WakesAtOnceWhenTheRecordIsThereAlready) {
  waiters_.Advance(6);
  waiters_.Add(5, Count());
  EXPECT_EQ(woken_, 1);
}

TEST_F(AppendWaitersTest, WakesOnlyOnce) {
  waiters_.Add(0, Count());
  waiters_.Advance(1);
  waiters_.Advance(2);
  waiters_.WakeAll();
  waiters_.Close();
  EXPECT_EQ(woken_, 1);
}

TEST_F(AppendWaitersTest, ForgetsThoseThatWereRemoved) {
  waiters_.Remove(waiters_.Add(0, Count()));
  waiters_.Advance(1);
  EXPECT_EQ(woken_, 0);
}

TEST_F(AppendWaitersTest, WakesEverybodyOnRequestAndKeepsWorking) {
  waiters_.Add(0, Count());
  waiters_.Add(9, Count());
  waiters_.WakeAll();
  EXPECT_EQ(woken_, 2);
  waiters_.Add(0, Count());
  EXPECT_EQ(woken_, 2);
}

TEST_F(AppendWaitersTest, WakesWhoeverComesAfterClose) {
  waiters_.Close();
  waiters_.Add(0, Count());
  EXPECT_EQ(woken_, 1);
}

TEST_F(AppendWaitersTest, DoesNotWakeForAnEndThatLiesBack) {
  waiters_.Advance(10);
  waiters_.Advance(3);
  waiters_.Add(9, Count());
  EXPECT_EQ(woken_, 1);
}

}  // namespace
}  // namespace streamhouse::agent
