#include "client/consumer.h"

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "tests/client/consumer_fixture.h"
#include "tests/support/few_threads.h"

namespace streamhouse::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

const Status kScripted(StatusCode::kUnavailable, "scripted");

class ConsumerTest : public ConsumerFixture {};

TEST_F(ConsumerTest, PollReturnsRecordsWithTheirPlace) {
  Write({"a", "b"}, 1);
  Start();
  const Result<PolledRecords> polled = consumer_->Poll(kPatience);
  ASSERT_TRUE(polled.ok());
  ASSERT_EQ(polled.value().size(), 2U);
  const ConsumedRecord first = *polled.value().begin();
  EXPECT_EQ(first.partition, (TopicPartition{"orders", 1}));
  EXPECT_EQ(first.offset, 0U);
  EXPECT_EQ(first.record.value, "a");
}

TEST_F(ConsumerTest, PollWaitsItsWholeTimeoutWhenThereIsNoRecord) {
  Start();
  const auto start = steady_clock::now();
  const Result<PolledRecords> polled = consumer_->Poll(milliseconds(30));
  EXPECT_TRUE(polled.ok());
  EXPECT_TRUE(polled.value().empty());
  EXPECT_GE(steady_clock::now() - start, milliseconds(30));
}

TEST_F(ConsumerTest, PollWakesUpWhenARecordComes) {
  Start();
  auto polled = std::async(std::launch::async, [this] { return Poll(); });
  ASSERT_TRUE(broker_->WaitForCalls(BrokerCall::kFetch, 2));
  Write({"late"});
  EXPECT_EQ(polled.get(), "late");
}

TEST_F(ConsumerTest, AnIdlePartitionDelaysNoOther) {
  options_.fetch.max_wait = std::chrono::hours(1);
  Start();
  for (int i = 0; i < 10; ++i) {
    Write({std::to_string(i)}, 1);
    EXPECT_EQ(Poll(), std::to_string(i));
  }
}

TEST_F(ConsumerTest, PollReturnsAtMostOneFetchOfEachPartition) {
  options_.fetch.max_records = 2;
  Write({"a", "b", "c"});
  Start();
  EXPECT_EQ(Poll(), "a,b");
  EXPECT_EQ(Poll(), "c");
}

TEST_F(ConsumerTest, PollReturnsTheErrorOfAFailedFetch) {
  broker_->FailEvery(BrokerCall::kFetch, kScripted);
  Start();
  const Status expected(StatusCode::kUnavailable, "orders/0: scripted");
  EXPECT_TRUE(Eventually([&] { return consumer_->Poll(seconds(0)).status() == expected; }));
}

TEST_F(ConsumerTest, AFailureLosesNoRecord) {
  broker_->FailEvery(BrokerCall::kFetch, kScripted);
  Write({"a"});
  Start();
  ASSERT_TRUE(Eventually([this] { return !consumer_->Poll(seconds(0)).ok(); }));
  broker_->FailEvery(BrokerCall::kFetch, Status::Ok());
  EXPECT_EQ(Poll(), "a");
}

TEST_F(ConsumerTest, StartsWhereItsGroupLeftOff) {
  Write({"a", "b", "c"});
  CommitAtBroker(2);
  Start();
  EXPECT_EQ(Poll(), "c");
}

TEST_F(ConsumerTest, EarliestStartsAtTheLogStartOffset) {
  Write({"a", "b"});
  broker_->TrimBefore({"orders", 0}, 1);
  Start();
  EXPECT_EQ(Poll(), "b");
}

TEST_F(ConsumerTest, LatestStartsWithWhatComesNext) {
  Write({"old"});
  options_.fetch.offset_reset = OffsetReset::kLatest;
  Start();
  Write({"new"});
  EXPECT_EQ(Poll(), "new");
}

TEST_F(ConsumerTest, WithoutAResetPolicyItNeedsACommittedOffset) {
  options_.fetch.offset_reset = OffsetReset::kNone;
  EXPECT_EQ(builder_.options(options_).Build().status().code(), StatusCode::kOutOfRange);
  CommitAtBroker(0, 0);
  CommitAtBroker(0, 1);
  EXPECT_TRUE(builder_.options(options_).Build().ok());
}

TEST_F(ConsumerTest, SeekChoosesTheNextRecord) {
  Write({"a", "b", "c"});
  Start();
  EXPECT_EQ(Poll(), "a,b,c");
  EXPECT_TRUE(consumer_->Seek("orders", 0, 1).ok());
  EXPECT_EQ(consumer_->Position("orders", 0).value(), 1U);
  EXPECT_EQ(Poll(), "b,c");
}

TEST_F(ConsumerTest, PositionFollowsWhatPollReturned) {
  Write({"a", "b"});
  Start();
  EXPECT_EQ(consumer_->Position("orders", 0).value(), 0U);
  EXPECT_EQ(Poll(), "a,b");
  EXPECT_EQ(consumer_->Position("orders", 0).value(), 2U);
}

TEST_F(ConsumerTest, LagCountsTheRecordsFromThePositionToTheEnd) {
  Write({"a", "b"});
  Start();
  EXPECT_EQ(consumer_->Lag("orders", 0).value(), 2U);
  EXPECT_EQ(Poll(), "a,b");
  EXPECT_EQ(consumer_->Lag("orders", 0).value(), 0U);
}

TEST_F(ConsumerTest, LagIsNeverNegative) {
  broker_->FailEvery(BrokerCall::kFetch, kScripted);
  Start();
  EXPECT_TRUE(consumer_->Seek("orders", 0, 100).ok());
  EXPECT_EQ(consumer_->Lag("orders", 0).value(), 0U);
}

TEST_F(ConsumerTest, LagDuringAPollDoesNotWaitForIt) {
  Start();
  auto polled = std::async(std::launch::async, [this] { return Poll(); });
  ASSERT_TRUE(broker_->WaitForCalls(BrokerCall::kFetch, 2));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(consumer_->Lag("orders", 1).value(), 0U);
  Write({"a"});
  EXPECT_EQ(polled.get(), "a");
}

TEST_F(ConsumerTest, PollDoesNotWaitForALagThatIsBeingAskedFor) {
  Write({"a"});
  Start();
  broker_->Hold(BrokerCall::kReadWatermarks);
  auto lag = std::async(std::launch::async, [this] { return consumer_->Lag("orders", 0); });
  ASSERT_TRUE(broker_->WaitForCalls(BrokerCall::kReadWatermarks, 3));
  EXPECT_EQ(Poll(), "a");
  broker_->Release(BrokerCall::kReadWatermarks);
  EXPECT_TRUE(lag.get().ok());
}

TEST_F(ConsumerTest, LagPassesOnAFailure) {
  Start();
  ASSERT_TRUE(Eventually([this] { return Gauge("lag_records", 1) == 0; }));
  broker_->FailEvery(BrokerCall::kReadWatermarks, kScripted);
  EXPECT_EQ(consumer_->Lag("orders", 0).status().code(), StatusCode::kUnavailable);
}

// The consumer of the source system never returned from the first lag refresh without an automatic
// commit. Here the refresh runs all the time, without any commits, while the application polls.
TEST_F(ConsumerTest, PollsOnThroughLagRefreshesWithoutAutomaticCommits) {
  options_.commit_mode = CommitMode::kManual;
  options_.lag_refresh_interval = milliseconds(1);
  Start();
  const std::size_t before = broker_->calls(BrokerCall::kReadWatermarks);
  int polls = 0;
  while (broker_->calls(BrokerCall::kReadWatermarks) < before + 50) {
    Write({std::to_string(polls)});
    EXPECT_EQ(Poll(), std::to_string(polls++));
  }
  EXPECT_EQ(broker_->calls(BrokerCall::kCommit), 0U);
}

TEST_F(ConsumerTest, RefusesPartitionsThatItDoesNotRead) {
  Start();
  EXPECT_EQ(consumer_->Position("orders", 2).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(consumer_->Lag("other", 0).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(consumer_->Seek("other", 0, 0).code(), StatusCode::kNotFound);
  EXPECT_EQ(consumer_->Committed("other", 0).status().code(), StatusCode::kNotFound);
}

TEST_F(ConsumerTest, ReadsSeveralTopics) {
  EXPECT_TRUE(broker_->CreateTopic("payments", 1, Soon()).ok());
  options_.topics = {"payments", "orders", "payments"};
  Start();
  EXPECT_TRUE(consumer_->Position("payments", 0).ok());
  EXPECT_TRUE(consumer_->Position("orders", 1).ok());
  EXPECT_EQ(broker_->calls(BrokerCall::kDescribeTopic), 2U);
}

class ConsumerBuilderTest : public ConsumerFixture {
 protected:
  StatusCode Built() { return builder_.options(options_).Build().status().code(); }
};

TEST_F(ConsumerBuilderTest, NeedsABroker) {
  EXPECT_EQ(Consumer::Builder().options({.topics = {"orders"}}).Build().status().field(), "broker");
}

TEST_F(ConsumerBuilderTest, NeedsATopic) {
  options_.topics = {};
  EXPECT_EQ(builder_.options(options_).Build().status().field(), "topics");
}

TEST_F(ConsumerBuilderTest, NamesTheTimeThatIsNotPositive) {
  const std::pair<std::string, std::function<void(ConsumerOptions&)>> all[] = {
      {"auto_commit_interval", [](ConsumerOptions& options) { options.auto_commit_interval = seconds(0); }},
      {"lag_refresh_interval", [](ConsumerOptions& options) { options.lag_refresh_interval = seconds(0); }},
      {"fetch.max_wait", [](ConsumerOptions& options) { options.fetch.max_wait = milliseconds(0); }},
      {"fetch.request_timeout", [](ConsumerOptions& options) { options.fetch.request_timeout = seconds(0); }},
      {"group_options.heartbeat_interval",
       [](ConsumerOptions& options) { options.group_options.heartbeat_interval = seconds(0); }},
      {"group_options.session_timeout",
       [](ConsumerOptions& options) { options.group_options.session_timeout = seconds(1); }},
      {"group_options.max_poll_interval",
       [](ConsumerOptions& options) { options.group_options.max_poll_interval = seconds(0); }},
  };
  for (const auto& [field, spoil] : all) {
    ConsumerOptions spoiled = options_;
    spoil(spoiled);
    EXPECT_EQ(builder_.options(spoiled).Build().status().field(), field);
  }
}

TEST_F(ConsumerBuilderTest, PassesOnThatATopicDoesNotExist) {
  options_.topics = {"nowhere"};
  EXPECT_EQ(Built(), StatusCode::kNotFound);
}

TEST_F(ConsumerBuilderTest, PassesOnEachFailureOfTheBroker) {
  for (const BrokerCall call : {BrokerCall::kDescribeTopic, BrokerCall::kCommitted, BrokerCall::kReadWatermarks}) {
    broker_->FailCall(call, 1, kScripted);
    EXPECT_EQ(Built(), StatusCode::kUnavailable);
  }
  EXPECT_EQ(Built(), StatusCode::kOk);
}

// Goal: a consumer that cannot start is an error, and no member of its group. Method: it needs a
// thread each for lag, commits and group, and one a partition; it gets fewer. In the last three
// cases it has joined its group.
TEST_F(ConsumerBuilderTest, SaysThatThereIsNoThreadLeftAndLeavesTheGroup) {
  for (int threads = 0; threads < 5; ++threads) {
    const FewThreads few(threads);
    EXPECT_EQ(Built(), StatusCode::kUnavailable) << threads;
  }
  EXPECT_EQ(broker_->calls(BrokerCall::kLeaveGroup), 3U);
  const FewThreads enough(5);
  EXPECT_EQ(Built(), StatusCode::kOk);
}

}  // namespace
}  // namespace streamhouse::client
