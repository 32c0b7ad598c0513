#include "agent/rpc/topic_rpc.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "tests/agent/support/running_agent.h"

namespace streamhouse::agent {
namespace {

class TopicRpcTest : public testing::Test {
 protected:
  grpc::StatusCode Create(const std::string& topic, std::uint32_t partitions) {
    grpc::ClientContext context;
    v1::CreateTopicRequest request;
    request.set_topic(topic);
    request.set_partitions(partitions);
    v1::CreateTopicResponse response;
    return agent_.topics().CreateTopic(&context, request, &response).error_code();
  }
  grpc::StatusCode SetRetention(const std::string& topic, std::uint64_t age_ms, std::uint64_t bytes) {
    grpc::ClientContext context;
    v1::SetRetentionRequest request;
    request.set_topic(topic);
    request.mutable_retention()->set_age_ms(age_ms);
    request.mutable_retention()->set_bytes(bytes);
    v1::SetRetentionResponse response;
    return agent_.topics().SetRetention(&context, request, &response).error_code();
  }
  grpc::StatusCode Describe(const std::string& topic) {
    grpc::ClientContext context;
    v1::DescribeTopicRequest request;
    request.set_topic(topic);
    return agent_.topics().DescribeTopic(&context, request, &described_).error_code();
  }

  RunningAgent agent_;
  v1::DescribeTopicResponse described_;
};

TEST_F(TopicRpcTest, CreatesATopicThatTakesRecordsAtOnce) {
  ASSERT_EQ(Create("events", 3), grpc::StatusCode::OK);
  ASSERT_EQ(Describe("events"), grpc::StatusCode::OK);
  EXPECT_EQ(described_.partitions(), 3U);
  v1::ProduceResponse response;
  EXPECT_TRUE(agent_.Produce(RunningAgent::Batch("events", 2, {"a"}), &response).ok());
}

TEST_F(TopicRpcTest, AcceptsTheSameTopicAgainAndRefusesAnotherSize) {
  ASSERT_EQ(Create("events", 3), grpc::StatusCode::OK);
  EXPECT_EQ(Create("events", 3), grpc::StatusCode::OK);
  EXPECT_EQ(Create("events", 2), grpc::StatusCode::ALREADY_EXISTS);
}

TEST_F(TopicRpcTest, RefusesBadNamesAndSizes) {
  EXPECT_EQ(Create("", 1), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Create("..", 1), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Create("events", 0), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Create("events", 1'000'000), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(TopicRpcTest, SetsTheRetentionOfATopic) {
  ASSERT_EQ(SetRetention("orders", 60'000, 1'000'000), grpc::StatusCode::OK);
  ASSERT_EQ(Describe("orders"), grpc::StatusCode::OK);
  EXPECT_EQ(described_.retention().age_ms(), 60'000U);
  EXPECT_EQ(described_.retention().bytes(), 1'000'000U);
  EXPECT_EQ(SetRetention("none", 1, 1), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(SetRetention("orders", UINT64_MAX, 0), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(TopicRpcTest, ListsTopicsByName) {
  ASSERT_EQ(Create("events", 3), grpc::StatusCode::OK);
  ASSERT_EQ(SetRetention("events", 60'000, 7), grpc::StatusCode::OK);
  grpc::ClientContext context;
  v1::ListTopicsResponse listed;
  ASSERT_TRUE(agent_.topics().ListTopics(&context, {}, &listed).ok());
  ASSERT_EQ(listed.topics_size(), 2);
  EXPECT_EQ(listed.topics(0).topic(), "events");
  EXPECT_EQ(listed.topics(0).partitions(), 3U);
  EXPECT_EQ(listed.topics(0).retention().age_ms(), 60'000U);
  EXPECT_EQ(listed.topics(0).retention().bytes(), 7U);
  EXPECT_EQ(listed.topics(0).not_served(), "");
  EXPECT_EQ(listed.topics(1).topic(), "orders");
}

TEST_F(TopicRpcTest, DoesNotFindUnknownTopics) {
  EXPECT_EQ(Describe("none"), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Describe("a b"), grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace streamhouse::agent
