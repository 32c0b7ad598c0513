#include "client/internal/offset_committer.h"

#include <chrono>
#include <optional>

#include <gtest/gtest.h>

#include "tests/client/consumer_fixture.h"
#include "tests/support/watched_thread.h"

namespace streamhouse::client {
namespace {

using std::chrono::milliseconds;

const Status kScripted(StatusCode::kUnavailable, "scripted");

class OffsetCommitterTest : public ConsumerFixture {
 protected:
  void Create(std::optional<Offset> committed = {}, std::chrono::nanoseconds request_timeout = kPatience) {
    committer_.emplace(broker_, "billing", "member", request_timeout);
    for (const std::uint32_t partition : {0U, 1U}) {
      const TopicPartition name = {"orders", partition};
      std::optional<LogPosition> known;
      if (committed) known = {.offset = *committed};
      committer_->Add({.partition = name, .committed = known, .metrics = metrics_.ForPartition(name, "billing")});
    }
  }

  std::size_t Commits() const { return broker_->calls(BrokerCall::kCommit); }

  std::optional<OffsetCommitter> committer_;
};

TEST_F(OffsetCommitterTest, CommitsFinishedPositions) {
  Create();
  committer_->Finish({"orders", 0}, {.offset = 3});
  committer_->Finish({"orders", 1}, {.offset = 5});
  EXPECT_TRUE(committer_->CommitFinished().ok());
  EXPECT_EQ(CommittedAtBroker(0), 3U);
  EXPECT_EQ(CommittedAtBroker(1), 5U);
  EXPECT_EQ(Gauge("last_committed_offset", 1), 5);
}

TEST_F(OffsetCommitterTest, CommitsNoOffsetBeforeARecordIsFinished) {
  Create();
  EXPECT_TRUE(committer_->CommitFinished().ok());
  EXPECT_EQ(Commits(), 0U);
  EXPECT_EQ(Gauge("last_committed_offset"), -1);
}

TEST_F(OffsetCommitterTest, DoesNotSendAPositionThatTheBrokerHas) {
  Create(3);
  committer_->Finish({"orders", 0}, {.offset = 3});
  EXPECT_TRUE(committer_->CommitFinished().ok());
  EXPECT_EQ(Commits(), 0U);
  EXPECT_EQ(Gauge("last_committed_offset"), 3);
}

TEST_F(OffsetCommitterTest, CommitsALowerOffsetAfterASeek) {
  Create(7);
  committer_->Finish({"orders", 0}, {.offset = 2});
  EXPECT_TRUE(committer_->CommitFinished().ok());
  EXPECT_EQ(CommittedAtBroker(), 2U);
}

TEST_F(OffsetCommitterTest, GoesBackAfterACommitWhoseResponseWasLost) {
  broker_->FailAfterStoring(1, kScripted);
  Create(3);
  committer_->Finish({"orders", 0}, {.offset = 5});
  EXPECT_FALSE(committer_->CommitFinished().ok());
  ASSERT_EQ(CommittedAtBroker(0), 5U);
  committer_->Finish({"orders", 0}, {.offset = 3});
  EXPECT_TRUE(committer_->CommitFinished().ok());
  EXPECT_EQ(CommittedAtBroker(0), 3U);
}

TEST_F(OffsetCommitterTest, AFailureOfOnePartitionKeepsNoOtherFromBeingCommitted) {
  broker_->FailCall(BrokerCall::kCommit, 1, kScripted);
  Create();
  committer_->Finish({"orders", 0}, {.offset = 3});
  committer_->Finish({"orders", 1}, {.offset = 5});
  EXPECT_EQ(committer_->CommitFinished(), Status(StatusCode::kUnavailable, "orders/0: scripted"));
  EXPECT_EQ(CommittedAtBroker(0), std::nullopt);
  EXPECT_EQ(CommittedAtBroker(1), 5U);
}

TEST_F(OffsetCommitterTest, SendsAFailedCommitAgainWithTheNext) {
  broker_->FailCall(BrokerCall::kCommit, 1, kScripted);
  Create();
  committer_->Finish({"orders", 0}, {.offset = 3});
  EXPECT_FALSE(committer_->CommitFinished().ok());
  EXPECT_FALSE(committer_->failure().ok());
  EXPECT_TRUE(committer_->CommitFinished().ok());
  EXPECT_TRUE(committer_->failure().ok());
  EXPECT_EQ(CommittedAtBroker(), 3U);
}

TEST_F(OffsetCommitterTest, CommitsByItself) {
  Create();
  ASSERT_TRUE(committer_->CommitEvery(milliseconds(1)).ok());
  committer_->Finish({"orders", 0}, {.offset = 3});
  EXPECT_TRUE(Eventually([this] { return CommittedAtBroker() == 3U; }));
}

TEST_F(OffsetCommitterTest, GoesOnAfterAFailure) {
  broker_->FailCall(BrokerCall::kCommit, 1, kScripted);
  Create();
  ASSERT_TRUE(committer_->CommitEvery(milliseconds(1)).ok());
  committer_->Finish({"orders", 0}, {.offset = 3});
  EXPECT_TRUE(Eventually([this] { return CommittedAtBroker() == 3U; }));
}

// Goal: no commit is left to arrive after the last one. Method: stop while one waits, and let it go
// on.
TEST_F(OffsetCommitterTest, StopWaitsForACommitUnderWay) {
  broker_->Hold(BrokerCall::kCommit);
  Create();
  committer_->Finish({"orders", 0}, {.offset = 3});
  ASSERT_TRUE(committer_->CommitEvery(milliseconds(1)).ok());
  ASSERT_TRUE(broker_->WaitForCalls(BrokerCall::kCommit, 1));
  WatchedThread stopper([this] { committer_->Stop(); });
  EXPECT_TRUE(stopper.EventuallySleeps());
  broker_->Release(BrokerCall::kCommit);
  stopper.Join();
  EXPECT_EQ(CommittedAtBroker(), 3U);
  EXPECT_EQ(Commits(), 1U);
}

// Two partitions are being committed, and the first commit is under way.
TEST_F(OffsetCommitterTest, SendsNoCommitOfAPartitionThatWasRemovedMeanwhile) {
  broker_->Hold(BrokerCall::kCommit);
  Create();
  committer_->Finish({"orders", 0}, {.offset = 3});
  committer_->Finish({"orders", 1}, {.offset = 5});
  WatchedThread committing([this] { EXPECT_TRUE(committer_->CommitFinished().ok()); });
  ASSERT_TRUE(broker_->WaitForCalls(BrokerCall::kCommit, 1));
  committer_->Remove({"orders", 1});
  broker_->Release(BrokerCall::kCommit);
  committing.Join();
  EXPECT_EQ(CommittedAtBroker(0), 3U);
  EXPECT_EQ(CommittedAtBroker(1), std::nullopt);
}

TEST_F(OffsetCommitterTest, RemoveWaitsForACommitOfThePartitionUnderWay) {
  broker_->Hold(BrokerCall::kCommit);
  Create();
  committer_->Finish({"orders", 0}, {.offset = 3});
  WatchedThread committing([this] { EXPECT_TRUE(committer_->CommitFinished().ok()); });
  ASSERT_TRUE(broker_->WaitForCalls(BrokerCall::kCommit, 1));
  WatchedThread removing([this] { committer_->Remove({"orders", 0}); });
  EXPECT_TRUE(removing.EventuallySleeps());
  broker_->Release(BrokerCall::kCommit);
  removing.Join();
  EXPECT_EQ(CommittedAtBroker(0), 3U);
}

// Invariant 1.
TEST_F(OffsetCommitterTest, TellsTheSequenceOfTheLastCommitThatWasSent) {
  Create();
  EXPECT_EQ(committer_->last_sequence(), 0U);
  committer_->Finish({"orders", 0}, {.offset = 3});
  committer_->Finish({"orders", 1}, {.offset = 5});
  EXPECT_TRUE(committer_->CommitFinished().ok());
  EXPECT_EQ(committer_->last_sequence(), 2U);
}

TEST_F(OffsetCommitterTest, GiveUpCutsACommitUnderWayShort) {
  broker_->Hold(BrokerCall::kCommit);
  Create();
  committer_->Finish({"orders", 0}, {.offset = 3});
  ASSERT_TRUE(committer_->CommitEvery(milliseconds(1)).ok());
  ASSERT_TRUE(broker_->WaitForCalls(BrokerCall::kCommit, 1));
  committer_->GiveUp();
  broker_->Release(BrokerCall::kCommit);
  EXPECT_EQ(CommittedAtBroker(), std::nullopt);
}

TEST_F(OffsetCommitterTest, StopWaitsNoLongerThanTheRequestTimeout) {
  broker_->Hold(BrokerCall::kCommit);
  Create({}, milliseconds(20));
  committer_->Finish({"orders", 0}, {.offset = 3});
  ASSERT_TRUE(committer_->CommitEvery(milliseconds(1)).ok());
  ASSERT_TRUE(broker_->WaitForCalls(BrokerCall::kCommit, 1));
  committer_->Stop();
  broker_->Release(BrokerCall::kCommit);
  EXPECT_TRUE(committer_->CommitFinished().ok());
  EXPECT_EQ(CommittedAtBroker(), 3U);
}

TEST_F(OffsetCommitterTest, ACommitThatArrivesLateDoesNotUndoALaterOne) {
  Create();
  committer_->Finish({"orders", 0}, {.offset = 3});
  EXPECT_TRUE(committer_->CommitFinished().ok());
  committer_->Finish({"orders", 0}, {.offset = 5});
  EXPECT_TRUE(committer_->CommitFinished().ok());
  const GroupMember late = {.group = "billing", .id = "member", .commit_sequence = 1};
  EXPECT_EQ(broker_->Commit(late, {"orders", 0}, 3, Soon()).code(), StatusCode::kAborted);
  EXPECT_EQ(CommittedAtBroker(), 5U);
}

TEST_F(OffsetCommitterTest, NeverCommitsToATopicThatWasCreatedAgain) {
  Create();
  const LogLife old = broker_->ReadWatermarks({"orders", 0}, {}, Soon()).value().life;
  ASSERT_TRUE(broker_->DeleteTopic("orders", Soon()).ok());
  ASSERT_TRUE(broker_->CreateTopic("orders", 2, Soon()).ok());
  committer_->Finish({"orders", 0}, {.offset = 0, .life = old});
  EXPECT_EQ(committer_->CommitFinished().code(), StatusCode::kNotFound);
  EXPECT_EQ(CommittedAtBroker(), std::nullopt);
}

TEST_F(OffsetCommitterTest, NeverCommitsWhatALogHasLostAlthoughItHasGrownSince) {
  Write({"a", "b"});
  Create();
  const LogLife old = broker_->ReadWatermarks({"orders", 0}, {}, Soon()).value().life;
  broker_->CutAt({"orders", 0}, 1);
  Write({"c", "d"});
  committer_->Finish({"orders", 0}, {.offset = 2, .life = old});
  EXPECT_EQ(committer_->CommitFinished().code(), StatusCode::kAborted);
  EXPECT_EQ(CommittedAtBroker(), std::nullopt);
}

}  // namespace
}  // namespace streamhouse::client
