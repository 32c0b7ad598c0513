#include "agent/rpc/rpc_server.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "metrics_core/host_port.h"
#include "tests/agent/support/catalog_fixture.h"
#include "tests/support/held_port.h"

namespace streamhouse::agent {
namespace {

class RpcServerTest : public CatalogFixture {
 protected:
  Result<std::unique_ptr<RpcServer>> Start(const std::string& host, std::uint16_t port) {
    return RpcServer::Start({.address = metrics::HostPort{.host = host, .port = port}, .request_bytes_max = 1 << 20},
                            {.topics = *topics_,
                             .offsets = offsets_,
                             .members = members_,
                             .groups = groups_,
                             .times = times_,
                             .metrics = metrics_,
                             .health = &health_});
  }

  const RpcMetrics metrics_;
  CommittedOffsets offsets_{*store_, *topics_};
  GroupCoordinator members_{*store_, *topics_};
  GroupTimes times_;
  ConsumerGroups groups_{*store_, *topics_, members_, times_};
  metrics::Health health_;
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
  const HeldPort port;
  auto server = Start("127.0.0.1", port.number());
  ASSERT_TRUE(server.ok()) << server.status().message();
  (*server)->Shutdown(std::chrono::milliseconds(0));
  (*server)->Shutdown(std::chrono::milliseconds(0));
  EXPECT_TRUE(Start("127.0.0.1", port.number()).ok());
}

// The health service and reflection have messages of their own; that they answer is enough to know
// that they are there.
TEST_F(RpcServerTest, HasTheServicesThatOperatorsToolsLookFor) {
  auto server = Start("127.0.0.1", 0);
  const auto channel =
      grpc::CreateChannel("127.0.0.1:" + std::to_string((*server)->port()), grpc::InsecureChannelCredentials());
  const auto call = [&](const std::string& method) {
    grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub(channel);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    const grpc::Slice nothing(std::string{});
    const grpc::ByteBuffer request(&nothing, 1);
    grpc::CompletionQueue queue;
    const auto reader = stub.PrepareUnaryCall(&context, method, request, &queue);
    reader->StartCall();
    grpc::ByteBuffer response;
    grpc::Status status;
    reader->Finish(&response, &status, this);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    return status.error_code();
  };
  EXPECT_EQ(call("/grpc.health.v1.Health/Check"), grpc::StatusCode::OK);
  EXPECT_EQ(call("/grpc.health.v1.Health/Nothing"), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_NE(call("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"), grpc::StatusCode::UNIMPLEMENTED);
}

}  // namespace
}  // namespace streamhouse::agent
