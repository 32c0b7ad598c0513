// An agent that runs out of files that it may open.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "agent/topics/topic_catalog.h"
#include "tests/agent/support/running_agent.h"
#include "tests/support/open_file_limit.h"

namespace streamhouse::agent {
namespace {

class OpenFilesTest : public testing::Test {
 protected:
  grpc::StatusCode Create(const std::string& topic) {
    grpc::ClientContext context;
    v1::CreateTopicRequest request;
    request.set_topic(topic);
    request.set_partitions(1);
    v1::CreateTopicResponse response;
    return agent_.topics().CreateTopic(&context, request, &response).error_code();
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
};

// Goal: topics never take the files that the agent needs to serve. Method: as many topics as go.
TEST_F(OpenFilesTest, RefusesATopicBeforeTheAgentRunsOutOfOpenFiles) {
  const OpenFileLimit limit(200);
  std::uint32_t partitions = 2;
  grpc::StatusCode created = grpc::StatusCode::OK;
  for (; created == grpc::StatusCode::OK && partitions < 200; ++partitions) {
    created = Create("topic-" + std::to_string(partitions));
  }
  EXPECT_EQ(created, grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(partitions - 1, 200 * kPartitionsPercentMax / 100);
  v1::ProduceResponse response;
  EXPECT_TRUE(agent_.Produce(RunningAgent::Batch("topic-2", 0, {"a"}), &response).ok());
  EXPECT_EQ(agent_.Produce({"a"}), grpc::StatusCode::OK);
  EXPECT_EQ(DeleteAsNewClient("topic-2"), grpc::StatusCode::OK);
  EXPECT_EQ(Create("another"), grpc::StatusCode::OK);
}

// Goal: a lack of descriptors keeps clients out for no longer than it lasts. Method: one connects
// while there is none.
TEST_F(OpenFilesTest, ServesNewClientsAgainAfterAllOpenFilesWereTaken) {
  ASSERT_EQ(Create("events"), grpc::StatusCode::OK);
  ASSERT_EQ(agent_.Produce({"a"}), grpc::StatusCode::OK);
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
    EXPECT_EQ(agent_.Produce({"a"}), grpc::StatusCode::OK);
    for (const int file : taken) ::close(file);
  }
  EXPECT_EQ(DeleteAsNewClient("events"), grpc::StatusCode::OK);
  ::close(client);
}

}  // namespace
}  // namespace streamhouse::agent
