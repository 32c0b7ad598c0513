#include "agent/rpc/producer_rpc.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "proto/record_block.h"
#include "proto/record_headers.h"
#include "proto/record_layout.h"
#include "tests/agent/support/running_agent.h"
#include "tests/support/eventually.h"
#include "tests/support/exemplar_finder.h"

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

TEST_F(ProducerRpcTest, KeepsHeadersInOrder) {
  v1::ProduceRequest request = RunningAgent::Batch("orders", 0, {"a", "b"});
  for (const char* const value : {"1", "2"}) {
    v1::Header& header = *request.mutable_records(1)->add_headers();
    header.set_name("name");
    header.set_value(value);
  }
  ASSERT_TRUE(Produce(request).ok());
  v1::FetchResponse fetched;
  ASSERT_TRUE(agent_.Fetch(RunningAgent::FetchFrom(0, 0), &fetched).ok());
  EXPECT_EQ(fetched.records(0).headers_size(), 0);
  ASSERT_EQ(fetched.records(1).headers_size(), 2);
  EXPECT_EQ(fetched.records(1).headers(0).name(), "name");
  EXPECT_EQ(fetched.records(1).headers(1).value(), "2");
}

TEST_F(ProducerRpcTest, TakesTheTraceOfTheRequestAsAnExemplarOfItsLatencies) {
  grpc::ClientContext context;
  context.AddMetadata("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  ASSERT_TRUE(agent_.producer().Produce(&context, RunningAgent::Batch("orders", 0, {"a"}), &response_).ok());
  for (const char* const family :
       {"streamhouse_agent_write_latency_seconds", "streamhouse_agent_grpc_request_duration_seconds"}) {
    EXPECT_TRUE(Eventually([&] { return FindExemplar(agent_.registry(), family).has_value(); })) << family;
    EXPECT_EQ(FindExemplar(agent_.registry(), family)->trace.span_id, 0xb7ad6b7169203331U);
  }
}

TEST_F(ProducerRpcTest, HasNoExemplarOfARequestWithoutATrace) {
  ASSERT_TRUE(Produce(RunningAgent::Batch("orders", 0, {"a"})).ok());
  EXPECT_FALSE(FindExemplar(agent_.registry(), "streamhouse_agent_write_latency_seconds").has_value());
}

// A batch of records in one piece, in each way that it may travel.
class ProduceBlockTest : public ProducerRpcTest, public testing::WithParamInterface<v1::Compression> {
 protected:
  static v1::ProduceRequest BlockOf(const std::vector<std::string>& values, v1::Compression compression = GetParam()) {
    std::string records;
    for (const std::string& value : values) v1::AppendRecord({.key = "k", .value = value, .timestamp_ms = 5}, records);
    v1::ProduceRequest request = RunningAgent::Batch("orders", 0, {});
    v1::PackBlock(records, static_cast<std::uint32_t>(values.size()), compression, *request.mutable_block());
    return request;
  }

  grpc::StatusCode CodeOf(const v1::ProduceRequest& request) { return Produce(request).error_code(); }
};

TEST_P(ProduceBlockTest, IsStoredRecordByRecord) {
  const std::string repetitive(1000, 'x');
  ASSERT_TRUE(Produce(BlockOf({"a", repetitive})).ok());
  EXPECT_EQ(response_.record_count(), 2U);
  v1::FetchResponse fetched;
  ASSERT_TRUE(agent_.Fetch(RunningAgent::FetchFrom(1, 0), &fetched).ok());
  ASSERT_EQ(fetched.records_size(), 1);
  EXPECT_EQ(fetched.records(0).key(), "k");
  EXPECT_EQ(fetched.records(0).value(), repetitive);
  EXPECT_EQ(fetched.records(0).timestamp_ms(), 5);
}

TEST_P(ProduceBlockTest, IsAnsweredAsTheFirstTimeWhenItIsSentAgainHoweverItTravels) {
  ASSERT_TRUE(Produce(RunningAgent::Batch("orders", 0, {"before"})).ok());
  for (const v1::Compression compression : {GetParam(), GetParam(), v1::COMPRESSION_NONE, v1::COMPRESSION_LZ4}) {
    v1::ProduceRequest request = BlockOf({"a", "b"}, compression);
    request.set_producer_id(7);
    ASSERT_TRUE(Produce(request).ok());
    EXPECT_EQ(response_.base_offset(), 1U);
  }
  EXPECT_EQ(agent_.Value("records_written_total"), 3);
}

TEST_P(ProduceBlockTest, IsRefusedOverTheLimitOfARequestHoweverSmallItTravels) {
  v1::ProduceRequest bomb = BlockOf({std::string(1000, '\0')});
  bomb.mutable_block()->set_records_bytes((16 << 20) + 1);
  const grpc::Status status = Produce(bomb);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(status.error_message(), "a request of 16777217 bytes is over the limit of 16777216");
}

TEST_P(ProduceBlockTest, IsRefusedWithARecordOverTheLimit) {
  EXPECT_EQ(CodeOf(BlockOf({std::string((1 << 20) + 1, 'x')})), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_P(ProduceBlockTest, IsRefusedWhenItIsCutOff) {
  v1::ProduceRequest request = BlockOf({"a", "b"});
  request.mutable_block()->mutable_data()->pop_back();
  const grpc::Status status = Produce(request);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "the block of records is damaged");
}

TEST_P(ProduceBlockTest, IsRefusedWithAnotherNumberOfRecordsThanItSays) {
  for (const std::uint32_t claimed : {0U, 1U, 3U, 0xFFFFFFFFU}) {
    v1::ProduceRequest request = BlockOf({"a", "b"});
    request.mutable_block()->set_record_count(claimed);
    EXPECT_EQ(CodeOf(request), grpc::StatusCode::INVALID_ARGUMENT) << claimed;
  }
  EXPECT_EQ(CodeOf(BlockOf({})), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(agent_.Value("records_written_total"), 0);
}

TEST_P(ProduceBlockTest, IsRefusedWithHeadersThatAreNotWhole) {
  std::string headers;
  v1::AppendHeader({.name = "name", .value = "value"}, headers);
  for (const std::string& laid_out : {headers, headers.substr(1)}) {
    std::string records;
    v1::AppendRecord({.key = "k", .value = "v", .timestamp_ms = 1, .headers = laid_out}, records);
    v1::ProduceRequest request = RunningAgent::Batch("orders", 0, {});
    v1::PackBlock(records, 1, GetParam(), *request.mutable_block());
    EXPECT_EQ(CodeOf(request) == grpc::StatusCode::OK, laid_out == headers);
  }
}

TEST_P(ProduceBlockTest, IsRefusedBesideOtherRecords) {
  v1::ProduceRequest request = BlockOf({"a"});
  request.add_records()->set_value("b");
  EXPECT_EQ(CodeOf(request), grpc::StatusCode::INVALID_ARGUMENT);
}

INSTANTIATE_TEST_SUITE_P(EveryCompression, ProduceBlockTest,
                         testing::Values(v1::COMPRESSION_NONE, v1::COMPRESSION_LZ4, v1::COMPRESSION_ZSTD),
                         [](const auto& info) { return v1::Compression_Name(info.param); });

TEST_F(ProducerRpcTest, RefusesACompressionThatItDoesNotKnow) {
  v1::ProduceRequest request = RunningAgent::Batch("orders", 0, {});
  request.mutable_block()->set_compression(static_cast<v1::Compression>(99));
  const grpc::Status status = Produce(request);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "the block of records has a compression that this program does not know");
}

TEST_F(ProducerRpcTest, TakesABatchOfAThousandRecords) {
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

// A limit that is reached soon.
class SmallRequestsTest : public testing::Test {
 protected:
  static constexpr std::size_t kLimit = std::size_t{1} << 16;

  static AgentConfig Config() {
    AgentConfig config = RunningAgent::DefaultConfig({});
    config.record_bytes_max = kLimit / 2;
    config.request_bytes_max = kLimit;
    return config;
  }
  grpc::StatusCode CodeOf(const v1::ProduceRequest& request) {
    return agent_.Produce(request, &response_).error_code();
  }

  RunningAgent agent_{Config()};
  v1::ProduceResponse response_;
};

TEST_F(SmallRequestsTest, ChargesARecordForMoreThanItsBytes) {
  v1::ProduceRequest request = RunningAgent::Batch("orders", 0, {});
  for (std::size_t i = 0; i <= kLimit / 16; ++i) request.add_records();
  EXPECT_EQ(CodeOf(request), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(SmallRequestsTest, ChargesAHeaderForMoreThanItsBytes) {
  v1::ProduceRequest request = RunningAgent::Batch("orders", 0, {""});
  for (std::size_t i = 0; i <= kLimit / 8; ++i) request.mutable_records(0)->add_headers();
  EXPECT_EQ(CodeOf(request), grpc::StatusCode::RESOURCE_EXHAUSTED);
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
