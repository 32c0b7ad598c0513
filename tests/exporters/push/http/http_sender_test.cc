#include "exporters/push/http/http_sender.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

#include "exporters/push/push_metrics.h"
#include "exporters/push/stop_signal.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/exporters/support/scripted_receiver.h"
#include "tests/support/eventually.h"
#include "tests/support/held_port.h"
#include "tests/support/watched_thread.h"

namespace streamhouse::exporters {
namespace {

using metrics::Status;
using metrics::StatusCode;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

class HttpSenderTest : public testing::Test {
 protected:
  SendOutcome Send(milliseconds time = hours(1)) {
    return sender_.Send({.path = "/push", .body = "body"}, steady_clock::now() + time, stop_);
  }
  std::optional<double> Count(const std::string& name) {
    return metrics::testing::MetricReader(registry_).Value("streamhouse_exporter_" + name + "_total",
                                                           {{"exporter", "test"}});
  }

  metrics::Registry registry_;
  ScriptedReceiver far_;
  StopSignal stop_;
  HttpSender sender_{"test",
                     {.address = {.host = "127.0.0.1", .port = far_.port()}},
                     [](unsigned status) { return status == 429 || status >= 500; },
                     PushMetrics::Register(registry_).value()};
};

TEST_F(HttpSenderTest, DeliversABodyThatIsTaken) {
  far_.Then(Respond(204, "X-Written: 3\r\n"));
  const SendOutcome sent = Send();
  EXPECT_TRUE(sent.is_delivered());
  EXPECT_TRUE(sent.status.ok());
  EXPECT_EQ(sent.reason, "");
  EXPECT_EQ(sent.response->Field("X-Written"), "3");
  EXPECT_EQ(Count("sent_bytes"), 4);
  EXPECT_EQ(Count("retries"), std::nullopt);
}

TEST_F(HttpSenderTest, SendsAgainAfterAStatusThatTheRuleNames) {
  far_.Then(Respond(503)).Then(Respond(429));
  EXPECT_TRUE(Send().is_delivered());
  EXPECT_EQ(far_.requests().size(), 3U);
  EXPECT_EQ(Count("retries"), 2);
  EXPECT_EQ(Count("sent_bytes"), 4);
}

TEST_F(HttpSenderTest, SendsAgainAfterAConnectionThatBreaks) {
  far_.Then(SendAndReset("")).Then(SendAndReset("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"));
  EXPECT_TRUE(Send().is_delivered());
  EXPECT_EQ(Count("retries"), 2);
}

// Goal: also the retry that HttpReceiver makes by itself is counted.
TEST_F(HttpSenderTest, CountsARetryOverANewConnection) {
  far_.Then(Respond(200)).Then(SendAndReset(""));
  EXPECT_TRUE(Send().is_delivered());
  EXPECT_TRUE(Send().is_delivered());
  EXPECT_EQ(Count("retries"), 1);
}

TEST_F(HttpSenderTest, NeverSendsAgainWhatIsRefused) {
  far_.Then(Respond(400, "", "out of order")).Then(Respond(301, "Location: /\r\n")).Then(Respond(413));
  const SendOutcome sent = Send();
  EXPECT_EQ(sent.result, SendResult::kRefused);
  EXPECT_EQ(sent.reason, drop_reason::kRefused);
  EXPECT_EQ(sent.status, Status(StatusCode::kInvalidArgument, "the receiver answers 400: out of order"));
  EXPECT_EQ(Send().status.message(), "the receiver answers 301, and redirects are not followed");
  EXPECT_EQ(Send().reason, drop_reason::kTooLarge);
  EXPECT_EQ(far_.requests().size(), 3U);
}

TEST_F(HttpSenderTest, NeverSendsAgainAfterAResponseThatItCannotRead) {
  far_.Then(SendAndClose("what?\r\n\r\n")).Then(SendAndClose("HTTP/1.1 200 OK\r\nContent-Length: 4194305\r\n\r\n"));
  for (int i = 0; i < 2; ++i) {
    const SendOutcome sent = Send();
    EXPECT_EQ(sent.result, SendResult::kRefused);
    EXPECT_EQ(sent.reason, drop_reason::kBadResponse);
  }
  EXPECT_EQ(far_.requests().size(), 2U);
}

TEST_F(HttpSenderTest, GivesUpAtItsDeadline) {
  far_.Then(SendAndWait(""));
  const SendOutcome sent = Send(milliseconds(50));
  EXPECT_EQ(sent.result, SendResult::kGivenUp);
  EXPECT_EQ(sent.reason, drop_reason::kUnreachable);
  EXPECT_EQ(sent.status.code(), StatusCode::kDeadlineExceeded);
}

TEST_F(HttpSenderTest, DoesNotWaitForARetryThatComesTooLate) {
  far_.Then(Respond(503, "Retry-After: 100\r\n"));
  const SendOutcome sent = Send(std::chrono::seconds(99));
  EXPECT_EQ(sent.result, SendResult::kGivenUp);
  EXPECT_EQ(sent.reason, drop_reason::kUnavailable);
  EXPECT_EQ(sent.status.message(), "the receiver answers 503");
  EXPECT_EQ(Count("retries"), std::nullopt);
}

TEST_F(HttpSenderTest, WaitsAsLongAsTheReceiverAsks) {
  far_.Then(Respond(503, "Retry-After: 2\r\n"));
  const auto before = steady_clock::now();
  EXPECT_TRUE(Send().is_delivered());
  EXPECT_GE(steady_clock::now() - before, std::chrono::seconds(2));
}

// Delays of 250 ms, 500 ms and 1 s at least leave time for four requests.
TEST_F(HttpSenderTest, WaitsAlsoWhereTheReceiverAsksToComeAtOnce) {
  for (const char* const time : {"0", "Sun, 06 Nov 1994 08:49:37 GMT"}) {
    const std::size_t before = far_.requests().size();
    for (int i = 0; i < 100; ++i) far_.Then(Respond(503, "Retry-After: " + std::string(time) + "\r\n"));
    EXPECT_FALSE(Send(std::chrono::seconds(2)).is_delivered());
    EXPECT_LE(far_.requests().size() - before, 5U);
  }
}

TEST_F(HttpSenderTest, SendsNothingUntilTheTimeThatTheReceiverHasAskedFor) {
  far_.Then(Respond(429, "Retry-After: 100\r\n"));
  EXPECT_EQ(Send(std::chrono::seconds(10)).status.message(), "the receiver answers 429");
  const SendOutcome next = Send(std::chrono::seconds(10));
  EXPECT_EQ(next.status, Status(StatusCode::kUnavailable, "the receiver has asked to come later"));
  EXPECT_EQ(next.reason, drop_reason::kUnavailable);
  EXPECT_EQ(far_.requests().size(), 1U);
}

TEST_F(HttpSenderTest, EndsItsWaitWhenTheExporterStops) {
  far_.Then(Respond(503, "Retry-After: 100\r\n"));
  SendOutcome sent;
  WatchedThread pusher([&] { sent = Send(); });
  EXPECT_TRUE(Eventually([&] { return far_.requests().size() == 1; }));
  stop_.Give();
  pusher.Join();
  EXPECT_EQ(sent.result, SendResult::kGivenUp);
  EXPECT_EQ(sent.reason, drop_reason::kStopped);
  EXPECT_EQ(far_.requests().size(), 1U);
}

TEST_F(HttpSenderTest, MakesOneAttemptOnceTheExporterStops) {
  far_.Then(Respond(429, "Retry-After: 100\r\n")).Then(Respond(503)).Then(Respond(200));
  EXPECT_FALSE(Send(std::chrono::seconds(10)).is_delivered());
  stop_.Give();
  EXPECT_EQ(Send().status.message(), "the receiver answers 503");
  EXPECT_TRUE(Send().is_delivered());
  EXPECT_EQ(far_.requests().size(), 3U);
}

TEST(HttpSenderWithoutReceiverTest, SaysThatItIsUnreachable) {
  const HeldPort closed;
  StopSignal stop;
  stop.Give();  // so that there is one attempt
  HttpSender sender(
      "test", {.address = {.host = "127.0.0.1", .port = closed.number()}}, [](unsigned) { return true; },
      PushMetrics());
  const SendOutcome sent = sender.Send({.path = "/"}, steady_clock::now() + hours(1), stop);
  EXPECT_EQ(sent.result, SendResult::kGivenUp);
  EXPECT_EQ(sent.reason, drop_reason::kUnreachable);
  EXPECT_EQ(sent.status.message(), "cannot connect: Connection refused");
}

TEST(HttpSenderWithoutReceiverTest, SaysThatAFileOfItsOwnIsUnusable) {
  StopSignal stop;
  HttpSender sender(
      "test", {.address = {.host = "127.0.0.1", .port = 1}, .credentials = {.bearer_file = "/no such file"}},
      [](unsigned) { return true; }, PushMetrics());
  const SendOutcome sent = sender.Send({.path = "/"}, steady_clock::now() + hours(1), stop);
  EXPECT_EQ(sent.result, SendResult::kGivenUp);
  EXPECT_EQ(sent.reason, "unusable");
  EXPECT_EQ(sent.status.message(), "cannot use /no such file: No such file or directory");
}

}  // namespace
}  // namespace streamhouse::exporters
