#include "client/testing/in_memory_broker.h"

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/watched_thread.h"

namespace streamhouse::client {
namespace {

const TopicPartition kOrders = {"orders", 0};

// What every broker promises is in broker_contract.h.
class InMemoryBrokerTest : public testing::Test {
 protected:
  InMemoryBrokerTest() { EXPECT_TRUE(broker_.CreateTopic("orders", 2, Soon()).ok()); }

  static CallLimits Soon() { return CallLimits::Within(std::chrono::seconds(30)); }
  static CallLimits AtOnce() { return CallLimits::Within(std::chrono::nanoseconds(0)); }

  Result<Offset> Produce(const std::string& value) {
    RecordBatch batch;
    batch.Append({.value = value, .timestamp_ms = 5});
    return broker_.Produce(kOrders, batch, Soon());
  }

  Result<FetchedBatch> Fetch(Offset offset) { return broker_.Fetch({.partition = kOrders, .offset = offset}, Soon()); }

  InMemoryBroker broker_;
};

TEST_F(InMemoryBrokerTest, ReturnsTheRecordsThatWereProduced) {
  EXPECT_EQ(Produce("a").value(), 0U);
  EXPECT_EQ(Produce("b").value(), 1U);
  Result<FetchedBatch> fetched = Fetch(1);
  ASSERT_TRUE(fetched.ok());
  EXPECT_EQ(fetched->base_offset, 1U);
  EXPECT_EQ(fetched->high_watermark, 2U);
  ASSERT_EQ(fetched->records.size(), 1U);
  EXPECT_EQ(fetched->records[0].value, "b");
  EXPECT_EQ(broker_.Values(kOrders), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(broker_.BatchSizes(kOrders), (std::vector<std::size_t>{1, 1}));
}

TEST_F(InMemoryBrokerTest, FetchOutsideTheLogIsOutOfRange) {
  EXPECT_TRUE(Produce("a").ok());
  EXPECT_TRUE(Produce("b").ok());
  broker_.TrimBefore(kOrders, 1);
  EXPECT_EQ(Fetch(0).status().code(), StatusCode::kOutOfRange);
  EXPECT_EQ(Fetch(3).status().code(), StatusCode::kOutOfRange);
  EXPECT_TRUE(Fetch(2).ok());
}

TEST_F(InMemoryBrokerTest, RefusesACommitAfterALaterOneOfTheSameMember) {
  EXPECT_TRUE(broker_.Commit({"g", "a", 2}, kOrders, 7, Soon()).ok());
  EXPECT_EQ(broker_.Commit({"g", "a", 1}, kOrders, 5, Soon()).code(), StatusCode::kAborted);
  EXPECT_TRUE(broker_.Commit({"g", "b", 1}, kOrders, 6, Soon()).ok());
  EXPECT_EQ(broker_.Committed("g", kOrders, Soon()).value(), 6U);
}

TEST_F(InMemoryBrokerTest, RefusesAnEmptyBatch) {
  EXPECT_EQ(broker_.Produce(kOrders, {}, Soon()).status().code(), StatusCode::kInvalidArgument);
}

TEST_F(InMemoryBrokerTest, FailsTheCallThatTheScriptNames) {
  broker_.FailCall(BrokerCall::kProduce, 2, Status(StatusCode::kUnavailable, "scripted"));
  EXPECT_TRUE(Produce("a").ok());
  EXPECT_EQ(Produce("b").status().code(), StatusCode::kUnavailable);
  EXPECT_TRUE(Produce("c").ok());
  EXPECT_EQ(broker_.Values(kOrders), (std::vector<std::string>{"a", "c"}));
}

TEST_F(InMemoryBrokerTest, FailsAfterWritingWhenTheScriptSaysSo) {
  broker_.FailAfterWriting(1, Status(StatusCode::kDeadlineExceeded, "scripted"));
  EXPECT_EQ(Produce("a").status().code(), StatusCode::kDeadlineExceeded);
  EXPECT_EQ(broker_.Values(kOrders), (std::vector<std::string>{"a"}));
}

TEST_F(InMemoryBrokerTest, FailsEveryCallUntilToldOtherwise) {
  broker_.FailEvery(BrokerCall::kFetch, Status(StatusCode::kUnavailable, "scripted"));
  EXPECT_FALSE(Fetch(0).ok());
  EXPECT_FALSE(Fetch(0).ok());
  broker_.FailEvery(BrokerCall::kFetch, Status::Ok());
  EXPECT_TRUE(Fetch(0).ok());
  EXPECT_EQ(broker_.calls(BrokerCall::kFetch), 3U);
}

TEST_F(InMemoryBrokerTest, AHeldCallWaitsForItsRelease) {
  broker_.Hold(BrokerCall::kProduce);
  WatchedThread producer([this] { EXPECT_TRUE(Produce("a").ok()); });
  EXPECT_TRUE(producer.EventuallySleeps());
  broker_.Release(BrokerCall::kProduce);
}

TEST_F(InMemoryBrokerTest, AHeldCallEndsAtItsDeadlineAndWritesNothing) {
  broker_.Hold(kOrders);
  RecordBatch batch;
  batch.Append({.value = "a"});
  EXPECT_EQ(broker_.Produce(kOrders, batch, AtOnce()).status().code(), StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(broker_.Produce({"orders", 1}, batch, Soon()).ok());
  broker_.Release(kOrders);
  EXPECT_TRUE(broker_.Values(kOrders).empty());
}

TEST_F(InMemoryBrokerTest, AHeldCallEndsWhenItsCallerGivesUp) {
  broker_.Hold(BrokerCall::kFetch);
  std::stop_source give_up;
  std::jthread stopper([this, &give_up] {
    EXPECT_TRUE(broker_.WaitForCalls(BrokerCall::kFetch, 1));
    give_up.request_stop();
  });
  const auto limits = CallLimits::Within(std::chrono::hours(1), give_up.get_token());
  EXPECT_EQ(broker_.Fetch({.partition = kOrders}, limits).status().code(), StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace streamhouse::client
