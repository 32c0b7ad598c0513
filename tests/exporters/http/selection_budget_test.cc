#include "exporters/http/selection_budget.h"

#include <gtest/gtest.h>

#include <chrono>

namespace streamhouse::exporters {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

class SelectionBudgetTest : public testing::Test {
 protected:
  static SelectionBudget::Time TimeAt(SelectionBudget::Duration at) { return SelectionBudget::Time(hours(1)) + at; }
  milliseconds LeftAt(SelectionBudget::Duration at) {
    return std::chrono::round<milliseconds>(budget_.Left(TimeAt(at)));
  }
  seconds RetryAfterAt(SelectionBudget::Duration at) { return budget_.RetryAfter(TimeAt(at)); }

  SelectionBudget budget_{milliseconds(1000)};
};

TEST_F(SelectionBudgetTest, BeginsFull) {
  EXPECT_EQ(LeftAt(milliseconds(0)), milliseconds(1000));
  EXPECT_EQ(LeftAt(milliseconds(5000)), milliseconds(1000));
}

TEST_F(SelectionBudgetTest, RefillsByItsShareOfEachSecond) {
  EXPECT_EQ(LeftAt(milliseconds(0)), milliseconds(1000));
  budget_.Spend(milliseconds(1000));
  EXPECT_EQ(LeftAt(milliseconds(0)), milliseconds(0));
  EXPECT_EQ(LeftAt(milliseconds(400)), milliseconds(100));
  EXPECT_EQ(LeftAt(milliseconds(1000)), kSelectionTimePerSecond);
  EXPECT_EQ(LeftAt(hours(1)), milliseconds(1000));
}

TEST_F(SelectionBudgetTest, MakesLaterTurnsPayForWhatATurnTakesBeyondItsEnd) {
  EXPECT_EQ(LeftAt(milliseconds(0)), milliseconds(1000));
  budget_.Spend(milliseconds(1100));
  EXPECT_EQ(LeftAt(milliseconds(200)), milliseconds(-50));
  EXPECT_EQ(LeftAt(milliseconds(400)), milliseconds(0));
}

TEST_F(SelectionBudgetTest, LetsATurnBeginWhereAnyTimeIsLeft) {
  budget_.Spend(milliseconds(999));
  EXPECT_TRUE(SelectionBudget::Turn(budget_).has_time());
  budget_.Spend(hours(1));
  EXPECT_FALSE(SelectionBudget::Turn(budget_).has_time());
}

TEST_F(SelectionBudgetTest, DoesNotAskATurnForTimeAgain) {
  const SelectionBudget::Turn turn(budget_);
  budget_.Spend(hours(1));
  EXPECT_TRUE(turn.has_time());
}

TEST_F(SelectionBudgetTest, CountsAtMostTwiceItsTimeForAStoppedProcess) {
  budget_.Spend(hours(1));
  EXPECT_EQ(LeftAt(milliseconds(0)), milliseconds(-1000));
  budget_.Spend(milliseconds(1999));
  EXPECT_EQ(LeftAt(milliseconds(0)), milliseconds(-2999));
}

TEST_F(SelectionBudgetTest, SaysWhenTimeIsLeftAgain) {
  EXPECT_EQ(RetryAfterAt(milliseconds(0)), seconds(1)) << "some is left";
  budget_.Spend(milliseconds(1000));
  EXPECT_EQ(RetryAfterAt(milliseconds(0)), seconds(1));
  budget_.Spend(milliseconds(750));
  EXPECT_EQ(RetryAfterAt(milliseconds(0)), seconds(4));
  EXPECT_EQ(RetryAfterAt(milliseconds(1)), seconds(3));
  EXPECT_EQ(LeftAt(seconds(3)), milliseconds(0)) << "all is paid back, and none is left yet";
  EXPECT_GT(LeftAt(seconds(4)), milliseconds(0));
}

TEST_F(SelectionBudgetTest, CountsTheTimeOfEachPieceOfWork) {
  const auto began = std::chrono::steady_clock::now();
  SelectionBudget::Turn turn(budget_);
  const auto work = [] {
    const auto start = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - start < milliseconds(20)) {
    }
    return 7;
  };
  EXPECT_EQ(turn.Charge(work), 7);
  EXPECT_EQ(turn.Charge(work), 7);
  EXPECT_LT(budget_.Left(began), milliseconds(979)) << "a quarter of the second may have come back";
}

}  // namespace
}  // namespace streamhouse::exporters
