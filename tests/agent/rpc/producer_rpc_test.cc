#include "agent/rpc/producer_rpc.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/agent/support/running_agent.h"

namespace streamhouse::agent {
namespace {

class ProducerRpcTest : public testing::Test {
 protected:
  grpc::Status Produce(const v1::ProduceRequest& request) { return agent_.Produce(request, &response_); }

  RunningAgent agent_;
  v1::ProduceResponse response_;
};

TEST_F(ProducerRpcTest, AnswersWithTheOffsetOfTheFirstRecord) {
  ASSERT_TRUE(Produce(RunningAgent::Batch("orders", 1, {"a", "b"})).ok());
  EXPECT_EQ(response_.base_offset(), 0U);
  EXPECT_EQ(response_.record_count(), 2U);
  ASSERT_TRUE(Produce(RunningAgent::Batch("orders", 1, {"c"})).ok());
  EXPECT_EQ(response_.base_offset(), 2U);
}

TEST_F(ProducerRpcTest, KeepsPartitionsApart) {
  ASSERT_TRUE(Produce(RunningAgent::Batch("orders", 0, {"a", "b"})).ok());
  ASSERT_TRUE(Produce(RunningAgent::Batch("orders", 1, {"c"})).ok());
  EXPECT_EQ(response_.base_offset(), 0U);
}

TEST_F(ProducerRpcTest, KeepsKeysAbsentEmptyOrGiven) {
  v1::ProduceRequest request = RunningAgent::Batch("orders", 0, {"a", "b", "c"});
  request.mutable_records(1)->set_key("");
  request.mutable_records(2)->set_key("key");
  ASSERT_TRUE(Produce(request).ok());
  v1::FetchResponse fetched;
  ASSERT_TRUE(agent_.Fetch(RunningAgent::FetchFrom(0, 0), &fetched).ok());
  ASSERT_EQ(fetched.records_size(), 3);
  EXPECT_FALSE(fetched.records(0).has_key());
  EXPECT_TRUE(fetched.records(1).has_key());
  EXPECT_EQ(fetched.records(2).key(), "key");
  EXPECT_EQ(fetched.records(2).timestamp_ms(), 1700000000000);
}

TEST_F(ProducerRpcTest, AnswersABatchThatIsSentAgainAsTheFirstTime) {
  v1::ProduceRequest request = RunningAgent::Batch("orders", 1, {"a", "b"});
  request.set_producer_id(7);
  ASSERT_TRUE(Produce(RunningAgent::Batch("orders", 1, {"before"})).ok());
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(Produce(request).ok());
    EXPECT_EQ(response_.base_offset(), 1U);
    EXPECT_EQ(response_.record_count(), 2U);
  }
  EXPECT_EQ(agent_.Value("records_written_total"), 3);
}

TEST_F(ProducerRpcTest, TakesALargeBatchAsItIs) {
  const std::vector<std::string> values(1000, std::string(100, 'x'));
  ASSERT_TRUE(Produce(RunningAgent::Batch("orders", 0, values)).ok());
  EXPECT_EQ(response_.record_count(), 1000U);
}

TEST_F(ProducerRpcTest, RefusesAnEmptyBatch) {
  EXPECT_EQ(Produce(RunningAgent::Batch("orders", 0, {})).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ProducerRpcTest, RefusesABadTopicName) {
  EXPECT_EQ(Produce(RunningAgent::Batch("../etc", 0, {"a"})).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ProducerRpcTest, DoesNotFindUnknownTopicsAndPartitions) {
  EXPECT_EQ(Produce(RunningAgent::Batch("none", 0, {"a"})).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Produce(RunningAgent::Batch("orders", 2, {"a"})).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(ProducerRpcTest, NamesTheSizeOfARecordOverTheLimit) {
  const std::string limit(1 << 20, 'x');
  EXPECT_TRUE(Produce(RunningAgent::Batch("orders", 0, {limit})).ok());
  const grpc::Status status = Produce(RunningAgent::Batch("orders", 0, {"a", limit + "x"}));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "a record of 1048577 bytes is over the limit of 1048576");
}

TEST_F(ProducerRpcTest, ChargesARecordForMoreThanItsBytes) {
  v1::ProduceRequest request = RunningAgent::Batch("orders", 0, {});
  for (int i = 0; i <= (16 << 20) / 16; ++i) request.add_records();
  EXPECT_EQ(Produce(request).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(ProducerRpcTest, RefusesARequestOverTheSizeLimit) {
  const std::vector<std::string> values(17, std::string(1 << 20, 'x'));
  const grpc::Status status = Produce(RunningAgent::Batch("orders", 0, values));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(status.error_message(), "a request of 17826064 bytes is over the limit of 16777216");
}

TEST_F(ProducerRpcTest, DoesNotEvenTakeAMessageOfTwiceTheSizeLimit) {
  const std::vector<std::string> values(33, std::string(1 << 20, 'x'));
  EXPECT_EQ(Produce(RunningAgent::Batch("orders", 0, values)).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(Produce(RunningAgent::Batch("orders", 0, {"a"})).ok());
}

}  // namespace
}  // namespace streamhouse::agent
