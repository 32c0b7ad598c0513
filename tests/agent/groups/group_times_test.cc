#include "agent/groups/group_times.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace streamhouse::agent {
namespace {

class GroupTimesTest : public testing::Test {
 protected:
  std::int64_t now_ms_ = 1'000;
  GroupTimes times_{[this] { return now_ms_; }};
};

TEST_F(GroupTimesTest, HaveNoTimesOfAGroupWithoutRequests) {
  EXPECT_EQ(times_.Find("billing"), GroupTime());
}

TEST_F(GroupTimesTest, KeepTheLastRequestAndTheLastCommit) {
  times_.NoteRequest("billing");
  EXPECT_EQ(times_.Find("billing"), (GroupTime{.request_ms = 1'000, .commit_ms = {}}));
  now_ms_ = 2'000;
  times_.NoteCommit("billing");
  now_ms_ = 3'000;
  times_.NoteRequest("billing");
  EXPECT_EQ(times_.Find("billing"), (GroupTime{.request_ms = 3'000, .commit_ms = 2'000}));
  EXPECT_EQ(times_.Find("audit"), GroupTime());
}

TEST_F(GroupTimesTest, ForgetAGroupThatIsDeleted) {
  times_.NoteCommit("billing");
  times_.Forget("billing");
  times_.NoteRequest("billing");
  EXPECT_EQ(times_.Find("billing"), (GroupTime{.request_ms = 1'000, .commit_ms = {}}));
}

TEST_F(GroupTimesTest, ForgetEndedGroupsUnlessNotedSinceTheMark) {
  for (const char* group : {"kept", "ended", "back"}) times_.NoteRequest(group);
  const GroupTimes::Mark mark = times_.mark();
  times_.NoteRequest("back");
  times_.KeepOnly({"kept"}, mark);
  EXPECT_EQ(times_.Find("kept").request_ms, 1'000);
  EXPECT_EQ(times_.Find("back").request_ms, 1'000);
  EXPECT_EQ(times_.Find("ended"), GroupTime());
}

TEST_F(GroupTimesTest, BeyondTheLimitFurtherGroupsAreNotNoted) {
  for (std::size_t i = 0; i < kGroupsTimedMax; ++i) times_.NoteRequest(std::to_string(i));
  times_.NoteCommit("late");
  EXPECT_EQ(times_.Find("late"), GroupTime());
  now_ms_ = 2'000;
  times_.NoteRequest("0");
  EXPECT_EQ(times_.Find("0").request_ms, 2'000);
  times_.Forget("1");
  times_.NoteCommit("late");
  EXPECT_EQ(times_.Find("late").commit_ms, 2'000);
}

}  // namespace
}  // namespace streamhouse::agent
