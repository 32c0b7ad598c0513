#include "agent/topics/lowered_offsets.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/agent/support/catalog_fixture.h"

namespace streamhouse::agent {
namespace {

class LoweredOffsetsTest : public CatalogFixture {
 protected:
  LoweredOffsetsTest() {
    const std::vector<OffsetChange> commits = {
        {"g", orders_, 100}, {"h", orders_, 80}, {"g", payments_, 7}, {"g", {orders_.topic_id, 1}, 100}};
    EXPECT_TRUE(store_->ChangeOffsets(commits).ok());
  }

  TopicIdPartition Create(const std::string& name) {
    return {.topic_id = store_->CreateTopic({.name = name, .partitions = 2})->id};
  }
  std::vector<CommittedOffset> All() { return *store_->ListCommittedOffsets({}); }

  const TopicIdPartition orders_ = Create("orders");
  const TopicIdPartition payments_ = Create("payments");
  const LogEnd end_ = {.name = {.topic = "orders"}, .topic_id = orders_.topic_id, .end_offset = 90};
  const LogEnd other_end_ = {.name = {.topic = "payments"}, .topic_id = payments_.topic_id, .end_offset = 0};
};

TEST_F(LoweredOffsetsTest, LowersWhatIsBeyondTheEndOfItsLogAndNothingElse) {
  EXPECT_EQ(LowerOffsets(*store_, {&end_, 1}).value(), 1U);
  EXPECT_EQ(All(),
            (std::vector<CommittedOffset>{
                {"g", orders_, 90}, {"g", {orders_.topic_id, 1}, 100}, {"g", payments_, 7}, {"h", orders_, 80}}));
  EXPECT_EQ(LowerOffsets(*store_, {&end_, 1}).value(), 0U);
}

TEST_F(LoweredOffsetsTest, LooksAtAllLogsAtOnce) {
  EXPECT_EQ(LowerOffsets(*store_, std::vector<LogEnd>{end_, other_end_}).value(), 2U);
  EXPECT_EQ(store_->FindCommittedOffset("g", orders_).value(), 90U);
  EXPECT_EQ(store_->FindCommittedOffset("g", payments_).value(), 0U);
}

TEST_F(LoweredOffsetsTest, TellsTheOperatorWhichAndByHowMuch) {
  testing::internal::CaptureStderr();
  ASSERT_TRUE(LowerOffsets(*store_, {&end_, 1}).ok());
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_NE(log.find("group g: its committed offset of orders/0 was 100, and is lowered by 10 to 90"),
            std::string::npos)
      << log;
}

}  // namespace
}  // namespace streamhouse::agent
