#include "client/agent_broker/grpc_target.h"

#include <gtest/gtest.h>

#include <string>

#include "metrics_core/status.h"

namespace streamhouse::client {
namespace {

std::string TextOf(const std::string& address) {
  const auto target = GrpcTargetOf(address);
  return target.ok() ? target.value().text : target.status().message();
}

TEST(GrpcTargetTest, SpellsUnixSocketsAsGrpcDoes) {
  EXPECT_EQ(TextOf("unix:///run/a%20b.sock"), "unix:///run/a%20b.sock");
  EXPECT_EQ(TextOf("unix:@a?b"),
            "\"unix:@a?b\" has options, which are for the program that listens; a '?' in the path is %3F");
  EXPECT_EQ(TextOf("unix:@agent"), "unix-abstract:agent");
  EXPECT_EQ(TextOf("unix:@/run/a"), "unix-abstract:/run/a");
  EXPECT_EQ(TextOf("unix:@//a"), "address begins with unix:@//, which gRPC cannot reach");
  EXPECT_TRUE(GrpcTargetOf("unix:@agent").value().is_unix);
}

TEST(GrpcTargetTest, LeavesHostsToGrpc) {
  EXPECT_EQ(TextOf("agent.example:9090"), "agent.example:9090");
  EXPECT_FALSE(GrpcTargetOf("agent.example:9090").value().is_unix);
}

TEST(GrpcTargetTest, RefusesTextsThatNameNoAgent) {
  EXPECT_EQ(TextOf(""), "address is empty");
  EXPECT_EQ(TextOf(":9090"), "address has no host");
  EXPECT_EQ(TextOf("unix:agent.sock"), "\"unix:agent.sock\" is not unix:///PATH with an absolute path, or unix:@NAME");
}

}  // namespace
}  // namespace streamhouse::client
