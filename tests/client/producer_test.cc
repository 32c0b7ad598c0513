#include "client/producer.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "client/internal/murmur2.h"
#include "tests/client/producer_fixture.h"

namespace streamhouse::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class ProducerTest : public ProducerFixture {};

TEST_F(ProducerTest, TellsTheSenderWhereItsRecordIs) {
  Start();
  Future first = Send("a", 2);
  Future second = Send("b", 2);
  EXPECT_TRUE(producer_->Flush(kPatience).ok());
  EXPECT_EQ(Get(first).value().partition, (TopicPartition{"orders", 2}));
  EXPECT_EQ(Get(second).value().offset, 1U);
  EXPECT_EQ(Written(2), (std::vector<std::string>{"a", "b"}));
}

TEST_F(ProducerTest, GivesARecordWithoutTimestampThePresent) {
  Start();
  const auto now_ms = [] {
    return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  };
  const std::int64_t before = now_ms();
  Send("a");
  EXPECT_TRUE(producer_->Flush(kPatience).ok());
  const auto read = broker_->ReadWatermarks({"orders", 0}, 0, CallLimits::Within(kPatience));
  EXPECT_GE(*read.value().timestamp_ms, before - 1);
  EXPECT_LE(*read.value().timestamp_ms, now_ms());
}

TEST_F(ProducerTest, KeepsTheTimestampThatTheSenderGave) {
  Start();
  producer_->Send("orders", {.value = "a", .timestamp_ms = 77}, 0);
  EXPECT_TRUE(producer_->Flush(kPatience).ok());
  EXPECT_EQ(broker_->ReadWatermarks({"orders", 0}, 0, CallLimits::Within(kPatience)).value().timestamp_ms, 77);
}

TEST_F(ProducerTest, SpreadsKeylessRecordsEvenly) {
  Start();
  for (int i = 0; i < 8; ++i) Send(std::to_string(i), std::nullopt);
  EXPECT_TRUE(producer_->Flush(kPatience).ok());
  EXPECT_EQ(Written(0), (std::vector<std::string>{"0", "4"}));
  EXPECT_EQ(Written(3), (std::vector<std::string>{"3", "7"}));
}

TEST_F(ProducerTest, SendsAKeyWhereKafkaWould) {
  Start();
  Future sent = producer_->Send("orders", {.key = "foobar", .value = "v"});
  EXPECT_TRUE(producer_->Flush(kPatience).ok());
  EXPECT_EQ(Get(sent).value().partition.partition, PartitionOfKeyHash(Murmur2("foobar"), 4));
}

TEST_F(ProducerTest, SendsAFullBatchWithoutLingering) {
  options_.batch_records = 2;
  Start();
  Future first = Send("a");
  Future second = Send("b");
  EXPECT_TRUE(Get(first).ok());
  EXPECT_TRUE(Get(second).ok());
  EXPECT_EQ(broker_->BatchSizes({"orders", 0}), (std::vector<std::size_t>{2}));
}

TEST_F(ProducerTest, SendsABatchThatHasLingered) {
  options_.linger = milliseconds(5);
  Start();
  Future lonely = Send("a");
  EXPECT_TRUE(Get(lonely).ok());
}

TEST_F(ProducerTest, AShortLingerIsKeptWhileALongBackoffIsWaitedFor) {
  options_.linger = milliseconds(5);
  options_.retry_policy = {.initial_backoff = std::chrono::hours(1), .max_backoff = std::chrono::hours(1)};
  broker_->FailCall(BrokerCall::kProduce, 1, Status(StatusCode::kUnavailable, "scripted"));
  Start();
  Send("delayed", 0);
  ASSERT_TRUE(broker_->WaitForCalls(BrokerCall::kProduce, 1));
  for (int i = 0; i < 3; ++i) {
    Future prompt = Send("prompt", 1);
    EXPECT_TRUE(Get(prompt).ok());
  }
  EXPECT_EQ(producer_->Close(milliseconds(1)), 1U);
}

TEST_F(ProducerTest, PartitionsDoNotWaitForEachOther) {
  broker_->Hold({"orders", 0});
  // An attempt that gave up would let the others through.
  options_.batch_records = 1;
  options_.request_timeout = kForever;
  Start();
  Future stuck = Send("stuck", 0);
  for (int i = 0; i < 20; ++i) {
    Future free = Send("free", 1);
    ASSERT_TRUE(Get(free).ok());
  }
  EXPECT_FALSE(IsReady(stuck));
  broker_->Release({"orders", 0});
  EXPECT_TRUE(Get(stuck).ok());
}

// Eight threads send to two partitions. Each record holds its sender and its place in the sender's
// sequence. Each sender keeps the results of its callbacks. The log must agree with the senders,
// record by record.
class ConcurrentSendersTest : public ProducerFixture {
 protected:
  static constexpr int kSenders = 8;
  static constexpr int kRecordsEach = 500;

  void SendFromAllThreads() {
    std::vector<std::jthread> threads;
    for (int sender = 0; sender < kSenders; ++sender) {
      threads.emplace_back([this, sender] {
        for (int i = 0; i < kRecordsEach; ++i) SendOne(sender, i);
      });
    }
  }

  void SendOne(int sender, int i) {
    const std::string value = std::to_string(sender) + ":" + std::to_string(i);
    const auto keep = [this, value](const Result<Delivery>& result) {
      const std::lock_guard lock(mutex_);
      if (result.ok()) told_[{result.value().partition.partition, result.value().offset}].push_back(value);
    };
    EXPECT_TRUE(producer_->SendWithCallback("orders", {.value = value}, keep, static_cast<std::uint32_t>(i % 2)).ok());
  }

  std::mutex mutex_;
  std::map<std::pair<std::uint32_t, Offset>, std::vector<std::string>> told_;
};

TEST_F(ConcurrentSendersTest, EachIsToldTheOffsetOfItsOwnRecord) {
  options_.batch_records = 7;
  options_.linger = milliseconds(1);
  Start();
  SendFromAllThreads();
  ASSERT_TRUE(producer_->Flush(kPatience).ok());
  std::size_t checked = 0;
  for (const std::uint32_t partition : {0U, 1U}) {
    const std::vector<std::string> written = Written(partition);
    for (Offset offset = 0; offset < written.size(); ++offset, ++checked) {
      EXPECT_EQ((told_[{partition, offset}]), (std::vector<std::string>{written[offset]}));
    }
  }
  EXPECT_EQ(checked, std::size_t{kSenders} * kRecordsEach);
}

TEST_F(ConcurrentSendersTest, TheOrderOfEachHoldsWithinAPartition) {
  options_.batch_records = 7;
  options_.linger = milliseconds(1);
  broker_->FailCall(BrokerCall::kProduce, 3, Status(StatusCode::kUnavailable, "scripted"));
  Start();
  SendFromAllThreads();
  ASSERT_TRUE(producer_->Flush(kPatience).ok());
  std::map<std::string, int> last;
  for (const std::string& value : Written(1)) {
    const std::string sender = value.substr(0, value.find(':'));
    const int i = std::stoi(value.substr(value.find(':') + 1));
    EXPECT_LT(last.try_emplace(sender, -1).first->second, i);
    last[sender] = i;
  }
  EXPECT_EQ(last.size(), std::size_t{kSenders});
}

TEST_F(ProducerTest, ResultsOfAPartitionComeInTheOrderOfTheSends) {
  options_.batch_records = 3;
  Start();
  std::vector<Offset> told;
  const auto keep = [&told](const Result<Delivery>& result) { told.push_back(result.value().offset); };
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(producer_->SendWithCallback("orders", {.value = "v"}, keep, 0).ok());
  EXPECT_TRUE(producer_->Flush(kPatience).ok());
  EXPECT_EQ(told, (std::vector<Offset>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST_F(ProducerTest, NeedsNoCallback) {
  Start();
  EXPECT_TRUE(producer_->SendWithCallback("orders", {.value = "v"}, nullptr, 0).ok());
  EXPECT_TRUE(producer_->Flush(kPatience).ok());
  EXPECT_EQ(Written(0).size(), 1U);
}

TEST_F(ProducerTest, SeesPartitionsThatWereAdded) {
  EXPECT_TRUE(broker_->CreateTopic("grows", 1, CallLimits::Within(kPatience)).ok());
  Start();
  producer_->Send("grows", {.value = "v"}, 0);
  ASSERT_TRUE(broker_->AddPartitions("grows", 3, CallLimits::Within(std::chrono::seconds(30))).ok());
  Future sent = producer_->Send("grows", {.value = "v"}, 2);
  EXPECT_TRUE(producer_->Flush(kPatience).ok());
  EXPECT_EQ(Get(sent).value().partition.partition, 2U);
}

TEST_F(ProducerTest, ALookupPerTopicIsEnough) {
  Start();
  for (int i = 0; i < 10; ++i) Send("v", std::nullopt);
  EXPECT_EQ(broker_->calls(BrokerCall::kDescribeTopic), 1U);
}

TEST_F(ProducerTest, FlushWaitsForEveryRecordAcceptedBefore) {
  Start();
  std::atomic<int> told = 0;
  // Relaxed: the flush orders what the callbacks did before what the test reads.
  const auto count = [&told](const Result<Delivery>&) { told.fetch_add(1, std::memory_order_relaxed); };
  for (std::uint32_t i = 0; i < 40; ++i)
    EXPECT_TRUE(producer_->SendWithCallback("orders", {.value = "v"}, count, i % 4).ok());
  EXPECT_TRUE(producer_->Flush(kPatience).ok());
  // Relaxed: as above.
  EXPECT_EQ(told.load(std::memory_order_relaxed), 40);
}

TEST_F(ProducerTest, FlushWithoutRecordsReturnsAtOnce) {
  Start();
  EXPECT_TRUE(producer_->Flush(seconds(0)).ok());
}

TEST_F(ProducerTest, FlushGivesUpAtItsDeadlineAndLosesNothing) {
  broker_->Hold(BrokerCall::kProduce);
  Start();
  Future slow = Send("a");
  EXPECT_EQ(producer_->Flush(milliseconds(1)).code(), StatusCode::kDeadlineExceeded);
  broker_->Release(BrokerCall::kProduce);
  EXPECT_TRUE(Get(slow).ok());
}

TEST_F(ProducerTest, FlushDoesNotWaitForLaterRecords) {
  broker_->Hold({"orders", 0});
  Start();
  Send("before", 0);
  auto flushed = std::async(std::launch::async, [this] { return producer_->Flush(kPatience); });
  ASSERT_TRUE(broker_->WaitForCalls(BrokerCall::kProduce, 1));  // so the flush has begun
  Future later = Send("later", 1);
  broker_->Release({"orders", 0});
  EXPECT_TRUE(flushed.get().ok());
  EXPECT_FALSE(IsReady(later));
}

class ProducerBuilderTest : public testing::Test {
 protected:
  // The field that is refused; empty for none.
  static std::string Refused(const ProducerOptions& options) {
    const auto built = Producer::Builder().broker(std::make_shared<InMemoryBroker>()).options(options).Build();
    EXPECT_EQ(built.status().code(), built.ok() ? StatusCode::kOk : StatusCode::kInvalidArgument);
    return built.status().field();
  }
};

TEST_F(ProducerBuilderTest, BuildsWithDefaults) {
  EXPECT_EQ(Refused({}), "");
}

TEST_F(ProducerBuilderTest, NeedsABroker) {
  EXPECT_EQ(Producer::Builder().Build().status().field(), "broker");
}

TEST_F(ProducerBuilderTest, RefusesABatchThatHoldsNoRecord) {
  EXPECT_EQ(Refused({.batch_records = 0}), "batch_records");
  EXPECT_EQ(Refused({.batch_bytes = RecordAccumulator::kRecordOverheadBytes}), "batch_bytes");
}

TEST_F(ProducerBuilderTest, RefusesABufferThatHoldsNoBatch) {
  EXPECT_EQ(Refused({.batch_bytes = 1'000, .buffer_bytes = 999}), "buffer_bytes");
}

TEST_F(ProducerBuilderTest, RefusesABatchThatNoFormatHolds) {
  EXPECT_EQ(Refused({.batch_bytes = (std::size_t{1} << 30) + 1, .buffer_bytes = std::size_t{1} << 31}), "batch_bytes");
}

TEST_F(ProducerBuilderTest, RefusesANegativeRetryPolicy) {
  EXPECT_EQ(Refused({.retry_policy = {.max_retries = -1}}), "retry_policy");
  EXPECT_EQ(Refused({.retry_policy = {.initial_backoff = milliseconds(-1)}}), "retry_policy");
}

TEST_F(ProducerBuilderTest, RefusesTimesAndThreadsOutOfRange) {
  EXPECT_EQ(Refused({.linger = seconds(-1)}), "linger");
  EXPECT_EQ(Refused({.request_timeout = seconds(0)}), "request_timeout");
  EXPECT_EQ(Refused({.sender_threads = 0}), "sender_threads");
  EXPECT_EQ(Refused({.sender_threads = 1025}), "sender_threads");
}

}  // namespace
}  // namespace streamhouse::client
