#include "metrics_core/internal/guarded_call.h"

#include <stdexcept>

#include <gtest/gtest.h>

namespace streamhouse::metrics::internal {
namespace {

TEST(GuardedCallTest, PassesNoExceptionOnButItsText) {
  EXPECT_EQ(GuardedCall([] { throw std::runtime_error("disk gone"); }), "threw an exception: disk gone");
  EXPECT_EQ(GuardedCall([] { throw 7; }), "threw an exception of an unknown type");
}

TEST(GuardedCallTest, SaysNothingOfACallThatReturns) {
  bool was_called = false;
  EXPECT_EQ(GuardedCall([&] { was_called = true; }), "");
  EXPECT_TRUE(was_called);
}

}  // namespace
}  // namespace streamhouse::metrics::internal
