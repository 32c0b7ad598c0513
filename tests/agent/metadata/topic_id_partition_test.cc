#include "agent/metadata/topic_id_partition.h"

#include <gtest/gtest.h>

namespace streamhouse::agent {
namespace {

TEST(TopicIdPartitionTest, ComesInTheOrderOfIdsAndThenOfNumbers) {
  EXPECT_LT((TopicIdPartition{1, 10}), (TopicIdPartition{2, 2}));
  EXPECT_LT((TopicIdPartition{1, 2}), (TopicIdPartition{1, 10}));
}

}  // namespace
}  // namespace streamhouse::agent
