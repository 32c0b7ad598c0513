#include "metrics_core/dcheck.h"

#include <gtest/gtest.h>

namespace streamhouse::metrics {
namespace {

TEST(DCheckTest, EndsTheProgramWhereASanitizerLooksOn) {
  int evaluated = 0;
  const auto fails = [&] { DCheck([&] { return ++evaluated == 0; }, "nothing was evaluated"); };
  if (kDChecksAreOn) {
    EXPECT_DEATH(fails(), "nothing was evaluated");
  } else {
    fails();
    EXPECT_EQ(evaluated, 0);
  }
}

TEST(DCheckTest, LetsAnInvariantThatHoldsBe) {
  DCheck([] { return true; }, "never said");
}

}  // namespace
}  // namespace streamhouse::metrics
