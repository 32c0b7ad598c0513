#include "client/group_operations.h"

#include <gtest/gtest.h>

namespace streamhouse::client {
namespace {

TEST(GroupSeekTest, IsForAllThatTheGroupHasCommittedToUnlessToldOtherwise) {
  const GroupSeek seek = {.group = "billing", .to = SeekToLatest()};
  EXPECT_TRUE(seek.topic.empty());
  EXPECT_EQ(seek.partition, std::nullopt);
}

}  // namespace
}  // namespace streamhouse::client
