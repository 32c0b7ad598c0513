#include "client/record.h"

#include <gtest/gtest.h>

namespace streamhouse::client {
namespace {

TEST(RecordTest, CountsKeyAndValueAsBytes) {
  EXPECT_EQ((RecordView{.key = "ab", .value = "cde"}.bytes()), 5U);
  EXPECT_EQ((RecordView{.value = "cde"}.bytes()), 3U);
  EXPECT_EQ((RecordView{.value = "cde", .headers = HeadersView("headers")}.bytes()), 10U);
}

TEST(RecordTest, NoKeyIsNotAnEmptyKey) {
  EXPECT_NE((RecordView{.key = "", .value = "v"}), (RecordView{.value = "v"}));
}

TEST(TopicPartitionTest, OrdersByTopicThenPartition) {
  EXPECT_LT((TopicPartition{"a", 7}), (TopicPartition{"b", 0}));
  EXPECT_LT((TopicPartition{"a", 2}), (TopicPartition{"a", 10}));
  EXPECT_EQ((TopicPartition{"a", 1}), (TopicPartition{"a", 1}));
}

TEST(TopicPartitionTest, NamesItselfForMessages) {
  EXPECT_EQ((TopicPartition{"orders", 3}.ToString()), "orders/3");
}

}  // namespace
}  // namespace streamhouse::client
