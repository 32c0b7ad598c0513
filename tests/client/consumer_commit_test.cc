// Commits of a consumer: which offset, when, and the state after Close().
#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "client/consumer.h"
#include "tests/client/consumer_fixture.h"

namespace streamhouse::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Status kScripted(StatusCode::kUnavailable, "scripted");

class ConsumerCommitTest : public ConsumerFixture {};

TEST_F(ConsumerCommitTest, CommitStoresThePositionAfterTheLastPoll) {
  Write({"a", "b"});
  Start();
  EXPECT_EQ(Poll(), "a,b");
  EXPECT_TRUE(consumer_->Commit().ok());
  EXPECT_EQ(CommittedAtBroker(), 2U);
  EXPECT_EQ(consumer_->Committed("orders", 0).value(), 2U);
}

TEST_F(ConsumerCommitTest, CommitWritesALowerOffsetAfterASeek) {
  Write({"a", "b"});
  Start();
  EXPECT_EQ(Poll(), "a,b");
  EXPECT_TRUE(consumer_->Commit().ok());
  EXPECT_TRUE(consumer_->Seek("orders", 0, 1).ok());
  EXPECT_TRUE(consumer_->Commit().ok());
  EXPECT_EQ(CommittedAtBroker(), 1U);
}

TEST_F(ConsumerCommitTest, CommitPassesOnAFailureAndLosesNothing) {
  Write({"a"});
  Start();
  EXPECT_EQ(Poll(), "a");
  broker_->FailEvery(BrokerCall::kCommit, kScripted);
  EXPECT_EQ(consumer_->Commit().code(), StatusCode::kUnavailable);
  broker_->FailEvery(BrokerCall::kCommit, Status::Ok());
  EXPECT_TRUE(consumer_->Commit().ok());
  EXPECT_EQ(CommittedAtBroker(), 1U);
}

TEST_F(ConsumerCommitTest, WithoutAGroupThereIsNothingToCommit) {
  options_.group = "";
  options_.auto_commit_interval = milliseconds(1);
  Write({"a"});
  Start();
  EXPECT_EQ(Poll(), "a");
  EXPECT_EQ(consumer_->Commit().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(consumer_->Committed("orders", 0).status().code(), StatusCode::kFailedPrecondition);
  EXPECT_TRUE(consumer_->Close().ok());
  EXPECT_EQ(broker_->calls(BrokerCall::kCommit), 0U);
}

TEST_F(ConsumerCommitTest, AutomaticCommitsKeepOnlyWhatAnEarlierPollReturned) {
  options_.auto_commit_interval = milliseconds(1);
  options_.fetch.max_records = 1;
  Write({"a", "b"});
  Start();
  EXPECT_EQ(Poll(), "a");
  EXPECT_EQ(Poll(), "b");
  ASSERT_TRUE(Eventually([this] { return CommittedAtBroker() == 1U; }));  // a is finished, b is not
  const std::size_t commits = broker_->calls(BrokerCall::kCommit);
  EXPECT_TRUE(consumer_->Poll(seconds(0)).ok());
  EXPECT_TRUE(Eventually([this] { return CommittedAtBroker() == 2U; }));
  EXPECT_GT(broker_->calls(BrokerCall::kCommit), commits);
}

TEST_F(ConsumerCommitTest, WhatWasNotFinishedComesAgainAfterACrash) {
  options_.auto_commit_interval = milliseconds(1);
  options_.fetch.max_records = 1;
  Write({"a", "b"});
  Start();
  EXPECT_EQ(Poll(), "a");
  EXPECT_EQ(Poll(), "b");
  ASSERT_TRUE(Eventually([this] { return CommittedAtBroker() == 1U; }));
  consumer_.reset();  // destruction without Close() is as good as a crash
  Start();
  EXPECT_EQ(Poll(), "b");
}

TEST_F(ConsumerCommitTest, AFailedAutomaticCommitStopsNoPoll) {
  options_.auto_commit_interval = milliseconds(1);
  options_.fetch.max_records = 1;
  broker_->FailEvery(BrokerCall::kCommit, kScripted);
  Write({"a", "b", "c"});
  Start();
  EXPECT_EQ(Poll(), "a");
  EXPECT_EQ(Poll(), "b");
  ASSERT_TRUE(broker_->WaitForCalls(BrokerCall::kCommit, 4));
  EXPECT_EQ(Poll(), "c");
  EXPECT_EQ(consumer_->Poll(seconds(0)).status().code(), StatusCode::kUnavailable);
}

TEST_F(ConsumerCommitTest, AnAutomaticCommitUnderWayDelaysNoPoll) {
  options_.auto_commit_interval = milliseconds(1);
  options_.fetch.max_records = 1;
  Write({"a", "b", "c"});
  Start();
  broker_->Hold(BrokerCall::kCommit);
  EXPECT_EQ(Poll(), "a");
  EXPECT_EQ(Poll(), "b");
  ASSERT_TRUE(broker_->WaitForCalls(BrokerCall::kCommit, 1));
  EXPECT_EQ(Poll(), "c");
}

TEST_F(ConsumerCommitTest, CloseCommitsFinishedRecords) {
  Write({"a", "b"});
  Start();
  EXPECT_EQ(Poll(), "a,b");
  EXPECT_TRUE(consumer_->Close().ok());
  EXPECT_EQ(CommittedAtBroker(), 2U);
}

TEST_F(ConsumerCommitTest, CloseReportsThatItsCommitFailed) {
  Write({"a"});
  Start();
  EXPECT_EQ(Poll(), "a");
  broker_->FailEvery(BrokerCall::kCommit, kScripted);
  EXPECT_EQ(consumer_->Close().code(), StatusCode::kUnavailable);
  EXPECT_TRUE(consumer_->Close().ok());
}

TEST_F(ConsumerCommitTest, CloseCommitsNothingInManualMode) {
  options_.commit_mode = CommitMode::kManual;
  Write({"a"});
  Start();
  EXPECT_EQ(Poll(), "a");
  EXPECT_TRUE(consumer_->Close().ok());
  EXPECT_EQ(broker_->calls(BrokerCall::kCommit), 0U);
}

TEST_F(ConsumerCommitTest, CloseDoesNotWaitForFetchesUnderWay) {
  options_.fetch.max_wait = std::chrono::hours(1);
  Start();
  ASSERT_TRUE(broker_->WaitForCalls(BrokerCall::kFetch, 2));
  EXPECT_TRUE(consumer_->Close().ok());
}

TEST_F(ConsumerCommitTest, AClosedConsumerRefusesToReadOn) {
  Start();
  EXPECT_TRUE(consumer_->Close().ok());
  EXPECT_EQ(consumer_->Poll(seconds(0)).status().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(consumer_->Commit().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(consumer_->Seek("orders", 0, 0).code(), StatusCode::kFailedPrecondition);
}

TEST_F(ConsumerCommitTest, CloseAndDestructionTakeTheGaugesOffThePage) {
  for (const bool closes : {true, false}) {
    Start();
    ASSERT_TRUE(Eventually([this] { return Gauge("lag_seconds", 1) == 0; }));
    EXPECT_TRUE(consumer_->Commit().ok());
    if (closes) static_cast<void>(consumer_->Close());
    if (!closes) consumer_.reset();
    for (const char* name : {"lag_records", "lag_seconds", "last_committed_offset", "current_offset"}) {
      EXPECT_EQ(Gauge(name, 0), -1) << name;
      EXPECT_EQ(Gauge(name, 1), -1) << name;
    }
  }
}

}  // namespace
}  // namespace streamhouse::client
