#include "agent/rpc/fetch_call.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <future>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "agent/metadata/sqlite_metadata_store.h"
#include "proto/record_block.h"
#include "proto/record_layout.h"
#include "tests/agent/support/running_agent.h"
#include "tests/support/eventually.h"

namespace streamhouse::agent {
namespace {

using std::chrono::milliseconds;

constexpr std::uint32_t kLongWaitMs = 25'000;
constexpr milliseconds kLongWait{kLongWaitMs};

// Leases are renewed often, so that their loss is noticed soon.
AgentConfig Config() {
  AgentConfig config = RunningAgent::DefaultConfig({});
  config.lease.renew_interval = milliseconds(20);
  return config;
}

class FetchCallTest : public testing::Test {
 protected:
  struct Fetched {
    grpc::Status status;
    v1::FetchResponse response;
    std::chrono::steady_clock::duration took{};
  };

  std::future<Fetched> StartFetch(std::uint32_t max_wait_ms, std::uint64_t offset = 0) {
    return std::async(std::launch::async, [this, max_wait_ms, offset] {
      Fetched fetched;
      const auto start = std::chrono::steady_clock::now();
      fetched.status =
          agent_.consumer().Fetch(&context_, RunningAgent::FetchFrom(offset, max_wait_ms), &fetched.response);
      fetched.took = std::chrono::steady_clock::now() - start;
      return fetched;
    });
  }
  // A running call has not been counted, but its connection is there. Only the later steps show
  // that it waits.
  static bool IsWaiting(std::future<Fetched>& fetched) {
    return fetched.wait_for(milliseconds(100)) == std::future_status::timeout;
  }

  // Behind the agent's back. The agent renews the lease meanwhile, and then the row that was read
  // here is not the row any more: the next attempt reads it again.
  void TakeLeaseOfPartition0(const std::string& holder) {
    const auto store = SqliteMetadataStore::Open(agent_.folder() + "/metadata.db").value();
    const TopicPartition partition = {.topic = "orders", .partition = 0};
    ASSERT_TRUE(Eventually([&] {
      const LeaseClaim claim = {.partition = partition, .ended = store->FindLease(partition).value()->version()};
      return store->AcquireLeases({&claim, 1}, holder, std::chrono::hours(1))->at(0).holder == holder;
    }));
  }

  RunningAgent agent_{Config()};
  grpc::ClientContext context_;
  // Of calls beside the fetch.
  v1::ProduceResponse produced_;
  void* tag_ = nullptr;
  bool ok_ = false;
};

TEST_F(FetchCallTest, WaitsForTheFirstRecord) {
  auto fetched = StartFetch(kLongWaitMs);
  ASSERT_TRUE(IsWaiting(fetched));
  ASSERT_EQ(agent_.Produce({"a"}), grpc::StatusCode::OK);
  const Fetched got = fetched.get();
  ASSERT_TRUE(got.status.ok());
  EXPECT_LT(got.took, kLongWait);
  ASSERT_EQ(got.response.records_size(), 1);
  EXPECT_EQ(got.response.high_watermark(), 1U);
}

TEST_F(FetchCallTest, AnswersWithNothingWhenItsTimeIsOver) {
  const Fetched got = StartFetch(50).get();
  EXPECT_TRUE(got.status.ok());
  EXPECT_GE(got.took, milliseconds(50));
  EXPECT_LT(got.took, kPatience);
  EXPECT_EQ(got.response.records_size(), 0);
}

TEST_F(FetchCallTest, AnswersWithABlockWhereOneIsAskedFor) {
  ASSERT_EQ(agent_.Produce({"a", std::string(1000, 'x')}), grpc::StatusCode::OK);
  v1::FetchRequest request = RunningAgent::FetchFrom(0, 0);
  request.set_block_compression(v1::COMPRESSION_ZSTD);
  v1::FetchResponse response;
  ASSERT_TRUE(agent_.Fetch(request, &response).ok());
  EXPECT_EQ(response.records_size(), 0);
  EXPECT_EQ(response.block().record_count(), 2U);
  EXPECT_EQ(response.block().compression(), v1::COMPRESSION_ZSTD);
  std::string buffer;
  std::string_view records = v1::UnpackBlock(response.block(), 2000, buffer).records;
  EXPECT_EQ(v1::TakeRecord(records)->value, "a");
  EXPECT_EQ(v1::TakeRecord(records)->value, std::string(1000, 'x'));
}

TEST_F(FetchCallTest, AnswersWithoutABlockWhereNothingIsThere) {
  v1::FetchRequest request = RunningAgent::FetchFrom(0, 10);
  request.set_block_compression(v1::COMPRESSION_LZ4);
  v1::FetchResponse response;
  ASSERT_TRUE(agent_.Fetch(request, &response).ok());
  EXPECT_FALSE(response.has_block());
}

TEST_F(FetchCallTest, AnswersAtOnceWhenItMayNotWait) {
  EXPECT_TRUE(StartFetch(0).get().status.ok());
}

TEST_F(FetchCallTest, EndsWhenTheAgentStops) {
  auto fetched = StartFetch(kLongWaitMs);
  ASSERT_TRUE(IsWaiting(fetched));
  agent_.Stop();
  const Fetched got = fetched.get();
  EXPECT_EQ(got.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_LT(got.took, kLongWait);
}

TEST_F(FetchCallTest, EndsWhenTheClientGoesAway) {
  grpc::CompletionQueue queue;
  Fetched got;
  const auto call = agent_.consumer().AsyncFetch(&context_, RunningAgent::FetchFrom(0, kLongWaitMs), &queue);
  call->Finish(&got.response, &got.status, this);
  const auto start = std::chrono::steady_clock::now();
  // The response to a later call of the same connection: the agent has the fetch.
  ASSERT_EQ(agent_.Produce(RunningAgent::Batch("none", 0, {"a"}), &produced_).error_code(),
            grpc::StatusCode::NOT_FOUND);
  context_.TryCancel();
  EXPECT_TRUE(Eventually([&] {
    return agent_.Observations("grpc_request_duration_seconds", {{"method", "Fetch"}}) == 1;
  }));
  EXPECT_LT(std::chrono::steady_clock::now() - start, kLongWait);
  EXPECT_TRUE(queue.Next(&tag_, &ok_));
  EXPECT_EQ(got.status.error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(FetchCallTest, EndsWhenTheLeaseIsLost) {
  auto fetched = StartFetch(kLongWaitMs);
  ASSERT_TRUE(IsWaiting(fetched));
  TakeLeaseOfPartition0("other");
  const Fetched got = fetched.get();
  EXPECT_EQ(got.status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_LT(got.took, kLongWait);
}

// Goal: waiting keeps no thread. Method: more waits than the server can have threads, and then a
// call that answers.
TEST_F(FetchCallTest, LetsManyWaitWithoutKeepingThreads) {
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::future<grpc::Status>> statuses;
  for (int i = 0; i < 100; ++i) {
    grpc::ClientContext* const context = contexts.emplace_back(std::make_unique<grpc::ClientContext>()).get();
    statuses.push_back(std::async(std::launch::async, [this, context] {
      v1::FetchResponse response;
      return agent_.consumer().Fetch(context, RunningAgent::FetchFrom(0, kLongWaitMs), &response);
    }));
  }
  ASSERT_EQ(statuses[0].wait_for(milliseconds(200)), std::future_status::timeout);
  ASSERT_EQ(agent_.Produce({"a"}), grpc::StatusCode::OK);
  for (auto& status : statuses) EXPECT_TRUE(status.get().ok());
}

// Appends, ends of time and new waits meet in every order; each call must get one response, and in
// time.
TEST_F(FetchCallTest, AnswersEveryCallWhenEverythingHappensAtOnce) {
  std::vector<std::thread> readers;
  for (int r = 0; r < 4; ++r) {
    readers.emplace_back([this] {
      for (std::uint64_t offset = 0; offset < 300;) {
        v1::FetchResponse response;
        const auto wait_ms = static_cast<std::uint32_t>(offset % 3);
        ASSERT_TRUE(agent_.Fetch(RunningAgent::FetchFrom(offset, wait_ms), &response).ok());
        offset += static_cast<std::uint64_t>(response.records_size());
      }
    });
  }
  for (int i = 0; i < 300; ++i) ASSERT_EQ(agent_.Produce({"a"}), grpc::StatusCode::OK);
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace streamhouse::agent
