#include "client/producer_metrics.h"

#include <array>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "tests/client/producer_fixture.h"
#include "tests/support/exemplar_finder.h"

namespace streamhouse::client {
namespace {

constexpr std::array kFamilies = {
    "streamhouse_producer_records_sent_total",    "streamhouse_producer_bytes_sent_total",
    "streamhouse_producer_send_duration_seconds", "streamhouse_producer_batch_flush_duration_seconds",
    "streamhouse_producer_batch_size_records",    "streamhouse_producer_batch_size_bytes",
    "streamhouse_producer_pending_records",
};

class ProducerMetricsTest : public ProducerFixture {
 protected:
  struct Totals {
    std::uint64_t count = 0;
    double sum = 0;
  };

  Totals Histogram(const std::string& name) {
    const MetricReader reader(registry_);
    const auto found = reader.Histogram("streamhouse_producer_" + name, {{"topic", "orders"}});
    return found ? Totals{found->count, found->sum} : Totals();
  }
};

TEST_F(ProducerMetricsTest, ATopicHasASeriesInEveryFamily) {
  Start();
  EXPECT_TRUE(producer_->SendWithCallback("orders", {.value = "v"}, nullptr).ok());
  const MetricReader reader(registry_);
  for (const char* family : kFamilies) EXPECT_EQ(reader.SeriesCount(family), 1U) << family;
  for (const SendError error : kAllSendErrors) EXPECT_EQ(Errors(std::string(SendErrorName(error))), 0);
}

TEST_F(ProducerMetricsTest, RegisteredAgainTheyAreTheSameFamilies) {
  const std::size_t families = registry_.TakeSnapshot().families().size();
  EXPECT_TRUE(ProducerMetrics::Register(registry_).ok());
  EXPECT_EQ(registry_.TakeSnapshot().families().size(), families);
}

TEST_F(ProducerMetricsTest, DefaultConstructedTheyAreSinks) {
  const ProducerMetrics sinks;
  sinks.ForTopic("orders").records_sent.Increment();
  sinks.CountRefusal("orders", SendError::kClosed);
  EXPECT_EQ(Sent(), -1);
}

TEST_F(ProducerMetricsTest, ATraceInTheHeadersIsAnExemplarOfTheLatencies) {
  RecordHeaders headers;
  headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  Start();
  Send("before");
  EXPECT_TRUE(producer_->SendWithCallback("orders", {.value = "v", .headers = headers}, nullptr, 0).ok());
  Send("after");
  EXPECT_TRUE(producer_->Flush(kPatience).ok());
  for (const char* family : {"send_duration_seconds", "batch_flush_duration_seconds"}) {
    const auto exemplar = FindExemplar(registry_, std::string("streamhouse_producer_") + family);
    ASSERT_TRUE(exemplar.has_value()) << family;
    EXPECT_EQ(exemplar->trace.span_id, 0xb7ad6b7169203331U);
  }
  EXPECT_EQ(Histogram("send_duration_seconds").count, 3U);
}

TEST_F(ProducerMetricsTest, ARecordWithoutATraceIsNoExemplar) {
  Start();
  Send("v");
  EXPECT_TRUE(producer_->Flush(kPatience).ok());
  EXPECT_FALSE(FindExemplar(registry_, "streamhouse_producer_send_duration_seconds").has_value());
}

TEST_F(ProducerMetricsTest, SentMeansDelivered) {
  broker_->Hold(BrokerCall::kProduce);
  options_.batch_records = 2;
  Start();
  Future first = producer_->Send("orders", {.key = "key", .value = "value"}, 1);
  Future second = producer_->Send("orders", {.value = "v"}, 1);
  ASSERT_TRUE(broker_->WaitForCalls(BrokerCall::kProduce, 1));
  EXPECT_EQ(Sent(), 0);
  broker_->Release(BrokerCall::kProduce);
  EXPECT_TRUE(Get(second).ok());
  EXPECT_EQ(Sent(), 2);
  EXPECT_EQ(Value("bytes_sent_total"), 9);
}

TEST_F(ProducerMetricsTest, PendingIsTrueAtEachStep) {
  broker_->Hold({"orders", 1});
  Start();
  Future first = Send("a", 0);
  EXPECT_EQ(Pending(), 1);
  Future second = Send("b", 1);
  EXPECT_EQ(Pending(), 2);
  EXPECT_FALSE(producer_->Flush(std::chrono::milliseconds(1)).ok());
  EXPECT_TRUE(Get(first).ok());
  EXPECT_EQ(Pending(), 1);
  broker_->Release({"orders", 1});
  EXPECT_TRUE(Get(second).ok());
  EXPECT_EQ(Pending(), 0);
}

TEST_F(ProducerMetricsTest, ARefusedRecordWasNeverPending) {
  Start();
  Send("v", 99);
  EXPECT_EQ(Pending(), 0);
}

TEST_F(ProducerMetricsTest, MeasuresEveryRecordAndEveryBatch) {
  options_.batch_records = 3;
  Start();
  for (int i = 0; i < 7; ++i) Send("1234");
  EXPECT_TRUE(producer_->Flush(kPatience).ok());
  EXPECT_EQ(Histogram("send_duration_seconds").count, 7U);
  EXPECT_EQ(Histogram("batch_flush_duration_seconds").count, 3U);
  EXPECT_EQ(Histogram("batch_size_records").count, 3U);
  EXPECT_EQ(Histogram("batch_size_records").sum, 7);
  EXPECT_EQ(Histogram("batch_size_bytes").sum, 28);
}

TEST_F(ProducerMetricsTest, SendDurationLastsUntilTheAcknowledgement) {
  options_.linger = std::chrono::milliseconds(20);
  Start();
  Future sent = Send("v");
  EXPECT_TRUE(Get(sent).ok());
  EXPECT_GE(Histogram("send_duration_seconds").sum, 0.02);
  EXPECT_LT(Histogram("batch_flush_duration_seconds").sum, Histogram("send_duration_seconds").sum);
}

TEST_F(ProducerMetricsTest, FlushDurationIncludesRetries) {
  broker_->FailCall(BrokerCall::kProduce, 1, Status(StatusCode::kUnavailable, "scripted"));
  options_.retry_policy = {.initial_backoff = std::chrono::milliseconds(20)};
  Start();
  Future sent = Send("v");
  EXPECT_TRUE(producer_->Flush(kPatience).ok());
  EXPECT_GE(Histogram("batch_flush_duration_seconds").sum, 0.02 * RetryPolicy::kJitterMin);
}

TEST_F(ProducerMetricsTest, SeveralProducersAddUp) {
  Start();
  const std::unique_ptr<Producer> other = std::move(builder_.options(options_).Build()).value();
  Send("a");
  EXPECT_TRUE(other->SendWithCallback("orders", {.value = "b"}, nullptr).ok());
  EXPECT_EQ(Pending(), 2);
  EXPECT_TRUE(producer_->Flush(kPatience).ok());
  EXPECT_TRUE(other->Flush(kPatience).ok());
  EXPECT_EQ(Sent(), 2);
}

}  // namespace
}  // namespace streamhouse::client
