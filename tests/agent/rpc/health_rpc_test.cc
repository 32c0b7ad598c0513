#include "agent/rpc/health_rpc.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <memory>
#include <string>

#include "tests/support/eventually.h"

namespace streamhouse::agent {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using metrics::Status;
using metrics::StatusCode;

class HealthServiceTest : public testing::Test {
 protected:
  // Where no check hangs, a machine that stands still must not make it look so.
  explicit HealthServiceTest(std::chrono::milliseconds checks_time = std::chrono::hours(1))
      : rpc_(&health_, checks_time) {
    EXPECT_TRUE(rpc_.Start().ok());
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&rpc_);
    server_ = builder.BuildAndStart();
    const std::string address = "127.0.0.1:" + std::to_string(port);
    stub_ = grpc::health::v1::Health::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    token_ = health_.Add("lease",
                         [this] { return is_ready_ ? Status::Ok() : Status(StatusCode::kUnavailable, "no lease"); });
  }

  // The response of Check for the service, or the code that it fails with.
  std::string Check(const std::string& service) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    HealthCheckRequest request;
    request.set_service(service);
    HealthCheckResponse response;
    const grpc::Status status = stub_->Check(&context, request, &response);
    return status.ok() ? HealthCheckResponse::ServingStatus_Name(response.status())
                       : std::to_string(status.error_code());
  }

  std::unique_ptr<grpc::ClientReader<HealthCheckResponse>> Watch(const std::string& service) {
    HealthCheckRequest request;
    request.set_service(service);
    return stub_->Watch(&context_, request);
  }
  static HealthCheckResponse::ServingStatus Next(grpc::ClientReader<HealthCheckResponse>& watch) {
    HealthCheckResponse response;
    return watch.Read(&response) ? response.status() : HealthCheckResponse::UNKNOWN;
  }

  std::atomic<bool> is_ready_ = true;
  metrics::Health health_;
  metrics::Health::Token token_;
  HealthRpc rpc_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<grpc::health::v1::Health::Stub> stub_;
  grpc::ClientContext context_;  // of Watch
};

TEST_F(HealthServiceTest, AnswersByTheChecksAsAWholeAndForEachService) {
  for (const char* service : {"", "streamhouse.v1.ProducerService", "streamhouse.v1.ConsumerService",
                              "streamhouse.v1.TopicService", "streamhouse.v1.GroupService"}) {
    is_ready_ = true;
    EXPECT_EQ(Check(service), "SERVING") << service;
    is_ready_ = false;
    EXPECT_EQ(Check(service), "NOT_SERVING") << service;
  }
}

TEST_F(HealthServiceTest, KnowsNoServiceThatDoesNotExist) {
  EXPECT_EQ(Check("streamhouse.v1.Nothing"), std::to_string(grpc::StatusCode::NOT_FOUND));
  EXPECT_EQ(Next(*Watch("streamhouse.v1.Nothing")), HealthCheckResponse::SERVICE_UNKNOWN);
  context_.TryCancel();
}

class ImpatientHealthServiceTest : public HealthServiceTest {
 protected:
  ImpatientHealthServiceTest() : HealthServiceTest(std::chrono::milliseconds(20)) {}
};

TEST_F(ImpatientHealthServiceTest, IsNotServingWhereACheckHangs) {
  std::latch released(1);
  const auto token = health_.Add("disk", [&] { return InTime(released), Status::Ok(); });
  const auto watch = Watch("");
  EXPECT_EQ(Check(""), "NOT_SERVING");
  EXPECT_EQ(Next(*watch), HealthCheckResponse::NOT_SERVING);
  released.count_down();
  EXPECT_EQ(Next(*watch), HealthCheckResponse::SERVING);
  context_.TryCancel();
}

TEST_F(HealthServiceTest, TellsWatchersOfEachChangeAndLetsThemGoAtTheEnd) {
  const auto watch = Watch("streamhouse.v1.ProducerService");
  EXPECT_EQ(Next(*watch), HealthCheckResponse::SERVING);
  is_ready_ = false;
  EXPECT_EQ(Next(*watch), HealthCheckResponse::NOT_SERVING);
  is_ready_ = true;
  EXPECT_EQ(Next(*watch), HealthCheckResponse::SERVING);
  rpc_.Shutdown();
  EXPECT_EQ(Next(*watch), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(watch->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace streamhouse::agent
