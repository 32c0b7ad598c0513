#include "agent/rpc/rpc_server.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "tests/agent/support/catalog_fixture.h"

namespace streamhouse::agent {
namespace {

class RpcServerTest : public CatalogFixture {
 protected:
  Result<std::unique_ptr<RpcServer>> Start(const std::string& host, std::uint16_t port) {
    return RpcServer::Start({.host = host, .port = port, .request_bytes_max = 1 << 20, .fetch = {}}, *topics_, offsets_,
                            groups_, metrics_);
  }

  const AgentMetrics metrics_;
  CommittedOffsets offsets_{*store_, *topics_};
  GroupCoordinator groups_{*topics_};
};

TEST_F(RpcServerTest, PicksAFreePort) {
  auto server = Start("127.0.0.1", 0);
  ASSERT_TRUE(server.ok());
  EXPECT_GT((*server)->port(), 0);
}

TEST_F(RpcServerTest, ListensOnIpVersion6) {
  auto server = Start("::1", 0);
  ASSERT_TRUE(server.ok()) << server.status().message();
  EXPECT_GT((*server)->port(), 0);
}

TEST_F(RpcServerTest, NamesAddressAndPortThatAreTaken) {
  auto server = Start("127.0.0.1", 0);
  const auto port = static_cast<std::uint16_t>((*server)->port());
  const Status status = Start("127.0.0.1", port).status();
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  EXPECT_EQ(status.message().find("cannot listen for gRPC on 127.0.0.1:" + std::to_string(port) + ": "), 0U)
      << status.message();
}

TEST_F(RpcServerTest, NamesAnAddressThatIsNotOfThisMachine) {
  const Status status = Start("192.0.2.1", 0).status();
  EXPECT_NE(status.message().find("192.0.2.1:0"), std::string::npos) << status.message();
}

TEST_F(RpcServerTest, GivesThePortBackAndMayBeShutDownTwice) {
  auto server = Start("127.0.0.1", 0);
  const auto port = static_cast<std::uint16_t>((*server)->port());
  (*server)->Shutdown(std::chrono::milliseconds(0));
  (*server)->Shutdown(std::chrono::milliseconds(0));
  EXPECT_TRUE(Start("127.0.0.1", port).ok());
}

}  // namespace
}  // namespace streamhouse::agent
