#include "client/log_life.h"

#include <gtest/gtest.h>

namespace streamhouse::client {
namespace {

constexpr LogLife kBefore = {.topic_id = 1, .open_id = 1};
constexpr LogLife kOpenedAgain = {.topic_id = 1, .open_id = 2, .end_at_open = 90};

TEST(LogLifeTest, IsOfAnotherTopicOnlyWhereBothAreKnown) {
  EXPECT_TRUE(kBefore.IsOfAnotherTopic({.topic_id = 2}));
  EXPECT_FALSE(kBefore.IsOfAnotherTopic(kOpenedAgain));
  EXPECT_FALSE(kBefore.IsOfAnotherTopic({}));
  EXPECT_FALSE(LogLife().IsOfAnotherTopic(kBefore));
}

TEST(LogPositionTest, GoesBackToTheEndThatTheLogWasOpenedWith) {
  EXPECT_EQ((LogPosition{.offset = 100, .life = kBefore}.In(kOpenedAgain)), 90U);
  EXPECT_EQ((LogPosition{.offset = 80, .life = kBefore}.In(kOpenedAgain)), 80U);
}

TEST(LogPositionTest, StaysInTheSameLogAndWhereThatIsNotKnown) {
  EXPECT_EQ((LogPosition{.offset = 100, .life = kOpenedAgain}.In(kOpenedAgain)), 100U);
  EXPECT_EQ((LogPosition{.offset = 100}.In(kOpenedAgain)), 100U);
}

}  // namespace
}  // namespace streamhouse::client
