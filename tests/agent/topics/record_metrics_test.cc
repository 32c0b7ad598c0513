// Each record that arrives moves one counter, written or refused. A test sends a record for each
// reason.
#include "agent/topics/record_metrics.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <future>
#include <string>

#include "agent/testing/faulty_file_system.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/running_agent.h"
#include "tests/support/eventually.h"

namespace streamhouse::agent {
namespace {

class RecordMetricsTest : public testing::Test {
 protected:
  // A segment for each batch, and retention at once.
  static AgentConfig Config() {
    AgentConfig config = RunningAgent::DefaultConfig({});
    config.segment_bytes = 1;
    config.record_bytes_max = 100;
    config.request_bytes_max = 2'000;
    config.retention_interval = std::chrono::milliseconds(10);
    return config;
  }

  grpc::StatusCode Produce(int records, const std::string& topic = "orders", std::uint32_t partition = 0,
                           std::size_t value_bytes = 1, std::uint64_t sequence = 0) {
    v1::ProduceRequest request;
    request.set_topic(topic);
    request.set_partition(partition);
    request.set_producer_id(7);
    request.set_sequence(sequence);
    for (int i = 0; i < records; ++i) request.add_records()->set_value(std::string(value_bytes, 'v'));
    return Send(request);
  }
  grpc::StatusCode Send(const v1::ProduceRequest& request) {
    grpc::ClientContext context;
    v1::ProduceResponse response;
    return agent_.producer().Produce(&context, request, &response).error_code();
  }

  double Of(const std::string& name, const std::string& topic = "orders") {
    return agent_.Value("records_" + name, {{"topic", topic}});
  }
  double Refused(const std::string& reason, const std::string& topic = "orders") {
    return agent_.Value("records_refused_total", {{"topic", topic}, {"reason", reason}});
  }

  RunningAgent agent_{Config()};
};

TEST_F(RecordMetricsTest, ARecordIsWrittenOrADuplicate) {
  EXPECT_EQ(Produce(3), grpc::StatusCode::OK);
  EXPECT_EQ(Produce(3), grpc::StatusCode::OK);
  EXPECT_EQ(Of("received_total"), 6);
  EXPECT_EQ(Of("written_total"), 3);
  EXPECT_EQ(Of("duplicate_total"), 3);
}

TEST_F(RecordMetricsTest, ARefusedRecordMovesOneCounterWithItsReason) {
  EXPECT_EQ(Produce(2, "orders", 9), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Produce(1, "orders", 0, 200), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Produce(30, "orders", 0, 90), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(Produce(3, "orders", 0, 1, 5), grpc::StatusCode::OK);
  EXPECT_EQ(Produce(1, "orders", 0, 1, 2), grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_EQ(Refused("unknown_partition"), 2);
  EXPECT_EQ(Refused("too_large"), 31);
  EXPECT_EQ(Refused("out_of_sequence"), 1);
  EXPECT_EQ(agent_.Sum("records_refused_total"), 2 + 31 + 1U);
  EXPECT_EQ(Of("received_total"), 2 + 31 + 3 + 1);
  EXPECT_EQ(Of("written_total"), 3);
}

TEST_F(RecordMetricsTest, RecordsForADamagedPartitionAreRefusedAsDamaged) {
  for (std::uint64_t i = 0; i < 2; ++i) EXPECT_EQ(Produce(1, "orders", 0, 1, i), grpc::StatusCode::OK);
  agent_.Stop();
  FlipBit(agent_.folder() + "/log/orders/0/00000000000000000000.log", 41);
  agent_.Start();
  EXPECT_EQ(Produce(3), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(Produce(2, "orders", 1), grpc::StatusCode::OK);
  EXPECT_EQ(Refused("damaged"), 3);
  EXPECT_EQ(agent_.Sum("records_refused_total"), 3U);
  EXPECT_EQ(Of("received_total"), 5);
}

TEST_F(RecordMetricsTest, UnknownTopicsShareOneSeries) {
  EXPECT_EQ(Produce(2, "none"), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Produce(3, "nothing"), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Of("received_total", "(unknown)"), 5);
  EXPECT_EQ(Refused("unknown_topic", "(unknown)"), 5);
  const metrics::testing::MetricReader reader(agent_.registry());
  EXPECT_EQ(reader.SeriesCount("streamhouse_agent_records_refused_total"), 1U);
}

TEST_F(RecordMetricsTest, ADamagedBlockCountsNoMoreRecordsThanItCanHold) {
  v1::ProduceRequest request;
  request.set_topic("orders");
  request.mutable_block()->set_compression(v1::COMPRESSION_NONE);
  request.mutable_block()->set_record_count(4'000'000'000);
  request.mutable_block()->set_records_bytes(4'000'000'000);
  EXPECT_NE(Send(request), grpc::StatusCode::OK);
  EXPECT_GT(Of("received_total"), 0);
  EXPECT_LT(Of("received_total"), 1'000);
}

TEST_F(RecordMetricsTest, HeldIsFoundPlusWrittenMinusRemoved) {
  for (std::uint64_t i = 0; i < 4; ++i) EXPECT_EQ(Produce(1, "orders", 0, 1, i), grpc::StatusCode::OK);
  agent_.Restart();
  EXPECT_EQ(Of("found"), 4);
  EXPECT_EQ(Of("written_total"), 0);
  EXPECT_EQ(Produce(1, "orders", 0, 1, 4), grpc::StatusCode::OK);
  ASSERT_TRUE(agent_.RemoveOldSegments().ok());
  EXPECT_TRUE(Eventually([&] { return Of("found") + Of("written_total") - Of("removed_total") == 1; }));
}

TEST_F(RecordMetricsTest, TheSeriesOfADeletedTopicEnd) {
  EXPECT_EQ(Produce(3), grpc::StatusCode::OK);
  EXPECT_EQ(Produce(1, "orders", 9), grpc::StatusCode::NOT_FOUND);
  grpc::ClientContext context;
  v1::DeleteTopicRequest request;
  request.set_topic("orders");
  v1::DeleteTopicResponse response;
  ASSERT_TRUE(agent_.topics().DeleteTopic(&context, request, &response).ok());
  const metrics::testing::MetricReader gone(agent_.registry());
  EXPECT_EQ(gone.SeriesCount("streamhouse_agent_records_written_total"), 0U);
  EXPECT_EQ(gone.SeriesCount("streamhouse_agent_records_found"), 0U);
  EXPECT_EQ(Refused("unknown_partition"), 0);
}

// Goal: a caller's deadline loses no record from the counts. Method: the disk is slow until the
// caller has given up, which looks the same to the agent.
TEST(RecordMetricsDeadlineTest, RecordsWhoseCallerGaveUpAreWrittenAndCountedOnce) {
  FaultyFileSystem files(PosixFileSystem());
  RunningAgent agent(RunningAgent::DefaultConfig({}), files);
  files.Switch(DiskState::kSlow, "log/orders/0/");
  grpc::ClientContext context;
  auto produced = std::async(std::launch::async, [&] {
    v1::ProduceResponse response;
    return agent.producer().Produce(&context, RunningAgent::Batch("orders", 0, {"a", "b"}), &response);
  });
  ASSERT_TRUE(Eventually([&] { return files.delayed() > 0; }));
  context.TryCancel();
  EXPECT_EQ(produced.get().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(agent.Sum("records_received_total"), 0U);
  files.Switch(DiskState::kWell);
  EXPECT_TRUE(Eventually([&] { return agent.Sum("grpc_requests_total", "method=\"Produce\"") == 1; }));
  EXPECT_EQ(agent.Sum("records_received_total"), 2U);
  EXPECT_EQ(agent.Sum("records_written_total"), 2U);
  EXPECT_EQ(agent.Sum("records_refused_total"), 0U);
}

}  // namespace
}  // namespace streamhouse::agent
