#include "agent/log/retention.h"

#include <gtest/gtest.h>

namespace streamhouse::agent {
namespace {

TEST(RetentionTest, KeepsEverythingUnlessTold) {
  EXPECT_EQ(Retention(), (Retention{.age_max = std::chrono::milliseconds(0), .bytes_max = 0}));
}

}  // namespace
}  // namespace streamhouse::agent
