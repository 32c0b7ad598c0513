#include "agent/metadata/rows.h"

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

TEST(LeaseRowTest, HasAnotherVersionAfterEachChangeOfItsHolderOrTime) {
  const LeaseRow row = {.holder = "a", .epoch = 1, .renewals = 1, .duration = std::chrono::seconds(30)};
  LeaseRow renewed = row;
  ++renewed.renewals;
  LeaseRow taken = row;
  ++taken.epoch;
  EXPECT_EQ(row.version(), (LeaseVersion{.epoch = 1, .renewals = 1}));
  EXPECT_NE(row.version(), renewed.version());
  EXPECT_NE(row.version(), taken.version());
}

}  // namespace
}  // namespace streamhouse::agent
