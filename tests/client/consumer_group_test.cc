// A consumer follows its group: partitions come and go, and pause.
#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "client/consumer.h"
#include "tests/client/consumer_fixture.h"
#include "tests/support/few_threads.h"
#include "tests/support/watched_thread.h"

namespace streamhouse::client {
namespace {

using std::chrono::milliseconds;
using Partitions = std::vector<TopicPartition>;

const Partitions kFirst = {{"orders", 0}};
const Partitions kSecond = {{"orders", 1}};

class ConsumerGroupTest : public ConsumerFixture {
 protected:
  ConsumerGroupTest() { options_.group_options.heartbeat_interval = milliseconds(5); }

  // Polls until the consumer reads just these.
  bool AssignmentBecomes(const Partitions& partitions) {
    return Eventually([&] {
      EXPECT_TRUE(consumer_->Poll(milliseconds(1)).ok());
      return consumer_->Assignment() == partitions;
    });
  }
};

TEST_F(ConsumerGroupTest, ReadsOnlyWhatItIsGiven) {
  broker_->Assign(kSecond);
  Write({"a"}, 0);
  Write({"b"}, 1);
  Start();
  EXPECT_EQ(Poll(), "b");
  EXPECT_EQ(consumer_->Position("orders", 0).status().code(), StatusCode::kNotFound);
}

TEST_F(ConsumerGroupTest, ContinuesWithAPartitionThatItIsGivenWhereTheGroupLeftOff) {
  broker_->Assign(kFirst);
  Write({"a", "b"}, 1);
  CommitAtBroker(1, 1);
  Start();
  broker_->Assign({kFirst[0], kSecond[0]});
  EXPECT_EQ(Poll(), "b");
}

// An agent that restarts meanwhile would give a partition that no member names to any member.
TEST_F(ConsumerGroupTest, NamesAPartitionBeforeItsFirstLookAtIt) {
  broker_->Assign(kFirst);
  Start();
  broker_->Hold(BrokerCall::kReadWatermarks);
  broker_->Assign({kFirst[0], kSecond[0]});
  WatchedThread polling([this] { EXPECT_TRUE(AssignmentBecomes({kFirst[0], kSecond[0]})); });
  EXPECT_TRUE(Eventually([&] { return broker_->owned() == Partitions{kFirst[0], kSecond[0]}; }));
  broker_->Release(BrokerCall::kReadWatermarks);
}

TEST_F(ConsumerGroupTest, CommitsWhatIsFinishedBeforeItLetsGo) {
  Write({"a", "b"});
  Start();
  EXPECT_EQ(Poll(), "a,b");
  broker_->Assign(kSecond);
  EXPECT_TRUE(AssignmentBecomes(kSecond));
  EXPECT_EQ(CommittedAtBroker(), 2U);
  EXPECT_TRUE(Eventually([&] { return broker_->owned() == kSecond; }));
}

TEST_F(ConsumerGroupTest, TakesTheGaugesOfWhatItLetsGoOffThePage) {
  Write({"a"});
  Start();
  EXPECT_EQ(Poll(), "a");
  ASSERT_TRUE(Eventually([this] { return Gauge("lag_records") >= 0; }));
  broker_->Assign(kSecond);
  EXPECT_TRUE(AssignmentBecomes(kSecond));
  for (const char* name : {"current_offset", "lag_records", "lag_seconds", "last_committed_offset"}) {
    EXPECT_EQ(Gauge(name, 0), -1) << name;
  }
  EXPECT_EQ(Gauge("current_offset", 1), 0);
}

TEST_F(ConsumerGroupTest, LetsGoOfEverythingWhenTheBrokerIsSilent) {
  options_.group_options.session_timeout = milliseconds(50);
  Start();
  broker_->FailEvery(BrokerCall::kHeartbeat, Status(StatusCode::kUnavailable, "scripted"));
  EXPECT_TRUE(Eventually([&] {
    static_cast<void>(consumer_->Poll(milliseconds(1)));
    return consumer_->Assignment().empty();
  }));
  EXPECT_TRUE(Eventually([&] { return consumer_->Poll(milliseconds(1)).status().code() == StatusCode::kUnavailable; }));
  broker_->FailEvery(BrokerCall::kHeartbeat, Status::Ok());
  EXPECT_TRUE(Eventually([&] {
    static_cast<void>(consumer_->Poll(milliseconds(1)));
    return consumer_->Assignment().size() == 2;
  }));
}

TEST_F(ConsumerGroupTest, RetriesPartitionsThatItCannotBeginWith) {
  broker_->Assign(kFirst);
  Start();
  broker_->FailCall(BrokerCall::kCommitted, 1, Status(StatusCode::kUnavailable, "scripted"));
  broker_->Assign({kFirst[0], kSecond[0]});
  EXPECT_TRUE(Eventually([&] {
    static_cast<void>(consumer_->Poll(milliseconds(1)));
    return consumer_->Assignment().size() == 2;
  }));
  EXPECT_GE(broker_->calls(BrokerCall::kCommitted), 3U);
}

TEST_F(ConsumerGroupTest, ReadsAPartitionLaterForWhichThereIsNoThread) {
  broker_->Assign(kFirst);
  Start();
  Write({"b"}, 1);
  broker_->Assign(kSecond);
  {
    const FewThreads none(0);
    EXPECT_TRUE(
        Eventually([&] { return consumer_->Poll(milliseconds(1)).status().code() == StatusCode::kUnavailable; }));
  }
  EXPECT_EQ(Poll(), "b");
}

TEST_F(ConsumerGroupTest, LeavesWhenItCloses) {
  Start();
  EXPECT_TRUE(consumer_->Close().ok());
  EXPECT_EQ(broker_->calls(BrokerCall::kLeaveGroup), 1U);
}

TEST_F(ConsumerGroupTest, ReadsAllPartitionsAndSendsNoHeartbeatWithoutAGroup) {
  options_.group = "";
  Start();
  EXPECT_EQ(consumer_->Assignment().size(), 2U);
  EXPECT_EQ(broker_->calls(BrokerCall::kHeartbeat), 0U);
}

TEST_F(ConsumerGroupTest, APausedPartitionIsNotReadOnUntilItIsResumed) {
  Start();
  ASSERT_TRUE(consumer_->Pause("orders", 0).ok());
  Write({"a"}, 0);
  Write({"b"}, 1);
  EXPECT_EQ(Poll(), "b");
  EXPECT_TRUE(consumer_->Poll(milliseconds(1))->empty());
  EXPECT_EQ(consumer_->Position("orders", 0).value(), 0U);
  EXPECT_EQ(consumer_->Lag("orders", 0).value(), 1U);
  ASSERT_TRUE(consumer_->Resume("orders", 0).ok());
  EXPECT_EQ(Poll(), "a");
}

TEST_F(ConsumerGroupTest, PausesOnlyWhatItReads) {
  Start();
  EXPECT_EQ(consumer_->Pause("orders", 9).code(), StatusCode::kNotFound);
  EXPECT_EQ(consumer_->Resume("other", 0).code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace streamhouse::client
