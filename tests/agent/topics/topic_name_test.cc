#include "agent/topics/topic_name.h"

#include <gtest/gtest.h>

#include <string>

namespace streamhouse::agent {
namespace {

TEST(TopicNameTest, AcceptsTheLegalCharacters) {
  EXPECT_TRUE(CheckTopicName("a").ok());
  EXPECT_TRUE(CheckTopicName("Orders_2024-eu.v1").ok());
  EXPECT_TRUE(CheckTopicName("...").ok());
  EXPECT_TRUE(CheckTopicName(std::string(kTopicNameBytesMax, 'x')).ok());
}

TEST(TopicNameTest, RefusesEmptyLongAndUnsafeNames) {
  for (const std::string& name : {std::string(), std::string("."), std::string(".."), std::string("a/b"),
                                  std::string("../../etc"), std::string("a b"), std::string("a\0b", 3),
                                  std::string("caf\xc3\xa9"), std::string(kTopicNameBytesMax + 1, 'x')}) {
    EXPECT_EQ(CheckTopicName(name).code(), metrics::StatusCode::kInvalidArgument) << name;
  }
}

TEST(TopicNameTest, SaysWhichLengthIsTooMuch) {
  EXPECT_EQ(CheckTopicName(std::string(250, 'x')).message(), "a topic's name has at most 249 bytes, not 250");
}

}  // namespace
}  // namespace streamhouse::agent
