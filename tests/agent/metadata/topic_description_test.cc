#include "agent/metadata/topic_description.h"

#include <gtest/gtest.h>

namespace streamhouse::agent {
namespace {

TEST(TopicDescriptionTest, DiffersFromThatOfAnotherLifeOfTheTopic) {
  const TopicDescription first = {.name = "orders", .partitions = 3, .id = 1};
  TopicDescription second = first;
  EXPECT_EQ(first, second);
  second.id = 2;
  EXPECT_NE(first, second);
}

TEST(DeletedLifeTest, DiffersFromAnotherLifeOfTheTopic) {
  EXPECT_EQ((DeletedLife{"orders", 1}), (DeletedLife{"orders", 1}));
  EXPECT_NE((DeletedLife{"orders", 1}), (DeletedLife{"orders", 2}));
}

}  // namespace
}  // namespace streamhouse::agent
