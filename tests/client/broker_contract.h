// The contract of Broker as a parameterised suite: an implementation adds a BrokerBackend and one
// line, INSTANTIATE_TEST_SUITE_P(MyBroker, BrokerContract, testing::Values(MakeMyBackend)).
//
// When to use something else: what is special about one broker is tested beside it.
// Thread safety: as gtest.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "client/broker.h"
#include "client/record_headers.h"
#include "client/retry_policy.h"

namespace streamhouse::client {

// A broker of its own for one test, without topics or with "orders" of two partitions.
class BrokerBackend {
 public:
  virtual ~BrokerBackend() = default;

  virtual Broker& broker() = 0;
};

using BrokerBackendFactory = std::function<std::unique_ptr<BrokerBackend>()>;

class BrokerContract : public testing::TestWithParam<BrokerBackendFactory> {
 protected:
  BrokerContract() { EXPECT_TRUE(broker_.CreateTopic("orders", 2, Soon()).ok()); }

  static CallLimits Soon() { return CallLimits::Within(std::chrono::seconds(30)); }

  static RecordBatch BatchOf(const std::vector<std::string>& values) {
    RecordBatch batch;
    for (const std::string& value : values) batch.Append({.value = value, .timestamp_ms = 5});
    return batch;
  }
  Result<Offset> Produce(const std::vector<std::string>& values) {
    return broker_.Produce(orders_, BatchOf(values), Soon());
  }
  // With an identity.
  Result<Offset> ProduceAs(const BatchIdentity& identity) {
    RecordBatch batch = BatchOf({"v"});
    batch.SetIdentity(identity);
    return broker_.Produce(orders_, batch, Soon());
  }
  Result<FetchedBatch> Fetch(Offset offset) { return broker_.Fetch({.partition = orders_, .offset = offset}, Soon()); }
  Watermarks WatermarksOf(const TopicPartition& partition) {
    return broker_.ReadWatermarks(partition, {}, Soon()).value();
  }
  std::optional<Offset> Committed(std::string_view group) { return broker_.Committed(group, orders_, Soon()).value(); }

  const std::unique_ptr<BrokerBackend> backend_ = GetParam()();
  Broker& broker_ = backend_->broker();
  const TopicPartition orders_ = {"orders", 0};
  const TopicPartition other_orders_ = {"orders", 1};
  const TopicPartition nowhere_ = {"orders", 9};
};

TEST_P(BrokerContract, GivesBackRecordsAsTheyWereProduced) {
  RecordHeaders headers;
  headers.Add("h", "1").Add("h", "2");
  RecordBatch batch;
  batch.Append({.value = "without key", .timestamp_ms = 5});
  batch.Append({.key = "", .value = "", .timestamp_ms = 6, .headers = headers});
  ASSERT_EQ(broker_.Produce(orders_, batch, Soon()).value(), 0U);
  const FetchedBatch fetched = Fetch(0).value();
  ASSERT_EQ(fetched.records.size(), 2U);
  EXPECT_EQ(fetched.records[0], batch[0]);
  EXPECT_EQ(fetched.records[1], batch[1]);
}

// Invariant 1 of client/broker.h.
TEST_P(BrokerContract, NumbersTheRecordsOfEachPartitionFromZeroWithoutGaps) {
  EXPECT_EQ(Produce({"a", "b"}).value(), 0U);
  EXPECT_EQ(Produce({"c"}).value(), 2U);
  EXPECT_EQ(broker_.Produce(other_orders_, BatchOf({"d"}), Soon()).value(), 0U);
  EXPECT_EQ(Fetch(1)->base_offset, 1U);
  EXPECT_EQ(Fetch(2)->records[0].value, "c");
}

TEST_P(BrokerContract, WritesABatchWithAnIdentityOnce) {
  EXPECT_EQ(ProduceAs({.producer_id = 7, .sequence = 0}).value(), 0U);
  EXPECT_EQ(ProduceAs({.producer_id = 7, .sequence = 0}).value(), 0U);
  EXPECT_EQ(ProduceAs({.producer_id = 7, .sequence = 1}).value(), 1U);
  EXPECT_EQ(WatermarksOf(orders_).high_watermark, 2U);
}

TEST_P(BrokerContract, RefusesABatchBeforeTheLastOfItsProducer) {
  EXPECT_TRUE(ProduceAs({.producer_id = 7, .sequence = 0}).ok());
  EXPECT_TRUE(ProduceAs({.producer_id = 7, .sequence = 1}).ok());
  const Result<Offset> passed = ProduceAs({.producer_id = 7, .sequence = 0});
  EXPECT_EQ(OutcomeOfFailure(passed.status().code()), WriteOutcome::kRefused);
  EXPECT_EQ(WatermarksOf(orders_).high_watermark, 2U);
}

TEST_P(BrokerContract, FetchBringsNoMoreRecordsThanAskedFor) {
  EXPECT_TRUE(Produce({"a", "b", "c"}).ok());
  const auto fetched = broker_.Fetch({.partition = orders_, .offset = 0, .max_records = 2}, Soon());
  EXPECT_EQ(fetched->records.size(), 2U);
  EXPECT_EQ(fetched->high_watermark, 3U);
}

TEST_P(BrokerContract, FetchWaitsForTheFirstRecord) {
  std::jthread producer([this] { EXPECT_TRUE(Produce({"late"}).ok()); });
  const auto fetched = broker_.Fetch({.partition = orders_, .offset = 0, .max_wait = std::chrono::seconds(30)}, Soon());
  EXPECT_EQ(fetched->records.size(), 1U);
}

TEST_P(BrokerContract, FetchAtTheEndOfTheLogBringsNoRecordAfterItsWait) {
  EXPECT_TRUE(Produce({"a"}).ok());
  const auto fetched =
      broker_.Fetch({.partition = orders_, .offset = 1, .max_wait = std::chrono::milliseconds(1)}, Soon());
  EXPECT_TRUE(fetched->records.empty());
  EXPECT_EQ(fetched->high_watermark, 1U);
}

// Invariant 2 of client/broker.h.
TEST_P(BrokerContract, FetchBeyondTheEndOfTheLogIsOutOfRange) {
  EXPECT_TRUE(Produce({"a"}).ok());
  EXPECT_EQ(Fetch(2).status().code(), StatusCode::kOutOfRange);
}

TEST_P(BrokerContract, ADeadlineThatComesBeforeTheFirstRecordFailsTheFetch) {
  const auto limits = CallLimits::Within(std::chrono::milliseconds(50));
  const auto fetched = broker_.Fetch({.partition = orders_, .max_wait = std::chrono::hours(1)}, limits);
  EXPECT_EQ(fetched.status().code(), StatusCode::kDeadlineExceeded);
}

TEST_P(BrokerContract, ACallerThatGivesUpFailsTheFetch) {
  std::stop_source give_up;
  const auto limits = CallLimits::Within(std::chrono::hours(1), give_up.get_token());
  std::jthread stopper([&give_up] { give_up.request_stop(); });
  const auto fetched = broker_.Fetch({.partition = orders_, .max_wait = std::chrono::hours(1)}, limits);
  EXPECT_EQ(fetched.status().code(), StatusCode::kDeadlineExceeded);
}

TEST_P(BrokerContract, ReadsTheTimestampOfTheRecordAtAnOffset) {
  EXPECT_TRUE(Produce({"a"}).ok());
  const Watermarks at_record = broker_.ReadWatermarks(orders_, 0, Soon()).value();
  EXPECT_EQ(at_record.log_start_offset, 0U);
  EXPECT_EQ(at_record.high_watermark, 1U);
  EXPECT_EQ(at_record.timestamp_ms, 5);
  EXPECT_EQ(broker_.ReadWatermarks(orders_, 1, Soon())->timestamp_ms, std::nullopt);
  EXPECT_EQ(WatermarksOf(orders_).timestamp_ms, std::nullopt);
}

TEST_P(BrokerContract, TellsTheLifeOfALog) {
  EXPECT_TRUE(Produce({"a"}).ok());
  const LogLife life = WatermarksOf(orders_).life;
  EXPECT_NE(life.topic_id, 0U);
  EXPECT_NE(life.open_id, 0U);
  EXPECT_EQ(Fetch(0)->life, life);
}

TEST_P(BrokerContract, AFetchForAnotherLifeOfTheTopicIsNotFound) {
  const std::uint64_t topic_id = WatermarksOf(orders_).life.topic_id;
  EXPECT_TRUE(broker_.Fetch({.partition = orders_, .topic_id = topic_id}, Soon()).ok());
  EXPECT_EQ(broker_.Fetch({.partition = orders_, .topic_id = topic_id + 1}, Soon()).status().code(),
            StatusCode::kNotFound);
}

TEST_P(BrokerContract, KeepsTheCommitsOfGroupsApart) {
  EXPECT_TRUE(Produce({"a", "b"}).ok());
  EXPECT_EQ(Committed("billing"), std::nullopt);
  EXPECT_TRUE(broker_.Commit({"billing"}, orders_, 2, Soon()).ok());
  EXPECT_EQ(Committed("billing"), 2U);
  EXPECT_EQ(Committed("audit"), std::nullopt);
}

TEST_P(BrokerContract, ACommitMayBeLowerThanTheOneBefore) {
  EXPECT_TRUE(Produce({"a", "b"}).ok());
  EXPECT_TRUE(broker_.Commit({"billing"}, orders_, 2, Soon()).ok());
  EXPECT_TRUE(broker_.Commit({"billing"}, orders_, 1, Soon()).ok());
  EXPECT_EQ(Committed("billing"), 1U);
}

TEST_P(BrokerContract, AMemberReadsThePartitionsOfItsTopics) {
  const std::vector<std::string> topics = {"orders"};
  const auto given = broker_.Heartbeat({.group = "billing", .id = "m"}, {topics, {}, std::chrono::minutes(5)}, Soon());
  EXPECT_EQ(given.value(), (std::vector<TopicPartition>{orders_, other_orders_}));
  EXPECT_TRUE(broker_.LeaveGroup({.group = "billing", .id = "m"}, Soon()).ok());
}

TEST_P(BrokerContract, ACommitThatArrivesLateIsAborted) {
  const std::vector<std::string> topics = {"orders"};
  EXPECT_TRUE(Produce({"a", "b"}).ok());
  EXPECT_TRUE(broker_.Heartbeat({.group = "g", .id = "m"}, {topics, {}, std::chrono::minutes(5)}, Soon()).ok());
  EXPECT_TRUE(broker_.Commit({.group = "g", .id = "m", .commit_sequence = 2}, orders_, 2, Soon()).ok());
  const Status late = broker_.Commit({.group = "g", .id = "m", .commit_sequence = 1}, orders_, 1, Soon());
  EXPECT_EQ(late.code(), StatusCode::kAborted);
  EXPECT_EQ(Committed("g"), 2U);
}

TEST_P(BrokerContract, ACommitForAnotherLifeOfTheTopicIsNotFound) {
  LogLife life = WatermarksOf(orders_).life;
  EXPECT_TRUE(broker_.Commit({.group = "g", .life = life}, orders_, 0, Soon()).ok());
  ++life.topic_id;
  EXPECT_EQ(broker_.Commit({.group = "g", .life = life}, orders_, 0, Soon()).code(), StatusCode::kNotFound);
}

TEST_P(BrokerContract, CreatesATopicOnceAndKeepsItsRetention) {
  const Retention hour = {.age_max = std::chrono::hours(1)};
  EXPECT_TRUE(broker_.CreateTopic({.name = "events", .partitions = 2, .retention = hour}, Soon()).ok());
  EXPECT_TRUE(broker_.CreateTopic("events", 2, Soon()).ok());
  EXPECT_EQ(broker_.CreateTopic("events", 3, Soon()).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(broker_.DescribeTopic("events", Soon())->partitions, 2U);
  EXPECT_EQ(broker_.DescribeTopic("events", Soon())->retention, hour);
}

TEST_P(BrokerContract, ListsTopicsInTheOrderOfTheirNames) {
  EXPECT_TRUE(broker_.CreateTopic("events", 1, Soon()).ok());
  EXPECT_TRUE(broker_.CreateTopic("zones", 1, Soon()).ok());
  EXPECT_TRUE(broker_.SetRetention("zones", {.bytes_max = 9}, Soon()).ok());
  const auto topics = broker_.ListTopics(Soon()).value();
  ASSERT_EQ(topics.size(), 3U);
  EXPECT_EQ(topics[0].name, "events");
  EXPECT_EQ(topics[1].name, "orders");
  EXPECT_EQ(topics[2].retention, Retention{.bytes_max = 9});
}

// Invariant 3 of client/broker.h.
TEST_P(BrokerContract, APartitionThatIsAddedBeginsEmptyAndLeavesTheOthers) {
  EXPECT_TRUE(Produce({"a"}).ok());
  EXPECT_TRUE(broker_.AddPartitions("orders", 3, Soon()).ok());
  EXPECT_EQ(WatermarksOf({"orders", 2}).high_watermark, 0U);
  EXPECT_EQ(WatermarksOf(orders_).high_watermark, 1U);
  EXPECT_EQ(broker_.AddPartitions("orders", 3, Soon()).code(), StatusCode::kInvalidArgument);
}

TEST_P(BrokerContract, ADeletedTopicTakesItsRecordsAndCommitsWithIt) {
  EXPECT_TRUE(Produce({"a", "b"}).ok());
  EXPECT_TRUE(broker_.Commit({"billing"}, orders_, 2, Soon()).ok());
  const std::uint64_t topic_id = WatermarksOf(orders_).life.topic_id;
  const DeletedTopic deleted = broker_.DeleteTopic("orders", Soon()).value();
  EXPECT_EQ(deleted.partitions, 2U);
  EXPECT_EQ(deleted.records, 2U);
  EXPECT_EQ(Fetch(0).status().code(), StatusCode::kNotFound);
  ASSERT_TRUE(broker_.CreateTopic("orders", 2, Soon()).ok());
  EXPECT_EQ(WatermarksOf(orders_).high_watermark, 0U);
  EXPECT_NE(WatermarksOf(orders_).life.topic_id, topic_id);
  EXPECT_EQ(Committed("billing"), std::nullopt);
}

TEST_P(BrokerContract, AMissingTopicOrPartitionIsNotFound) {
  EXPECT_EQ(broker_.Produce(nowhere_, BatchOf({"a"}), Soon()).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(broker_.Fetch({.partition = nowhere_}, Soon()).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(broker_.ReadWatermarks(nowhere_, {}, Soon()).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(broker_.Commit({"billing"}, nowhere_, 0, Soon()).code(), StatusCode::kNotFound);
  EXPECT_EQ(broker_.DescribeTopic("none", Soon()).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(broker_.DeleteTopic("none", Soon()).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(broker_.SetRetention("none", {}, Soon()).code(), StatusCode::kNotFound);
  EXPECT_EQ(broker_.AddPartitions("none", 2, Soon()).code(), StatusCode::kNotFound);
}

}  // namespace streamhouse::client
