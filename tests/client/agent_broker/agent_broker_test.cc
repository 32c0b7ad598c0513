#include "client/agent_broker/agent_broker.h"

#include <stdlib.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "client/agent_broker/record_codec.h"
#include "proto/error_details.h"
#include "tests/client/agent_broker/scripted_agent.h"

namespace streamhouse::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const TopicPartition kOrders = {"orders", 3};

class AgentBrokerTest : public testing::Test {
 protected:
  AgentBrokerTest() { agent_.produce_response.set_record_count(1); }

  static CallLimits Soon() { return CallLimits::Within(seconds(30)); }

  std::shared_ptr<Broker> Connect(milliseconds connect_timeout = seconds(30)) {
    return MakeAgentBroker({.address = agent_.address(), .connect_timeout = connect_timeout}).value();
  }

  Result<Offset> ProduceOne(const CallLimits& limits) {
    RecordBatch batch;
    batch.Append({.value = "v", .timestamp_ms = 1});
    return broker_->Produce(kOrders, batch, limits);
  }

  StatusCode ProduceCode(const CallLimits& limits = Soon()) { return ProduceOne(limits).status().code(); }

  ScriptedAgent agent_;
  std::shared_ptr<Broker> broker_ = Connect();
};

TEST_F(AgentBrokerTest, ProduceCarriesTheBatchAndItsPlace) {
  agent_.produce_response.set_base_offset(41);
  agent_.produce_response.set_record_count(2);
  RecordBatch batch;
  batch.Append({.key = "", .value = "a", .timestamp_ms = 7});
  batch.Append({.value = "b", .timestamp_ms = 8});
  batch.SetIdentity({.producer_id = 5, .sequence = 6});
  EXPECT_EQ(broker_->Produce(kOrders, batch, Soon()).value(), 41U);
  EXPECT_EQ(agent_.produced.producer_id(), 5U);
  EXPECT_EQ(agent_.produced.sequence(), 6U);
  EXPECT_EQ(agent_.produced.topic(), "orders");
  EXPECT_EQ(agent_.produced.partition(), 3U);
  EXPECT_EQ(agent_.produced.block().record_count(), 2U);
  EXPECT_EQ(agent_.produced.block().compression(), v1::COMPRESSION_NONE);
  EXPECT_EQ(agent_.produced.block().data(), batch.laid_out());
}

TEST_F(AgentBrokerTest, ProduceCompressesAsTheBatchAsks) {
  RecordBatch batch;
  batch.Append({.value = std::string(1000, 'x')});
  batch.SetCompression(Compression::kLz4);
  EXPECT_TRUE(broker_->Produce(kOrders, batch, Soon()).ok());
  EXPECT_EQ(agent_.produced.block().compression(), v1::COMPRESSION_LZ4);
  EXPECT_LT(agent_.produced.block().data().size(), 100U);
}

TEST_F(AgentBrokerTest, ProduceCarriesTheTraceOfTheBatch) {
  EXPECT_TRUE(ProduceOne(Soon()).ok());
  EXPECT_EQ(agent_.traceparent, "");
  RecordBatch batch;
  batch.Append({.value = "v"});
  batch.SetTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  EXPECT_TRUE(broker_->Produce(kOrders, batch, Soon()).ok());
  EXPECT_EQ(agent_.traceparent, batch.traceparent());
}

TEST_F(AgentBrokerTest, ProduceDistrustsAnAcknowledgementOfAnotherNumberOfRecords) {
  agent_.produce_response.set_record_count(2);
  EXPECT_EQ(ProduceCode(), StatusCode::kInternal);
}

TEST_F(AgentBrokerTest, AMessageThatIsUsedAgainKeepsNothing) {
  RecordBatch batch;
  batch.Append({.key = "old", .value = "old", .timestamp_ms = 7});
  EXPECT_TRUE(broker_->Produce(kOrders, batch, Soon()).ok());
  EXPECT_TRUE(ProduceOne(Soon()).ok());
  EXPECT_EQ(agent_.produced.block().record_count(), 1U);
  EXPECT_EQ(agent_.produced.block().records_bytes(), agent_.produced.block().data().size());
  EXPECT_EQ(agent_.produced.block().data().find("old"), std::string::npos);
}

TEST_F(AgentBrokerTest, HeartbeatCarriesTheMemberAndBringsItsPartitions) {
  v1::TopicPartition& assigned = *agent_.heartbeat_response.add_assigned();
  assigned.set_topic("orders");
  assigned.set_partition(2);
  const std::vector<std::string> topics = {"orders"};
  const std::vector<TopicPartition> owned = {kOrders};
  const auto response = broker_->Heartbeat({.group = "g", .id = "m", .commit_sequence = 7},
                                           {topics, owned, std::chrono::milliseconds(1500)}, Soon());
  EXPECT_EQ(response.value(), (std::vector<TopicPartition>{{"orders", 2}}));
  EXPECT_EQ(agent_.heartbeat.group(), "g");
  EXPECT_EQ(agent_.heartbeat.member_id(), "m");
  EXPECT_EQ(agent_.heartbeat.topics(0), "orders");
  EXPECT_EQ(agent_.heartbeat.owned(0).partition(), 3U);
  EXPECT_EQ(agent_.heartbeat.session_timeout_ms(), 1500U);
  EXPECT_EQ(agent_.heartbeat.commit_sequence(), 7U);
}

TEST_F(AgentBrokerTest, LeaveGroupNamesTheMember) {
  EXPECT_TRUE(broker_->LeaveGroup({.group = "g", .id = "m"}, Soon()).ok());
  EXPECT_EQ(agent_.left.group(), "g");
  EXPECT_EQ(agent_.left.member_id(), "m");
}

TEST_F(AgentBrokerTest, FetchBringsRecordsAndTheHighWatermark) {
  v1::Record& record = *agent_.fetch_response.add_records();
  record.set_value("v");
  record.set_timestamp_ms(5);
  agent_.fetch_response.set_base_offset(10);
  agent_.fetch_response.set_high_watermark(99);
  Result<FetchedBatch> fetched =
      broker_->Fetch({.partition = kOrders, .offset = 10, .max_records = 4, .max_wait = milliseconds(6)}, Soon());
  ASSERT_TRUE(fetched.ok());
  EXPECT_EQ(fetched->base_offset, 10U);
  EXPECT_EQ(fetched->high_watermark, 99U);
  EXPECT_EQ(fetched->records[0], (RecordView{.value = "v", .timestamp_ms = 5}));
  EXPECT_EQ(agent_.fetch_asked.max_records(), 4U);
  EXPECT_EQ(agent_.fetch_asked.max_wait_ms(), 6U);
}

TEST_F(AgentBrokerTest, FetchAsksForABlockAndTakesIt) {
  RecordBatch batch;
  batch.Append({.value = "v", .timestamp_ms = 5});
  EncodeRecords(batch, *agent_.fetch_response.mutable_block());
  const auto broker = MakeAgentBroker({.address = agent_.address(), .fetch_compression = Compression::kZstd}).value();
  EXPECT_EQ(broker->Fetch({.partition = kOrders}, Soon())->records[0], batch[0]);
  EXPECT_EQ(agent_.fetch_asked.block_compression(), v1::COMPRESSION_ZSTD);
}

TEST_F(AgentBrokerTest, FetchDistrustsABlockThatIsDamaged) {
  agent_.fetch_response.mutable_block()->set_record_count(1);
  EXPECT_EQ(broker_->Fetch({.partition = kOrders}, Soon()).status().code(), StatusCode::kDataLoss);
}

TEST_F(AgentBrokerTest, WatermarksTellATimestampFromNone) {
  agent_.watermarks_response.set_log_start_offset(2);
  agent_.watermarks_response.set_high_watermark(9);
  EXPECT_EQ(broker_->ReadWatermarks(kOrders, std::nullopt, Soon()).value().timestamp_ms, std::nullopt);
  EXPECT_FALSE(agent_.watermarks_asked.has_offset());
  agent_.watermarks_response.set_timestamp_ms(0);
  const Result<Watermarks> asked = broker_->ReadWatermarks(kOrders, 0, Soon());
  EXPECT_TRUE(agent_.watermarks_asked.has_offset());
  EXPECT_EQ(asked.value().timestamp_ms, 0);
  EXPECT_EQ(asked.value().log_start_offset, 2U);
  EXPECT_EQ(asked.value().high_watermark, 9U);
}

TEST_F(AgentBrokerTest, CommitCarriesTheOffset) {
  EXPECT_TRUE(broker_->Commit({"billing", "a", 7}, kOrders, 12, Soon()).ok());
  EXPECT_EQ(agent_.committed.group(), "billing");
  EXPECT_EQ(agent_.committed.member_id(), "a");
  EXPECT_EQ(agent_.committed.sequence(), 7U);
  EXPECT_EQ(agent_.committed.partition(), 3U);
  EXPECT_EQ(agent_.committed.offset(), 12U);
}

TEST_F(AgentBrokerTest, CommittedTellsZeroFromNever) {
  EXPECT_EQ(broker_->Committed("billing", kOrders, Soon()).value(), std::nullopt);
  agent_.committed_response.set_offset(0);
  EXPECT_EQ(broker_->Committed("billing", kOrders, Soon()).value(), 0U);
}

TEST_F(AgentBrokerTest, CreatesAndDescribesTopics) {
  EXPECT_TRUE(broker_->CreateTopic("orders", 8, Soon()).ok());
  EXPECT_EQ(agent_.created.topic(), "orders");
  EXPECT_EQ(agent_.created.partitions(), 8U);
  agent_.describe_response.set_partitions(8);
  EXPECT_EQ(broker_->DescribeTopic("orders", Soon()).value().partitions, 8U);
}

TEST_F(AgentBrokerTest, CarriesTheRetentionOfTopicsBothWays) {
  const Retention retention = {.age_max = std::chrono::minutes(1), .bytes_max = 7};
  EXPECT_TRUE(broker_->CreateTopic({.name = "orders", .partitions = 8, .retention = retention}, Soon()).ok());
  EXPECT_EQ(agent_.created.retention().age_ms(), 60'000U);
  EXPECT_TRUE(broker_->SetRetention("orders", retention, Soon()).ok());
  EXPECT_EQ(agent_.retention_set.topic(), "orders");
  EXPECT_EQ(agent_.retention_set.retention().bytes(), 7U);
  *agent_.describe_response.mutable_retention() = agent_.retention_set.retention();
  EXPECT_EQ(broker_->DescribeTopic("orders", Soon()).value().retention, retention);
}

TEST_F(AgentBrokerTest, ListsTopicsAndWhyOneIsNotServed) {
  v1::ListTopicsResponse::Topic& topic = *agent_.list_response.add_topics();
  topic.set_topic("orders");
  topic.set_partitions(8);
  topic.mutable_retention()->set_bytes(7);
  topic.set_not_served("damaged");
  const auto listed = broker_->ListTopics(Soon()).value();
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].name, "orders");
  EXPECT_EQ(listed[0].partitions, 8U);
  EXPECT_EQ(listed[0].retention.bytes_max, 7U);
  EXPECT_EQ(listed[0].not_served, "damaged");
}

TEST_F(AgentBrokerTest, EveryCallPassesOnTheAgentsRefusal) {
  agent_.Answer({grpc::StatusCode::NOT_FOUND, "no such topic"});
  const Status expected(StatusCode::kNotFound, "no such topic");
  EXPECT_EQ(ProduceOne(Soon()).status(), expected);
  EXPECT_EQ(broker_->Fetch({.partition = kOrders}, Soon()).status(), expected);
  EXPECT_EQ(broker_->ReadWatermarks(kOrders, {}, Soon()).status(), expected);
  EXPECT_EQ(broker_->Commit({"g"}, kOrders, 1, Soon()), expected);
  EXPECT_EQ(broker_->Committed("g", kOrders, Soon()).status(), expected);
  EXPECT_EQ(broker_->CreateTopic("orders", 1, Soon()), expected);
  EXPECT_EQ(broker_->DescribeTopic("orders", Soon()).status(), expected);
}

TEST_F(AgentBrokerTest, ADeadlineEndsACall) {
  ASSERT_EQ(ProduceCode(), StatusCode::kOk) << "there is a connection";
  agent_.Hold();
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(ProduceCode(CallLimits::Within(milliseconds(100))), StatusCode::kDeadlineExceeded);
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(90));
}

TEST_F(AgentBrokerTest, ACallerCanGiveUp) {
  agent_.Hold();
  std::stop_source give_up;
  std::jthread stopper([this, &give_up] {
    agent_.WaitForCall();
    give_up.request_stop();
  });
  const auto limits = CallLimits::Within(std::chrono::hours(1), give_up.get_token());
  EXPECT_EQ(broker_->Fetch({.partition = kOrders}, limits).status().code(), StatusCode::kDeadlineExceeded);
}

TEST_F(AgentBrokerTest, NoConnectionMeansUnavailableAfterTheConnectTimeout) {
  agent_.Kill();
  broker_ = Connect(milliseconds(50));
  EXPECT_EQ(ProduceCode(), StatusCode::kUnavailable);
  EXPECT_EQ(broker_->DescribeTopic("orders", Soon()).status().code(), StatusCode::kUnavailable);
}

TEST_F(AgentBrokerTest, GivingUpEndsAWaitForAConnection) {
  agent_.Kill();
  std::stop_source give_up;
  give_up.request_stop();
  EXPECT_EQ(ProduceCode(CallLimits::Within(seconds(30), give_up.get_token())), StatusCode::kUnavailable);
}

TEST_F(AgentBrokerTest, ACallWaitsForAnAgentThatRestarts) {
  agent_.Kill();
  broker_ = Connect();
  std::jthread restarter([this] { agent_.Restart(); });
  EXPECT_EQ(ProduceCode(), StatusCode::kOk);
}

TEST_F(AgentBrokerTest, AnUnavailableAgentCanSayThatItHasNotWritten) {
  agent_.Answer({grpc::StatusCode::UNAVAILABLE, "stopping", std::string(v1::kNotWrittenDetails)});
  EXPECT_EQ(ProduceOne(Soon()).status(), Status(StatusCode::kUnavailable, "stopping"));
}

TEST_F(AgentBrokerTest, AnUnavailableAgentThatDoesNotSaySoLeavesDoubt) {
  agent_.Answer({grpc::StatusCode::UNAVAILABLE, "stopping"});
  EXPECT_EQ(ProduceCode(), StatusCode::kDeadlineExceeded);
}

TEST_F(AgentBrokerTest, AConnectionThatBreaksDuringAProduceLeavesDoubt) {
  agent_.Hold();
  std::jthread killer([this] {
    agent_.WaitForCall();
    agent_.Kill();
  });
  EXPECT_EQ(ProduceCode(), StatusCode::kDeadlineExceeded);
}

TEST_F(AgentBrokerTest, ARequestOverTheLimitIsRefusedHere) {
  broker_ = MakeAgentBroker({.address = agent_.address(), .request_message_bytes_max = 100}).value();
  RecordBatch batch;
  batch.Append({.value = std::string(200, 'x')});
  EXPECT_EQ(broker_->Produce(kOrders, batch, Soon()).status().code(), StatusCode::kResourceExhausted);
}

TEST_F(AgentBrokerTest, AResponseOverTheLimitIsRefusedHere) {
  broker_ = MakeAgentBroker({.address = agent_.address(), .response_message_bytes_max = 100}).value();
  agent_.fetch_response.add_records()->set_value(std::string(200, 'x'));
  EXPECT_EQ(broker_->Fetch({.partition = kOrders}, Soon()).status().code(), StatusCode::kResourceExhausted);
}

TEST_F(AgentBrokerTest, CallsOfManyThreadsDoNotMix) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (int call = 0; call < 50; ++call) EXPECT_EQ(ProduceCode(), StatusCode::kOk);
    });
  }
}

// Goal: the environment does not decide how an agent is reached. Method: it names a proxy on a port
// without a listener.
class ProxyTest : public AgentBrokerTest, public testing::WithParamInterface<const char*> {
 protected:
  ProxyTest() { ::setenv(GetParam(), "http://127.0.0.1:1", /*overwrite=*/1); }
  ~ProxyTest() override { ::unsetenv(GetParam()); }
  Status Describe(ProxyUse proxy, seconds connect_timeout) {
    const auto broker =
        MakeAgentBroker({.address = agent_.address(), .proxy = proxy, .connect_timeout = connect_timeout}).value();
    return broker->DescribeTopic("orders", Soon()).status();
  }
};
INSTANTIATE_TEST_SUITE_P(EachVariable, ProxyTest, testing::Values("grpc_proxy", "https_proxy", "http_proxy"));

TEST_P(ProxyTest, AVariableOfTheEnvironmentIsIgnoredUnlessAskedFor) {
  EXPECT_NE(Describe(ProxyUse::kNone, seconds(30)).code(), StatusCode::kUnavailable);
  const Status unreachable(StatusCode::kUnavailable, "cannot reach an agent at " + agent_.address());
  EXPECT_EQ(Describe(ProxyUse::kFromEnvironment, seconds(2)), unreachable.WithField("address"));
}

TEST(MakeAgentBrokerTest, NeedsAHostAndAWholeIdentity) {
  const AgentBrokerOptions all[] = {{.address = ":9090"},
                                    {.address = "a:1", .tls = {.agent_ca = "A", .certificate = "", .key = "K"}},
                                    {.address = "a:1", .tls = {.agent_ca = "", .certificate = "C", .key = ""}},
                                    {.address = "a:1", .tls = {.agent_ca = "", .certificate = "", .key = "K"}}};
  for (const auto& options : all) EXPECT_EQ(MakeAgentBroker(options).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(MakeAgentBroker(all[0]).status().field(), "address");
  EXPECT_EQ(MakeAgentBroker(all[1]).status().field(), "tls");
}

TEST(MakeAgentBrokerTest, TakesTlsFromTextsOrFromFilesButNotFromBoth) {
  const ClientTlsFiles files = {.agent_ca = "tests/agent/rpc/certificate.pem", .certificate = {}, .key = {}};
  const TlsIdentity texts = {.agent_ca = "A", .certificate = {}, .key = {}};
  EXPECT_TRUE(MakeAgentBroker({.address = "a:1", .tls_files = files}).ok());
  EXPECT_EQ(MakeAgentBroker({.address = "a:1", .tls = texts, .tls_files = files}).status().field(), "tls_files");
  const ClientTlsFiles missing = {.agent_ca = "nowhere.pem", .certificate = {}, .key = {}};
  EXPECT_EQ(MakeAgentBroker({.address = "a:1", .tls_files = missing}).status().field(), "tls_files.agent_ca");
}

TEST(MakeAgentBrokerTest, NeedsAnAddress) {
  EXPECT_EQ(MakeAgentBroker({}).status().code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace streamhouse::client
