#include "agent/metadata/topic_partition.h"

#include <gtest/gtest.h>

namespace streamhouse::agent {
namespace {

TEST(TopicPartitionTest, IsWrittenAsTopicAndNumber) {
  EXPECT_EQ((TopicPartition{"orders", 3}).ToString(), "orders/3");
}

TEST(TopicPartitionTest, ComesInTheOrderOfTopicsAndThenOfNumbers) {
  EXPECT_LT((TopicPartition{"orders", 10}), (TopicPartition{"returns", 2}));
  EXPECT_LT((TopicPartition{"orders", 2}), (TopicPartition{"orders", 10}));
}

}  // namespace
}  // namespace streamhouse::agent
