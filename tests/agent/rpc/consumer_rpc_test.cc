#include "agent/rpc/consumer_rpc.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "agent/agent_config.h"
#include "metrics_core/clock.h"
#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/running_agent.h"
#include "tests/support/eventually.h"

namespace streamhouse::agent {
namespace {

class ConsumerRpcTest : public testing::Test {
 protected:
  explicit ConsumerRpcTest(const AgentConfig& config = RunningAgent::DefaultConfig({})) : agent_(config) {
    EXPECT_EQ(agent_.Produce({"a", "b", "c"}), grpc::StatusCode::OK);
  }

  grpc::Status Fetch(const v1::FetchRequest& request) {
    fetched_.Clear();
    return agent_.Fetch(request, &fetched_);
  }
  std::vector<std::string> Values() const {
    std::vector<std::string> values;
    for (const v1::Record& record : fetched_.records()) values.push_back(record.value());
    return values;
  }
  grpc::Status Watermarks(const v1::WatermarksRequest& request) {
    grpc::ClientContext context;
    watermarks_.Clear();
    return agent_.consumer().Watermarks(&context, request, &watermarks_);
  }
  grpc::Status Commit(const std::string& group, std::uint64_t offset, std::uint32_t partition = 0) {
    grpc::ClientContext context;
    v1::CommitRequest request;
    request.set_group(group);
    request.set_topic("orders");
    request.set_partition(partition);
    request.set_offset(offset);
    v1::CommitResponse response;
    return agent_.consumer().Commit(&context, request, &response);
  }
  // By a member of a group; on "orders".
  grpc::Status CommitAs(const std::string& member_id, std::uint64_t offset, std::uint64_t sequence = 0) {
    grpc::ClientContext context;
    v1::CommitRequest request;
    request.set_group("billing");
    request.set_topic("orders");
    request.set_offset(offset);
    request.set_member_id(member_id);
    request.set_sequence(sequence);
    v1::CommitResponse response;
    return agent_.consumer().Commit(&context, request, &response);
  }
  grpc::Status Heartbeat(const std::string& member_id) {
    grpc::ClientContext context;
    v1::HeartbeatRequest request;
    request.set_group("billing");
    request.set_member_id(member_id);
    request.add_topics("orders");
    request.set_session_timeout_ms(10'000);
    assigned_.Clear();
    return agent_.consumer().Heartbeat(&context, request, &assigned_);
  }
  grpc::Status Committed(const std::string& group) {
    grpc::ClientContext context;
    v1::CommittedRequest request;
    request.set_group(group);
    request.set_topic("orders");
    committed_.Clear();
    return agent_.consumer().Committed(&context, request, &committed_);
  }

  RunningAgent agent_;
  v1::FetchResponse fetched_;
  v1::WatermarksResponse watermarks_;
  v1::CommittedResponse committed_;
  v1::HeartbeatResponse assigned_;
};

// With a lag that is refreshed all the time.
class GroupTimesOfCallsTest : public ConsumerRpcTest {
 protected:
  GroupTimesOfCallsTest() : ConsumerRpcTest(Config()) {}

  static AgentConfig Config() {
    AgentConfig config = RunningAgent::DefaultConfig({});
    config.lag_interval = std::chrono::milliseconds(5);
    return config;
  }
  double LastRequest() { return agent_.Value("group_last_request_timestamp_seconds", {{"group", "billing"}}); }
  double LastCommit() { return agent_.Value("group_last_commit_timestamp_seconds", {{"group", "billing"}}); }
  // Seconds since the epoch.
  static double Now() { return static_cast<double>(metrics::Clock::UnixMilliseconds()) / 1e3; }

  const double began_ = Now();
};

TEST_F(GroupTimesOfCallsTest, AHeartbeatIsARequest) {
  ASSERT_TRUE(Heartbeat("a").ok());
  EXPECT_TRUE(Eventually([this] { return LastRequest() >= began_; }));
  EXPECT_LE(LastRequest(), Now());
  EXPECT_EQ(LastCommit(), 0);
}

TEST_F(GroupTimesOfCallsTest, ACommitIsOneToo) {
  ASSERT_TRUE(Commit("billing", 1).ok());
  EXPECT_TRUE(Eventually([this] { return LastCommit() >= began_; }));
  EXPECT_GE(LastRequest(), LastCommit());
}

TEST_F(GroupTimesOfCallsTest, ALookUpOfACommitIsARequestAfterARestart) {
  ASSERT_TRUE(Commit("billing", 1).ok());
  agent_.Restart();
  EXPECT_EQ(LastRequest(), 0);
  ASSERT_TRUE(Committed("billing").ok());
  EXPECT_TRUE(Eventually([this] { return LastRequest() >= began_; }));
  EXPECT_EQ(LastCommit(), 0);
}

TEST_F(GroupTimesOfCallsTest, ACommitThatIsRefusedIsNone) {
  ASSERT_TRUE(Heartbeat("a").ok());
  EXPECT_EQ(CommitAs("b", 1).error_code(), grpc::StatusCode::ABORTED);
  const double refreshes = agent_.Value("lag_refreshes_total", {{"outcome", "complete"}});
  EXPECT_TRUE(Eventually([&] {
    return agent_.Value("lag_refreshes_total", {{"outcome", "complete"}}) > refreshes + 1;
  }));
  EXPECT_EQ(LastCommit(), 0);
}

using Strings = std::vector<std::string>;

TEST_F(ConsumerRpcTest, SharesPartitionsAmongMembers) {
  ASSERT_TRUE(Heartbeat("a").ok());
  EXPECT_EQ(assigned_.assigned_size(), 2);
  ASSERT_TRUE(Heartbeat("b").ok());
  EXPECT_EQ(assigned_.assigned_size(), 0);
  v1::LeaveGroupRequest request;
  request.set_group("billing");
  request.set_member_id("a");
  grpc::ClientContext context;
  v1::LeaveGroupResponse response;
  ASSERT_TRUE(agent_.consumer().LeaveGroup(&context, request, &response).ok());
  ASSERT_TRUE(Heartbeat("b").ok());
  EXPECT_EQ(assigned_.assigned_size(), 2);
}

TEST_F(ConsumerRpcTest, LetsAMemberCommitOnlyWhatIsItsOwn) {
  ASSERT_TRUE(Heartbeat("a").ok());
  EXPECT_TRUE(CommitAs("a", 2).ok());
  EXPECT_EQ(CommitAs("b", 1).error_code(), grpc::StatusCode::ABORTED);
  ASSERT_TRUE(Committed("billing").ok());
  EXPECT_EQ(committed_.offset(), 2U);
}

TEST_F(ConsumerRpcTest, KeepsTheLaterCommitWhenAnEarlierOneArrivesAfterIt) {
  ASSERT_TRUE(Heartbeat("a").ok());
  EXPECT_TRUE(CommitAs("a", 2, 8).ok());
  EXPECT_EQ(CommitAs("a", 1, 7).error_code(), grpc::StatusCode::ABORTED);
  ASSERT_TRUE(Committed("billing").ok());
  EXPECT_EQ(committed_.offset(), 2U);
}

TEST_F(ConsumerRpcTest, FetchesFromAnOffsetOn) {
  ASSERT_TRUE(Fetch(RunningAgent::FetchFrom(1, 0)).ok());
  EXPECT_EQ(Values(), (Strings{"b", "c"}));
  EXPECT_EQ(fetched_.base_offset(), 1U);
  EXPECT_EQ(fetched_.high_watermark(), 3U);
}

TEST_F(ConsumerRpcTest, FetchesNoMoreThanAsked) {
  v1::FetchRequest request = RunningAgent::FetchFrom(0, 0);
  request.set_max_records(2);
  ASSERT_TRUE(Fetch(request).ok());
  EXPECT_EQ(Values(), (Strings{"a", "b"}));
}

TEST_F(ConsumerRpcTest, FetchesNothingAtTheEnd) {
  ASSERT_TRUE(Fetch(RunningAgent::FetchFrom(3, 0)).ok());
  EXPECT_EQ(Values(), Strings());
  EXPECT_EQ(fetched_.high_watermark(), 3U);
}

TEST_F(ConsumerRpcTest, RefusesAnOffsetBeyondTheLog) {
  EXPECT_EQ(Fetch(RunningAgent::FetchFrom(4, 1000)).error_code(), grpc::StatusCode::OUT_OF_RANGE);
}

TEST_F(ConsumerRpcTest, DoesNotFindUnknownPartitions) {
  v1::FetchRequest request = RunningAgent::FetchFrom(0, 1000);
  request.set_partition(2);
  EXPECT_EQ(Fetch(request).error_code(), grpc::StatusCode::NOT_FOUND);
  v1::WatermarksRequest watermarks;
  watermarks.set_topic("none");
  EXPECT_EQ(Watermarks(watermarks).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(ConsumerRpcTest, KeepsAResponseBelowTheSizeThatClientsAccept) {
  const std::string large(1 << 20, 'x');
  for (int i = 0; i < 8; ++i) ASSERT_EQ(agent_.Produce({large}), grpc::StatusCode::OK);
  ASSERT_TRUE(Fetch(RunningAgent::FetchFrom(3, 0)).ok());
  EXPECT_EQ(fetched_.records_size(), 1);
}

TEST_F(ConsumerRpcTest, TellsWatermarksAndTheTimestampOfARecord) {
  v1::WatermarksRequest request;
  request.set_topic("orders");
  ASSERT_TRUE(Watermarks(request).ok());
  EXPECT_EQ(watermarks_.log_start_offset(), 0U);
  EXPECT_EQ(watermarks_.high_watermark(), 3U);
  EXPECT_FALSE(watermarks_.has_timestamp_ms());
  request.set_offset(1);
  ASSERT_TRUE(Watermarks(request).ok());
  EXPECT_EQ(watermarks_.timestamp_ms(), 1700000000000);
  request.set_offset(3);
  ASSERT_TRUE(Watermarks(request).ok());
  EXPECT_FALSE(watermarks_.has_timestamp_ms());
}

TEST_F(ConsumerRpcTest, ReturnsACommittedOffsetAfterARestart) {
  ASSERT_TRUE(Committed("g").ok());
  EXPECT_FALSE(committed_.has_offset());
  ASSERT_TRUE(Commit("g", 2).ok());
  agent_.Restart();
  ASSERT_TRUE(Committed("g").ok());
  EXPECT_EQ(committed_.offset(), 2U);
}

TEST_F(ConsumerRpcTest, RefusesBadCommits) {
  EXPECT_EQ(Commit("", 0).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Commit("g", 4).error_code(), grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_EQ(Commit("g", 0, 7).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Committed("").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

// Goal: a consumer knows what is lost, and where it can go on.
TEST_F(ConsumerRpcTest, NamesTheRangeOfRecordsThatCannotBeRead) {
  ASSERT_EQ(agent_.Produce({"d"}), grpc::StatusCode::OK);
  FlipBit(agent_.folder() + "/log/orders/0/00000000000000000000.log", 70);
  const grpc::Status status = Fetch(RunningAgent::FetchFrom(1, 0));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DATA_LOSS);
  v1::DamagedRange lost;
  ASSERT_TRUE(lost.ParseFromString(status.error_details()));
  EXPECT_EQ(lost.first_offset(), 0U);
  EXPECT_EQ(lost.next_offset(), 3U);
  EXPECT_TRUE(Fetch(RunningAgent::FetchFrom(lost.next_offset(), 0)).ok());
  EXPECT_EQ(Values(), Strings{"d"});
  EXPECT_NE(agent_.health().Evaluate().Reason().find("log: orders/0: offsets 0 to 2 cannot be read"),
            std::string::npos);
}

// Goal: a client is told to retry, rather than that there is no such topic.
TEST_F(ConsumerRpcTest, SaysThatADamagedPartitionIsUnavailableAndWhy) {
  ASSERT_EQ(agent_.Produce({"d"}), grpc::StatusCode::OK);
  agent_.Stop();
  FlipBit(agent_.folder() + "/log/orders/0/00000000000000000000.log", 41);
  agent_.Start();
  v1::WatermarksRequest request;
  request.set_topic("orders");
  v1::ProduceResponse produced;
  const auto produce = [&] { return agent_.Produce(RunningAgent::Batch("orders", 0, {"e"}), &produced); };
  for (const grpc::Status& status : {produce(), Fetch(RunningAgent::FetchFrom(0, 0)), Watermarks(request),
                                     Commit("billing", 1), Committed("billing")}) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_EQ(status.error_message().find("orders/0 is not served: "), 0U) << status.error_message();
  }
  EXPECT_TRUE(Commit("billing", 0, 1).ok());
}

}  // namespace
}  // namespace streamhouse::agent
