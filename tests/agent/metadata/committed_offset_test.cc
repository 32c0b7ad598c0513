#include "agent/metadata/committed_offset.h"

#include <gtest/gtest.h>

namespace streamhouse::agent {
namespace {

TEST(CommittedOffsetTest, DiffersFromOneThatAnotherMemberCommitted) {
  const CommittedOffset first = {.group = "billing", .partition = {1, 0}, .offset = 7, .member_id = "a"};
  CommittedOffset second = first;
  EXPECT_EQ(first, second);
  second.member_id = "b";
  EXPECT_NE(first, second);
}

}  // namespace
}  // namespace streamhouse::agent
