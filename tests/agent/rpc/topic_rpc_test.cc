#include "agent/rpc/topic_rpc.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "agent/topic_catalog.h"
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

  // With a connection of its own.
  grpc::StatusCode DeleteAsNewClient(const std::string& topic) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    const auto stub = v1::TopicService::NewStub(
        grpc::CreateCustomChannel(agent_.address(), grpc::InsecureChannelCredentials(), arguments));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    v1::DeleteTopicRequest request;
    request.set_topic(topic);
    v1::DeleteTopicResponse response;
    return stub->DeleteTopic(&context, request, &response).error_code();
  }

  RunningAgent agent_;
  v1::DescribeTopicResponse described_;
};

// Of this process, as long as it lives.
class OpenFileLimit {
 public:
  explicit OpenFileLimit(rlim_t files) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit few = {.rlim_cur = files, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &few);
  }
  ~OpenFileLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  OpenFileLimit(const OpenFileLimit&) = delete;
  OpenFileLimit& operator=(const OpenFileLimit&) = delete;

 private:
  rlimit before_ = {};
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

// Goal: topics never take the files that the agent needs to serve. Method: as many topics as go.
TEST_F(TopicRpcTest, RefusesATopicBeforeTheAgentRunsOutOfOpenFiles) {
  const OpenFileLimit limit(200);
  std::uint32_t partitions = 2;
  grpc::StatusCode created = grpc::StatusCode::OK;
  for (; created == grpc::StatusCode::OK && partitions < 200; ++partitions) {
    created = Create("topic-" + std::to_string(partitions), 1);
  }
  EXPECT_EQ(created, grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(partitions - 1, 200 * kPartitionsPercentMax / 100);
  v1::ProduceResponse response;
  EXPECT_TRUE(agent_.Produce(RunningAgent::Batch("topic-2", 0, {"a"}), &response).ok());
  EXPECT_EQ(agent_.Produce({"a"}), grpc::StatusCode::OK);
  EXPECT_EQ(DeleteAsNewClient("topic-2"), grpc::StatusCode::OK);
  EXPECT_EQ(Create("another", 1), grpc::StatusCode::OK);
}

// Goal: a lack of descriptors keeps clients out for no longer than it lasts. Method: one connects
// while there is none.
TEST_F(TopicRpcTest, ServesNewClientsAgainAfterAllOpenFilesWereTaken) {
  ASSERT_EQ(Create("events", 1), grpc::StatusCode::OK);
  const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  {
    const OpenFileLimit limit(200);
    std::vector<int> taken;
    for (int file = ::open("/", O_RDONLY); file >= 0; file = ::open("/", O_RDONLY)) taken.push_back(file);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(agent_.agent().grpc_port()));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(client, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(Describe("events"), grpc::StatusCode::OK);
    for (const int file : taken) ::close(file);
  }
  EXPECT_EQ(DeleteAsNewClient("events"), grpc::StatusCode::OK);
  ::close(client);
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
