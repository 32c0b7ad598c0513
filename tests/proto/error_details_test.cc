#include "proto/error_details.h"

#include <gtest/gtest.h>

namespace streamhouse::v1 {
namespace {

// Agents and clients of different releases compare these bytes.
TEST(ErrorDetailsTest, AreTheSameInEveryRelease) {
  EXPECT_EQ(kNotWrittenDetails, "not-written");
  EXPECT_EQ(kDiskFullDetails, "disk-full");
}

}  // namespace
}  // namespace streamhouse::v1
