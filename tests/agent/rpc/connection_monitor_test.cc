#include "agent/rpc/connection_monitor.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "metrics_core/host_port.h"
#include "metrics_core/sockets/socket_address.h"
#include "tests/agent/support/running_agent.h"
#include "tests/support/eventually.h"
#include "tests/support/short_folder.h"

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
  static metrics::SocketAddress AddressOf(RunningAgent& agent) {
    return metrics::HostPort{.host = "127.0.0.1", .port = static_cast<std::uint16_t>(agent.agent().grpc_port())};
  }
  // Of an agent on that socket, with one client by gRPC's name of it.
  static bool CountsAClientOf(const metrics::UnixSocket& socket, const std::string& target) {
    AgentConfig config = RunningAgent::DefaultConfig({});
    config.grpc_unix_socket = socket;
    const RunningAgent agent(config);
    const auto channel = grpc::CreateChannel(target, grpc::InsecureChannelCredentials());
    EXPECT_TRUE(channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(20)));
    return Eventually([&] { return CountConnections(socket) == 1; });
  }
  bool EventuallyCounts(std::size_t connections) {
    return Eventually([&] { return CountConnections(AddressOf(agent_)) == connections; });
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
  EXPECT_EQ(CountConnections(AddressOf(other)), 0U);
}

TEST_F(ConnectionMonitorTest, CountsClientsOfUnixSockets) {
  const ShortFolder folder;
  EXPECT_TRUE(CountsAClientOf({.path = folder.File("a b")}, "unix://" + folder.path() + "/a%20b"));
  EXPECT_TRUE(CountsAClientOf({.path = "@" + folder.path()}, "unix-abstract:" + folder.path()));
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
