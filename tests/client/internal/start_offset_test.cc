#include "client/internal/start_offset.h"

#include <gtest/gtest.h>

#include <future>

#include "tests/client/consumer_fixture.h"

namespace streamhouse::client {
namespace {

class StartOffsetTest : public ConsumerFixture {
 protected:
  StartOffsetTest() {
    Write({"a", "b", "c"});
    broker_->TrimBefore({"orders", 0}, 1);
  }

  Result<StartOffset> Find(OffsetReset policy, const std::string& group = "billing") {
    return FindStartOffset(*broker_, group, {"orders", 0}, policy, Soon());
  }
};

TEST_F(StartOffsetTest, IsTheCommittedOffsetOfTheGroup) {
  CommitAtBroker(2);
  EXPECT_EQ(Find(OffsetReset::kNone)->position.offset, 2U);
  EXPECT_EQ(Find(OffsetReset::kNone)->committed, 2U);
}

TEST_F(StartOffsetTest, IsThatOfThePolicyWhereNoOffsetIsCommitted) {
  EXPECT_EQ(Find(OffsetReset::kEarliest)->position.offset, 1U);
  EXPECT_EQ(Find(OffsetReset::kLatest)->position.offset, 3U);
  EXPECT_EQ(Find(OffsetReset::kLatest)->committed, std::nullopt);
  EXPECT_EQ(Find(OffsetReset::kNone).status().code(), StatusCode::kOutOfRange);
}

TEST_F(StartOffsetTest, IsTheNearerEndOfTheLogWhereTheCommitLiesOutsideOfIt) {
  CommitAtBroker(0);
  EXPECT_EQ(Find(OffsetReset::kLatest)->position.offset, 1U);
  CommitAtBroker(9);
  EXPECT_EQ(Find(OffsetReset::kEarliest)->position.offset, 3U);
}

// Goal: records that the group has had do not come again. Method: while the commit is looked up,
// the log is opened again without a loss, and another member reads on and commits.
TEST_F(StartOffsetTest, UsesTheNewerCommitWhenTheLogReopensDuringTheRequest) {
  CommitAtBroker(3);
  broker_->Hold(BrokerCall::kCommitted);
  auto found = std::async(std::launch::async, [this] { return Find(OffsetReset::kNone)->position; });
  ASSERT_TRUE(broker_->WaitForCalls(BrokerCall::kCommitted, 1));
  broker_->CutAt({"orders", 0}, 3);
  Write({"d", "e"});
  CommitAtBroker(5);
  broker_->Release(BrokerCall::kCommitted);
  EXPECT_EQ(found.get().offset, 5U);
}

TEST_F(StartOffsetTest, DoesNotAskForCommitsWithoutAGroup) {
  EXPECT_EQ(Find(OffsetReset::kEarliest, "")->position.offset, 1U);
  EXPECT_EQ(broker_->calls(BrokerCall::kCommitted), 0U);
}

TEST_F(StartOffsetTest, PassesOnEachFailure) {
  for (const BrokerCall call : {BrokerCall::kCommitted, BrokerCall::kReadWatermarks}) {
    broker_->FailCall(call, 1, Status(StatusCode::kUnavailable, "scripted"));
    EXPECT_EQ(Find(OffsetReset::kEarliest).status().code(), StatusCode::kUnavailable);
  }
}

}  // namespace
}  // namespace streamhouse::client
