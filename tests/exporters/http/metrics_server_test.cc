#include "exporters/http/metrics_server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <latch>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "tests/exporters/support/http_client.h"
#include "tests/exporters/support/patient_limits.h"
#include "tests/support/eventually.h"

namespace streamhouse::exporters {
namespace {

using metrics::Status;
using metrics::StatusCode;

class MetricsServerTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(server_.Start().ok()); }
  // Enough series for many chunks.
  void AddLargeFamily() {
    const auto family =
        registry_.AddCounter({.name = "large_total", .help = "Large", .labels = {"i"}, .series_max = kSeries}).value();
    for (int i = 0; i < kSeries - 1; ++i) large_.push_back(family.With(std::to_string(i)));
  }
  HttpReply Get(std::string_view target, std::string_view headers = "") {
    return exporters::Get(server_.port(), target, headers);
  }

  static constexpr int kSeries = 20'000;
  metrics::Registry registry_;
  metrics::Health health_;
  std::vector<metrics::Counter> large_;
  MetricsServer server_{registry_, health_, {.port = 0, .limits = PatientLimits()}};
};

TEST_F(MetricsServerTest, ServesMetrics) {
  registry_.AddCounter({.name = "sent_total", .help = "Sent"}).value().With().Increment(5);
  const HttpReply reply = Get("/metrics");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_TRUE(reply.body.ends_with("# HELP sent_total Sent\n# TYPE sent_total counter\nsent_total 5\n"));
  EXPECT_NE(reply.body.find("\nstreamhouse_exporter_connections 1\n"), std::string::npos);
}

TEST_F(MetricsServerTest, ServesOpenMetricsToReadersThatAskForIt) {
  const HttpReply reply = Get("/metrics", "Accept: application/openmetrics-text;version=1.0.0\r\n");
  EXPECT_EQ(reply.headers.at("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
  EXPECT_TRUE(reply.body.ends_with("\n# EOF\n"));
}

TEST_F(MetricsServerTest, ServesHealthAndReadiness) {
  EXPECT_EQ(Get("/health").body, "OK");
  // More than once, as checks that take longer than some seconds are given up.
  EXPECT_TRUE(Eventually([this] { return Get("/ready").body == "READY"; }));
  const auto token = health_.Add("lease", [] { return Status(StatusCode::kUnavailable, "no lease"); });
  EXPECT_EQ(Get("/health").body, "OK");
  EXPECT_EQ(Get("/ready").status, 503);
  EXPECT_TRUE(Eventually([this] { return Get("/ready").body == "lease: no lease\n"; }));
}

// Goal: a liveness probe does not restart a program whose readiness check hangs.
TEST_F(MetricsServerTest, ASlowCheckDelaysReadyAndNothingElse) {
  std::latch begun(1);
  std::latch released(1);
  const auto token = health_.Add("disk", [&] {
    if (!begun.try_wait()) begun.count_down();
    EXPECT_TRUE(InTime(released));
    return Status::Ok();
  });
  HttpClient waiting(server_.port());
  ASSERT_TRUE(waiting.Send("GET /ready HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_TRUE(InTime(begun));
  EXPECT_EQ(Get("/health").body, "OK");
  EXPECT_EQ(Get("/metrics").status, 200);
  released.count_down();
  EXPECT_NE(waiting.Receive().status, 0) << "503 where the machine has stood still";
  EXPECT_TRUE(Eventually([this] { return Get("/ready").body == "READY"; }));
}

TEST_F(MetricsServerTest, StreamsLargePagesWhole) {
  AddLargeFamily();
  const HttpReply reply = Get("/metrics");
  EXPECT_EQ(reply.headers.at("transfer-encoding"), "chunked");
  EXPECT_TRUE(reply.complete);
  EXPECT_TRUE(reply.body.ends_with("large_total{i=\"19998\"} 0\n"));
}

TEST_F(MetricsServerTest, KeepsConnectionsForMoreRequests) {
  HttpClient client(server_.port());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.Ask("GET", "/health").body, "OK");
  EXPECT_EQ(client.Ask("HEAD", "/metrics").status, 200);
  EXPECT_EQ(client.Ask("GET", "/health", "Connection: close\r\n").body, "OK");
  EXPECT_EQ(client.ReceiveAll(), "");
}

TEST_F(MetricsServerTest, SendsHeadTheHeadersOnly) {
  AddLargeFamily();
  HttpClient client(server_.port());
  EXPECT_EQ(client.Ask("HEAD", "/metrics").headers.at("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(client.Ask("HEAD", "/health").headers.at("content-length"), "2");
}

TEST_F(MetricsServerTest, AnswersABadRequestWithItsStatus) {
  EXPECT_EQ(Get("/nothing").status, 404);
  EXPECT_EQ(Get("/../../../etc/passwd").status, 404);
  EXPECT_EQ(Get("/%2e%2e%2fetc%2fpasswd").status, 404);
  EXPECT_EQ(HttpClient(server_.port()).Ask("POST", "/metrics").headers.at("allow"), "GET, HEAD");
  EXPECT_EQ(Get("/" + std::string(10'000, 'x')).status, 414);
  EXPECT_EQ(Get("/", "Long: " + std::string(20'000, 'x') + "\r\n").status, 431);
  HttpClient client(server_.port());
  client.Send("\x16\x03\x01 nonsense\r\n\r\n");
  EXPECT_EQ(client.Receive().status, 400);
  EXPECT_EQ(client.ReceiveAll(), "") << "and closes";
}

TEST_F(MetricsServerTest, AnswersEveryMethodAndVersionByTheLetter) {
  const std::pair<std::string, int> all[] = {
      {"GET /health HTTP/1.2", 200},  {"GET /health HTTP/2.0", 505},      {"OPTIONS * HTTP/1.1", 405},
      {"CONNECT a:80 HTTP/1.1", 405}, {"OPTIONS /metrics HTTP/1.1", 405}, {"GET * HTTP/1.1", 400},
  };
  for (const auto& [line, status] : all) {
    HttpClient client(server_.port());
    client.Send(line + "\r\nHost: a\r\n\r\n");
    EXPECT_EQ(client.Receive().status, status) << line;
  }
}

TEST_F(MetricsServerTest, RefusesBodiesWithoutReadingThem) {
  HttpClient client(server_.port());
  client.Send("POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000000\r\n\r\n");
  EXPECT_EQ(client.Receive().status, 405);
  client.ShutDownSending();
  EXPECT_EQ(client.ReceiveAll(), "");
}

TEST_F(MetricsServerTest, ServesManyAtATime) {
  AddLargeFamily();
  std::vector<std::thread> scrapers;
  std::atomic<int> complete = 0;
  for (int i = 0; i < 8; ++i) {
    scrapers.emplace_back([&] {
      HttpClient client(server_.port());
      // Relaxed: joining the threads orders the count.
      for (int n = 0; n < 3; ++n) complete.fetch_add(client.Ask("GET", "/metrics").complete, std::memory_order_relaxed);
    });
  }
  for (std::thread& scraper : scrapers) scraper.join();
  // Relaxed: the threads are joined.
  EXPECT_EQ(complete.load(std::memory_order_relaxed), 24);
}

TEST_F(MetricsServerTest, IsNotHeldUpByAClientThatDoesNotRead) {
  AddLargeFamily();
  HttpClient lazy(server_.port());
  ASSERT_TRUE(lazy.Send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(Get("/health").body, "OK");
  EXPECT_TRUE(Get("/metrics").complete);
}

TEST_F(MetricsServerTest, CompressesForReadersThatAskForIt) {
  AddLargeFamily();
  const HttpReply reply = Get("/metrics", "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(reply.headers.at("content-encoding"), "gzip");
  EXPECT_TRUE(reply.complete);
  EXPECT_LT(reply.body.size(), Get("/metrics").body.size() / 5);
}

TEST_F(MetricsServerTest, GivesANewClientThePlaceOfTheOldestIdleOne) {
  MetricsServer small(registry_, health_, {.port = 0, .limits = {.connections = 2}});
  ASSERT_TRUE(small.Start().ok());
  HttpClient oldest(small.port());
  EXPECT_EQ(oldest.Ask("GET", "/health").status, 200);
  HttpClient second(small.port());
  EXPECT_EQ(second.Ask("GET", "/health").status, 200);
  EXPECT_EQ(exporters::Get(small.port(), "/health").status, 200);
  EXPECT_EQ(oldest.ReceiveAll(), "") << "closed";
}

TEST_F(MetricsServerTest, EndsConnectionsWithoutAHeadInTime) {
  MetricsServer quick(registry_, health_, {.port = 0, .limits = {.head_time = std::chrono::milliseconds(10)}});
  ASSERT_TRUE(quick.Start().ok());
  HttpClient silent(quick.port());
  EXPECT_EQ(silent.ReceiveAll(), "");
  HttpClient slow(quick.port());
  slow.Send("GET /hea");
  EXPECT_EQ(slow.ReceiveAll(), "");
}

TEST_F(MetricsServerTest, StopsInTheMiddleOfAPage) {
  AddLargeFamily();
  HttpClient lazy(server_.port());
  ASSERT_TRUE(lazy.Send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(Get("/health").body, "OK");
  server_.Stop();
  EXPECT_FALSE(HttpClient(server_.port()).connected());
}

TEST_F(MetricsServerTest, StopsTwice) {
  server_.Stop();
  server_.Stop();
}

TEST_F(MetricsServerTest, SaysWhichPortItGot) {
  EXPECT_NE(server_.port(), 0);
  EXPECT_EQ(server_.Name(), "prometheus://127.0.0.1:" + std::to_string(server_.port()));
}

TEST_F(MetricsServerTest, NamesAPortThatIsTaken) {
  MetricsServer second(registry_, health_, {.port = server_.port()});
  const Status status = second.Start();
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  EXPECT_EQ(status.message(),
            "cannot listen on 127.0.0.1:" + std::to_string(server_.port()) + ": Address already in use");
}

TEST_F(MetricsServerTest, DoesNotStartBesideAnotherFamilyWithTheNameOfItsOwn) {
  metrics::Registry registry;
  const auto taken = registry.AddGauge({.name = "streamhouse_exporter_connections", .help = "Another"});
  MetricsServer server(registry, health_, {.port = 0});
  const Status started = server.Start();
  EXPECT_EQ(started.code(), StatusCode::kAlreadyExists);
  EXPECT_NE(started.message().find("streamhouse_exporter_connections"), std::string::npos) << started.message();
  EXPECT_EQ(server.port(), 0);
}

TEST_F(MetricsServerTest, ShowsMoreRegistriesOnItsPages) {
  metrics::Registry plug_in;
  plug_in.AddCounter({.name = "plugged_total", .help = "Plugged"}).value().With().Increment(5);
  MetricsServer server(registry_, health_, {.port = 0, .more_registries = {&plug_in}});
  ASSERT_TRUE(server.Start().ok());
  EXPECT_TRUE(exporters::Get(server.port(), "/metrics").body.ends_with("\nplugged_total 5\n"));
  EXPECT_TRUE(exporters::Get(server.port(), "/metrics/detailed").body.ends_with("\nplugged_total 5\n"));
}

TEST_F(MetricsServerTest, DoesNotStartWhereTwoRegistriesHaveAFamilyOfOneName) {
  metrics::Registry plug_in;
  const auto first = registry_.AddGauge({.name = "a", .help = "A"});
  const auto second = plug_in.AddGauge({.name = "a", .help = "A"});
  MetricsServer server(registry_, health_, {.port = 0, .more_registries = {&plug_in}});
  EXPECT_EQ(server.Start(), Status(StatusCode::kAlreadyExists, "two registries have a family a"));
}

TEST_F(MetricsServerTest, NamesAHostThatDoesNotExist) {
  MetricsServer nowhere(registry_, health_, {.host = "no such host", .port = 1});
  EXPECT_EQ(nowhere.Start().code(), StatusCode::kInvalidArgument);
  MetricsServer elsewhere(registry_, health_, {.host = "192.0.2.1", .port = 1});
  EXPECT_EQ(elsewhere.Start().message(), "cannot listen on 192.0.2.1:1: Cannot assign requested address");
}

TEST_F(MetricsServerTest, RefusesAnEmptyHostInsteadOfListeningEverywhere) {
  MetricsServer everywhere(registry_, health_, {.host = "", .port = 0});
  const Status status = everywhere.Start();
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "the host to listen on is empty");
}

TEST_F(MetricsServerTest, RefusesALimitOfZero) {
  MetricsServer server(registry_, health_, {.port = 0, .limits = {.connections = 0}});
  EXPECT_EQ(server.Start(), metrics::InvalidField("connections", "must be more than 0").Within("limits"));
}

// Goal: a server that does not start has answered no request. Method: the check of its labels takes
// a snapshot. A callback of this snapshot runs what the server has left in the context.
TEST_F(MetricsServerTest, ChecksItsLabelsBeforeItAnswers) {
  boost::asio::io_context context;
  const boost::asio::any_io_executor executor = context.get_executor();
  std::size_t handlers = 0;
  const auto family = registry_.AddCallbackGauge({.name = "depth", .help = "D", .labels = {"topic"}}).value();
  const auto token = family.Add([&] { return static_cast<double>(handlers += context.poll()); }, "a");
  MetricsServer server(registry_, health_, {.port = 0, .labels = {{"topic", "b"}}, .executor = &executor});
  const Status started = server.Start();
  EXPECT_EQ(started.code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(started.message(), "the label topic is one of depth already");
  EXPECT_EQ(handlers, 0U);
}

TEST_F(MetricsServerTest, ListensOnIpv6) {
  MetricsServer server(registry_, health_, {.host = "::1", .port = 0});
  const Status status = server.Start();
  // Where there is no IPv6, it says so.
  EXPECT_EQ(server.Name(), "prometheus://[::1]:" + std::to_string(server.port()));
  EXPECT_TRUE(status.ok() || status.message().starts_with("cannot listen on [::1]:0: ")) << status.message();
}

TEST_F(MetricsServerTest, StopsWithoutAStart) {
  MetricsServer server(registry_, health_, {});
  server.Stop();
  EXPECT_EQ(server.port(), 0);
}

TEST_F(MetricsServerTest, SaysThatItIsStartedAlready) {
  EXPECT_EQ(server_.Start(), Status(StatusCode::kFailedPrecondition, "the server is started already"));
  EXPECT_EQ(Get("/health").body, "OK") << "and the first goes on";
}

TEST_F(MetricsServerTest, StopsFromSeveralThreadsAtOnce) {
  AddLargeFamily();
  HttpClient lazy(server_.port());
  ASSERT_TRUE(lazy.Send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"));
  std::vector<std::thread> stoppers;
  for (int i = 0; i < 4; ++i) {
    stoppers.emplace_back([this] {
      server_.Stop();
      EXPECT_FALSE(HttpClient(server_.port()).connected());
    });
  }
  for (std::thread& stopper : stoppers) stopper.join();
}

TEST(MetricsServerDeathTest, EndsTheProgramWhenAHealthCheckStopsIt) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_DEATH(
      {
        metrics::Registry registry;
        metrics::Health health;
        MetricsServer server(registry, health, {.port = 0});
        const auto token = health.Add("check", [&] { return server.Stop(), Status::Ok(); });
        static_cast<void>(server.Start());
        Get(server.port(), "/ready");
      },
      "stopped by a health check");
}

}  // namespace
}  // namespace streamhouse::exporters
