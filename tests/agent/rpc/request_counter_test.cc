#include "agent/rpc/request_counter.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/agent/support/running_agent.h"
#include "tests/support/eventually.h"

namespace streamhouse::agent {
namespace {

class RequestCounterTest : public testing::Test {
 protected:
  double Count(const std::string& method, const std::string& code) {
    return agent_.Value("grpc_requests_total", {{"method", method}, {"code", code}});
  }
  std::uint64_t CountOfAllCodes(const std::string& method) {
    return agent_.Sum("grpc_requests_total", "method=\"" + method + "\"");
  }
  std::uint64_t Durations(const std::string& method) {
    return agent_.Observations("grpc_request_duration_seconds", {{"method", method}});
  }
  grpc::StatusCode Produce(const v1::ProduceRequest& request) {
    v1::ProduceResponse response;
    return agent_.Produce(request, &response).error_code();
  }
  // Bytes that are no message of the method.
  grpc::Status CallWithRubbish(const std::string& method) {
    auto channel = grpc::CreateChannel(agent_.address(), grpc::InsecureChannelCredentials());
    grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub(channel);
    grpc::ClientContext context;
    const grpc::Slice slice(std::string("\xff\xff\xff"));
    const grpc::ByteBuffer request(&slice, 1);
    grpc::CompletionQueue queue;
    auto call = stub.PrepareUnaryCall(&context, method, request, &queue);
    call->StartCall();
    grpc::ByteBuffer response;
    grpc::Status status;
    call->Finish(&response, &status, this);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    return status;
  }

  // Cancels a fetch that waits for records.
  grpc::StatusCode CancelFetch() {
    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    v1::FetchResponse response;
    grpc::Status status;
    const auto call = agent_.consumer().AsyncFetch(&context, RunningAgent::FetchFrom(0, 20'000), &queue);
    call->Finish(&response, &status, this);
    // The response to a later call of the same connection: the agent has the fetch.
    EXPECT_EQ(Produce(RunningAgent::Batch("none", 0, {"a"})), grpc::StatusCode::NOT_FOUND);
    context.TryCancel();
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    return status.error_code();
  }

  RunningAgent agent_;
};

TEST_F(RequestCounterTest, CountsSuccess) {
  ASSERT_EQ(agent_.Produce({"a"}), grpc::StatusCode::OK);
  EXPECT_EQ(Count("Produce", "OK"), 1);
  EXPECT_EQ(Durations("Produce"), 1U);
  EXPECT_EQ(Count("Fetch", "OK"), 0);
}

TEST_F(RequestCounterTest, CountsEveryRefusalUnderItsCode) {
  Produce(RunningAgent::Batch("orders", 0, {}));
  Produce(RunningAgent::Batch("none", 0, {"a"}));
  Produce(RunningAgent::Batch("orders", 9, {"a"}));
  EXPECT_EQ(Count("Produce", "INVALID_ARGUMENT"), 1);
  EXPECT_EQ(Count("Produce", "NOT_FOUND"), 2);
  EXPECT_EQ(Durations("Produce"), 3U);
}

TEST_F(RequestCounterTest, CountsEveryMethod) {
  v1::FetchResponse fetched;
  agent_.Fetch(RunningAgent::FetchFrom(0, 0), &fetched);
  const auto call = [](auto method, auto request, auto response) {
    grpc::ClientContext context;
    method(&context, request, &response);
  };
  auto& consumer = agent_.consumer();
  auto& topics = agent_.topics();
  call([&](auto... a) { consumer.Watermarks(a...); }, v1::WatermarksRequest(), v1::WatermarksResponse());
  call([&](auto... a) { consumer.Commit(a...); }, v1::CommitRequest(), v1::CommitResponse());
  call([&](auto... a) { consumer.Committed(a...); }, v1::CommittedRequest(), v1::CommittedResponse());
  call([&](auto... a) { topics.CreateTopic(a...); }, v1::CreateTopicRequest(), v1::CreateTopicResponse());
  call([&](auto... a) { topics.DescribeTopic(a...); }, v1::DescribeTopicRequest(), v1::DescribeTopicResponse());
  EXPECT_EQ(Count("Fetch", "OK"), 1);
  for (const char* method : {"Watermarks", "Commit", "Committed", "CreateTopic", "DescribeTopic"}) {
    EXPECT_EQ(Count(method, "INVALID_ARGUMENT"), 1) << method;
    EXPECT_EQ(Durations(method), 1U) << method;
  }
}

// Goal: much metadata costs the caller neither this call nor those after it. Method: several calls
// on one connection, each with more than gRPC takes by itself.
TEST_F(RequestCounterTest, CountsCallsWithMuchMetadataWhichKeepTheirConnection) {
  for (int i = 0; i < 10; ++i) {
    grpc::ClientContext context;
    context.AddMetadata("x", std::string(std::size_t{900} * 1024, 'x'));
    v1::ListTopicsResponse response;
    EXPECT_TRUE(agent_.topics().ListTopics(&context, {}, &response).ok());
    EXPECT_EQ(agent_.Produce({"a"}), grpc::StatusCode::OK);
  }
  EXPECT_EQ(Count("ListTopics", "OK"), 10);
}

// To the agent, a deadline of the caller looks like a caller that cancels.
TEST_F(RequestCounterTest, CountsAClientWhoseDeadlinePasses) {
  EXPECT_TRUE(Eventually([this] {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(50));
    v1::FetchResponse response;
    const auto fetched = agent_.consumer().Fetch(&context, RunningAgent::FetchFrom(0, 20'000), &response);
    EXPECT_EQ(fetched.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
    // A busy machine may not even have sent it.
    return Count("Fetch", "CANCELLED") > 0;
  }));
  EXPECT_EQ(Count("Fetch", "OK") + Count("Fetch", "DEADLINE_EXCEEDED"), 0);
}

TEST_F(RequestCounterTest, CountsAClientThatCancels) {
  EXPECT_EQ(CancelFetch(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(Eventually([&] { return Count("Fetch", "CANCELLED") == 1; }));
  EXPECT_EQ(Durations("Fetch"), 1U);
  EXPECT_EQ(CountOfAllCodes("Fetch"), 1U);
}

TEST_F(RequestCounterTest, CountsAMessageThatDoesNotParse) {
  // The code with which gRPC 1.51 answers.
  const grpc::Status status = CallWithRubbish("/streamhouse.v1.ProducerService/Produce");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(Count("Produce", "UNIMPLEMENTED"), 1);
}

TEST_F(RequestCounterTest, CountsARequestOverTheSizeLimit) {
  const std::vector<std::string> values(17, std::string(1 << 20, 'x'));
  ASSERT_EQ(Produce(RunningAgent::Batch("orders", 0, values)), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(Count("Produce", "RESOURCE_EXHAUSTED"), 1);
}

TEST_F(RequestCounterTest, CountsNoMessageOverTwiceTheSizeLimit) {
  const std::vector<std::string> values(33, std::string(1 << 20, 'x'));
  EXPECT_EQ(Produce(RunningAgent::Batch("orders", 0, values)), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(agent_.Produce({"a"}), grpc::StatusCode::OK);
  EXPECT_EQ(CountOfAllCodes("Produce"), 1U) << "the one that is small";
}

TEST_F(RequestCounterTest, SurvivesMethodsThatTheAgentDoesNotHave) {
  EXPECT_EQ(CallWithRubbish("/streamhouse.v1.ProducerService/Nothing").error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(agent_.Produce({"a"}), grpc::StatusCode::OK);
}

}  // namespace
}  // namespace streamhouse::agent
