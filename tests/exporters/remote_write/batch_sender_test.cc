#include "exporters/remote_write/batch_sender.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "exporters/push/push_metrics.h"
#include "exporters/push/stop_signal.h"
#include "exporters/remote_write/remote_write_batch.h"
#include "exporters/remote_write/version_choice.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/exporters/remote_write/remote_write_receiver.h"
#include "tests/exporters/remote_write/request_checks.h"
#include "tests/exporters/support/remote_write_snapshot.h"
#include "tests/exporters/support/scripted_receiver.h"

namespace streamhouse::exporters {
namespace {

constexpr std::chrono::seconds kLong{30};

// The names of the tests are the subjects that the compliance suite of Prometheus has for senders.
class BatchSenderTest : public testing::Test {
 protected:
  // Two samples of a counter.
  BatchOutcome Send(std::chrono::milliseconds time = kLong) {
    return SendBatch({.families = snapshot_.families().subspan(0, 1), .unix_milliseconds = kTakenMilliseconds}, time);
  }
  BatchOutcome SendBatch(const RemoteWriteBatch& batch, std::chrono::milliseconds time = kLong) {
    return SendAs(choice_, batch, time);
  }
  BatchOutcome SendAs(VersionChoice& choice, const RemoteWriteBatch& batch, std::chrono::milliseconds time = kLong) {
    return sender_.Send(batch, choice, std::chrono::steady_clock::now() + time, stop_);
  }

  double Count(std::string_view name) {
    return metrics::testing::MetricReader(counted_).Value(name, {{"exporter", "prw+http"}}).value_or(0);
  }
  double Sent() { return Count("streamhouse_exporter_samples_sent_total"); }
  double Retries() { return Count("streamhouse_exporter_retries_total"); }
  double Dropped(std::string_view reason) {
    return metrics::testing::MetricReader(counted_)
        .Value("streamhouse_exporter_samples_dropped_total",
               {{"exporter", "prw+http"}, {"reason", std::string(reason)}})
        .value_or(0);
  }

  const metrics::Snapshot snapshot_ = RemoteWriteSnapshot();
  metrics::Registry counted_;
  ScriptedReceiver receiver_;
  StopSignal stop_;
  VersionChoice choice_{RemoteWriteVersion::kAuto};
  BatchSender sender_{"prw+http",
                      "/api/v1/write",
                      {.address = {.host = "127.0.0.1", .port = receiver_.port()}},
                      *PushMetrics::Register(counted_)};
};

TEST_F(BatchSenderTest, SendsTheHeadersOf2) {
  receiver_.Then(Stored(2));
  EXPECT_TRUE(Send().status.ok());
  const ReceivedRequest request = receiver_.requests().at(0);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/api/v1/write");
  EXPECT_EQ(request.Header("content-type"), "application/x-protobuf;proto=io.prometheus.write.v2.Request");
  EXPECT_EQ(request.Header("content-encoding"), "snappy");
  EXPECT_EQ(request.Header("x-prometheus-remote-write-version"), "2.0.0");
  EXPECT_TRUE(request.Header("user-agent").starts_with("streamhouse/"));
}

TEST_F(BatchSenderTest, SendsTheHeadersOf1) {
  VersionChoice old(RemoteWriteVersion::k1);
  EXPECT_TRUE(SendAs(old, {.families = snapshot_.families()}).status.ok());
  const ReceivedRequest request = receiver_.requests().at(0);
  EXPECT_EQ(request.Header("content-type"), "application/x-protobuf");
  EXPECT_EQ(request.Header("content-encoding"), "snappy");
  EXPECT_EQ(request.Header("x-prometheus-remote-write-version"), "0.1.0");
}

TEST_F(BatchSenderTest, SendsSnappyBlocksOfWholeMessages) {
  receiver_.Then(Stored(2));
  Send();
  const DecodedRequest request = Decoded(receiver_.requests().at(0));
  EXPECT_EQ(Joined(request.faults), "");
  EXPECT_EQ(request.lines.back(), "relay_frames_total{Zone=\"z\"} 1 @1700000060000 from 1700000000008");
}

TEST_F(BatchSenderTest, CountsWhatTheReceiverHasStored) {
  receiver_.Then(Stored(2)).Then(Stored(1));
  EXPECT_TRUE(Send().status.ok());
  EXPECT_EQ(Sent(), 2);
  EXPECT_TRUE(Send().status.ok());
  EXPECT_EQ(Sent(), 3);
  EXPECT_EQ(Dropped("rejected"), 1);
}

TEST_F(BatchSenderTest, RetriesServerErrorsAndTooManyRequests) {
  receiver_.Then(Respond(500)).Then(Respond(429)).Then(Stored(2));
  EXPECT_TRUE(Send().status.ok());
  EXPECT_EQ(receiver_.requests().size(), 3U);
  EXPECT_EQ(receiver_.requests().at(2).body, receiver_.requests().at(0).body);
  EXPECT_EQ(Retries(), 2);
  EXPECT_EQ(Sent(), 2);
}

TEST_F(BatchSenderTest, WaitsAsLongAsRetryAfterSays) {
  receiver_.Then(Respond(503, "Retry-After: 1\r\n")).Then(Stored(2));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(Send().status.ok());
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
}

TEST_F(BatchSenderTest, NeverRetriesOtherClientErrors) {
  receiver_.Then(Stored(2));
  Send();
  for (const int status : {400, 401, 403, 404, 405, 413}) receiver_.Then(Respond(status));
  for (int i = 0; i < 6; ++i) EXPECT_FALSE(Send().status.ok());
  EXPECT_EQ(receiver_.requests().size(), 7U);
  EXPECT_EQ(Dropped("refused"), 10);
  EXPECT_EQ(Dropped("too_large"), 2);
}

TEST_F(BatchSenderTest, TakesTheRefusalOfAnExemplarForASuccess) {
  receiver_.Then(Stored(2, 400));
  EXPECT_TRUE(Send().status.ok());
  EXPECT_EQ(receiver_.requests().size(), 1U);
  EXPECT_EQ(Sent(), 2);
}

TEST_F(BatchSenderTest, CountsTheSamplesOfAPartialRefusal) {
  receiver_.Then(Stored(1, 400));
  const BatchOutcome outcome = Send();
  EXPECT_FALSE(outcome.status.ok());
  EXPECT_TRUE(outcome.is_begun);
  EXPECT_EQ(Sent(), 1);
  EXPECT_EQ(Dropped("rejected"), 1);
}

TEST_F(BatchSenderTest, HasNotBegunWhereAServerErrorTellsThatNothingIsStored) {
  receiver_.Then(Stored(0, 500));
  stop_.Give();  // there are no retries
  EXPECT_FALSE(Send().is_begun);
  EXPECT_EQ(Dropped("unavailable"), 2);
  EXPECT_EQ(Dropped("rejected"), 0);
}

TEST_F(BatchSenderTest, HasNotBegunWhereARefusalTellsThatNothingIsStored) {
  receiver_.Then(Stored(0, 400));
  EXPECT_FALSE(Send().is_begun);
  EXPECT_EQ(Dropped("rejected"), 2);
}

TEST_F(BatchSenderTest, FallsBackAfter415) {
  receiver_.Then(Respond(415));
  EXPECT_TRUE(Send().falls_back);
  EXPECT_FALSE(Send().falls_back);
  EXPECT_EQ(Versions(receiver_.requests()), "21");
  EXPECT_EQ(Joined(Decoded(receiver_.requests().at(1)).faults), "");
  EXPECT_EQ(Sent(), 2) << "once";
}

TEST_F(BatchSenderTest, FallsBackAfterASuccessThatTellsNoCounts) {
  receiver_.Then(Respond(204));
  EXPECT_TRUE(Send().falls_back);
  EXPECT_EQ(Sent(), 0);
}

TEST_F(BatchSenderTest, DoesNotFallBackAfterASuccessThatTellsCounts) {
  receiver_.Then(Stored(2));
  EXPECT_FALSE(Send().falls_back);
}

TEST_F(BatchSenderTest, CountsNoSampleOfABatchThatFallsBack) {
  metrics::Registry registry;
  AddCounters(registry, 30'000);
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  receiver_.Then(Stored(1'000'000)).Then(Respond(415));
  const BatchOutcome outcome = SendBatch({.families = snapshot.families()});
  EXPECT_TRUE(outcome.falls_back);
  EXPECT_FALSE(outcome.is_begun);
  EXPECT_EQ(Sent(), 0);
}

TEST_F(BatchSenderTest, TakesASuccessThatTellsNoCountsForARefusalOfAFixed2) {
  VersionChoice fixed(RemoteWriteVersion::k2);
  receiver_.Then(Respond(204));
  const BatchOutcome outcome = SendAs(fixed, {.families = snapshot_.families().subspan(0, 1)});
  EXPECT_EQ(outcome.status,
            metrics::Status(metrics::StatusCode::kInvalidArgument, "the receiver does not know remote write 2.0"));
  EXPECT_FALSE(outcome.is_begun);
  EXPECT_EQ(Sent(), 0);
  EXPECT_EQ(Dropped("refused"), 2);
}

TEST_F(BatchSenderTest, DropsTheRestOfABatchWhenTheReceiverIsUnreachable) {
  metrics::Registry registry;
  AddCounters(registry, 30'000);
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  receiver_.Then(Stored(1'000'000)).Then(SendAndReset(""));
  for (int i = 0; i < 10; ++i) receiver_.Then(SendAndReset(""));
  const BatchOutcome outcome = SendBatch({.families = snapshot.families()}, std::chrono::milliseconds(100));
  EXPECT_FALSE(outcome.status.ok());
  EXPECT_TRUE(outcome.is_begun);
  EXPECT_GT(Sent(), 5'000);
  EXPECT_EQ(Sent() + Dropped("unreachable"), 30'000);
}

// Each of the five requests would have an attempt of its own.
TEST_F(BatchSenderTest, AsksOnceForTheRestOfABatchWhileTheExporterStops) {
  metrics::Registry registry;
  AddCounters(registry, 60'000);
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  receiver_.Then(Stored(1'000'000));
  for (int i = 0; i < 10; ++i) receiver_.Then(SendAndReset(""));
  stop_.Give();
  EXPECT_FALSE(SendBatch({.families = snapshot.families()}).status.ok());
  EXPECT_LE(receiver_.requests().size(), 3U) << "one that is taken, one that is not, and its repetition";
  EXPECT_EQ(Sent() + Dropped("unreachable"), 60'000);
}

TEST_F(BatchSenderTest, SendsTheRequestsBehindARefusedOne) {
  metrics::Registry registry;
  AddCounters(registry, 14'000);
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  receiver_.Then(Stored(0, 400));
  for (int i = 0; i < 10; ++i) receiver_.Then(Stored(1'000'000));
  EXPECT_FALSE(SendBatch({.families = snapshot.families()}).status.ok());
  EXPECT_EQ(receiver_.requests().size(), 2U);
  EXPECT_EQ(Sent() + Dropped("rejected"), 14'000);
  EXPECT_GT(Sent(), 3'000);
}

TEST_F(BatchSenderTest, SendsNoRequestForAnEmptyBatch) {
  EXPECT_TRUE(SendBatch({}).status.ok());
  EXPECT_EQ(receiver_.requests().size(), 0U);
}

}  // namespace
}  // namespace streamhouse::exporters
