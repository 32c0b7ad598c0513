#include "agent/rpc/connection_monitor.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

#include "tests/agent/support/running_agent.h"
#include "tests/support/eventually.h"

namespace streamhouse::agent {
namespace {

class ConnectionMonitorTest : public testing::Test {
 protected:
  std::shared_ptr<grpc::Channel> Connect() {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
    auto channel = grpc::CreateCustomChannel(agent_.address(), grpc::InsecureChannelCredentials(), arguments);
    EXPECT_TRUE(channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(20)));
    return channel;
  }
  bool EventuallyCounts(std::size_t connections) {
    return Eventually([&] { return CountConnections(agent_.agent().grpc_port()) == connections; });
  }

  RunningAgent agent_;
};

TEST_F(ConnectionMonitorTest, CountsNothingBeforeAClientConnects) {
  EXPECT_TRUE(EventuallyCounts(0));
}

TEST_F(ConnectionMonitorTest, FollowsConnectionsUpAndDown) {
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  for (int i = 0; i < 3; ++i) channels.push_back(Connect());
  EXPECT_TRUE(EventuallyCounts(3));
  channels.pop_back();
  EXPECT_TRUE(EventuallyCounts(2));
  channels.clear();
  EXPECT_TRUE(EventuallyCounts(0));
}

TEST_F(ConnectionMonitorTest, CountsOnlyItsOwnPort) {
  RunningAgent other;
  const auto channel = Connect();
  EXPECT_TRUE(EventuallyCounts(1));
  EXPECT_EQ(CountConnections(other.agent().grpc_port()), 0U);
}

TEST_F(ConnectionMonitorTest, ShowsConnectionsInTheGauge) {
  const auto gauge = [&] { return agent_.Value("active_connections"); };
  {
    const auto channel = Connect();
    EXPECT_TRUE(Eventually([&] { return gauge() == 1; }));
  }
  EXPECT_TRUE(Eventually([&] { return gauge() == 0; }));
}

TEST_F(ConnectionMonitorTest, ShowsNoneOnceTheAgentHasStopped) {
  const auto channel = Connect();
  EXPECT_TRUE(Eventually([&] { return agent_.Value("active_connections") == 1; }));
  agent_.Stop();
  EXPECT_EQ(agent_.Value("active_connections"), 0);
}

}  // namespace
}  // namespace streamhouse::agent
