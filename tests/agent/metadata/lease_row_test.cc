#include "agent/metadata/lease_row.h"

#include <gtest/gtest.h>

#include <chrono>

namespace streamhouse::agent {
namespace {

TEST(LeaseRowTest, HasAnotherVersionAfterEachChangeOfItsHolderOrTime) {
  const LeaseRow row = {.holder = "a", .epoch = 1, .renewals = 1, .duration = std::chrono::seconds(30)};
  LeaseRow renewed = row;
  ++renewed.renewals;
  LeaseRow taken = row;
  ++taken.epoch;
  EXPECT_EQ(row.version(), (LeaseVersion{.epoch = 1, .renewals = 1}));
  EXPECT_NE(row.version(), renewed.version());
  EXPECT_NE(row.version(), taken.version());
}

}  // namespace
}  // namespace streamhouse::agent
