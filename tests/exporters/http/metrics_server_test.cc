#include "exporters/http/metrics_server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <future>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/exporters/support/http_client.h"
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
  MetricsServer server_{registry_, health_, {.port = 0}};
};

TEST_F(MetricsServerTest, ServesMetrics) {
  registry_.AddCounter({.name = "sent_total", .help = "Sent"}).value().With().Increment(5);
  const HttpReply reply = Get("/metrics");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_TRUE(reply.body.ends_with("# HELP sent_total Sent\n# TYPE sent_total counter\nsent_total 5\n"));
  EXPECT_NE(reply.body.find("\nstreamhouse_exporter_connections 1\n"), std::string::npos);
}

TEST_F(MetricsServerTest, ServesOpenMetricsToThoseWhoAsk) {
  const HttpReply reply = Get("/metrics", "Accept: application/openmetrics-text;version=1.0.0\r\n");
  EXPECT_EQ(reply.headers.at("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
  EXPECT_TRUE(reply.body.ends_with("\n# EOF\n"));
}

TEST_F(MetricsServerTest, ServesHealthAndReadiness) {
  EXPECT_EQ(Get("/health").body, "OK");
  EXPECT_EQ(Get("/ready").body, "READY");
  const auto token = health_.Add("lease", [] { return Status(StatusCode::kUnavailable, "no lease"); });
  EXPECT_EQ(Get("/health").body, "OK");
  EXPECT_EQ(Get("/ready").status, 503);
  EXPECT_EQ(Get("/ready").body, "lease: no lease\n");
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

TEST_F(MetricsServerTest, SaysWhatIsWrongWithARequest) {
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

TEST_F(MetricsServerTest, CompressesForThoseWhoAsk) {
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

TEST_F(MetricsServerTest, EndsConnectionsThatSendNothing) {
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

TEST_F(MetricsServerTest, NamesAHostThatDoesNotExist) {
  MetricsServer nowhere(registry_, health_, {.host = "no such host", .port = 1});
  EXPECT_EQ(nowhere.Start().code(), StatusCode::kInvalidArgument);
  MetricsServer elsewhere(registry_, health_, {.host = "192.0.2.1", .port = 1});
  EXPECT_EQ(elsewhere.Start().message(), "cannot listen on 192.0.2.1:1: Cannot assign requested address");
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

// A program with one io_context for a timer of its own and a server.
class ServerInAContextTest : public testing::Test {
 protected:
  ServerInAContextTest() { Tick(); }
  ~ServerInAContextTest() override { EndContext(); }

  void StartServer() {
    server_ =
        std::make_unique<MetricsServer>(*registry_, health_, MetricsServerOptions{.port = 0, .context = &context_});
    ASSERT_TRUE(server_->Start().ok());
  }
  void RunContext() {
    thread_ = std::thread([this] { context_.run(); });
  }
  void EndContext() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }
  // Runs it in the context and waits for it.
  void InContext(std::function<void()> action) {
    std::promise<void> done;
    boost::asio::post(context_, [&] {
      action();
      done.set_value();
    });
    done.get_future().wait();
  }
  // A client to whom a page is being sent that it does not take.
  std::unique_ptr<HttpClient> LazyClient() {
    const auto family =
        registry_->AddCounter({.name = "large_total", .help = "L", .labels = {"i"}, .series_max = 20'000}).value();
    for (int i = 0; i < 19'999; ++i) family.With(std::to_string(i));
    auto client = std::make_unique<HttpClient>(server_->port());
    client->Send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(Get(server_->port(), "/health").body, "OK");
    return client;
  }
  void WaitForATick() {
    // Relaxed: a count that is waited for.
    const int before = ticks_.load(std::memory_order_relaxed);
    // Relaxed: as above.
    EXPECT_TRUE(Eventually([&] { return ticks_.load(std::memory_order_relaxed) > before; }));
  }

  std::unique_ptr<metrics::Registry> registry_ = std::make_unique<metrics::Registry>();
  metrics::Health health_;
  boost::asio::io_context context_{1};
  std::unique_ptr<MetricsServer> server_;
  std::thread thread_;

 private:
  void Tick() {
    timer_.expires_after(std::chrono::milliseconds(1));
    timer_.async_wait([this](boost::system::error_code) {
      // Relaxed: as in WaitForATick().
      ticks_.fetch_add(1, std::memory_order_relaxed);
      Tick();
    });
  }

  boost::asio::steady_timer timer_{context_};
  std::atomic<int> ticks_ = 0;
};

TEST_F(ServerInAContextTest, AnswersBesideTheProgramsOwnWork) {
  RunContext();
  StartServer();
  EXPECT_EQ(Get(server_->port(), "/health").body, "OK");
  WaitForATick();
  EXPECT_EQ(Get(server_->port(), "/metrics").status, 200);
  server_->Stop();
  EXPECT_FALSE(HttpClient(server_->port()).connected());
  WaitForATick();
}

TEST_F(ServerInAContextTest, HasNoThreadOfItsOwn) {
  const auto threads = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"), std::filesystem::directory_iterator());
  };
  const auto before = threads();
  StartServer();
  EXPECT_EQ(threads(), before);
}

TEST_F(ServerInAContextTest, AnswersOnceTheContextRuns) {
  StartServer();
  HttpClient early(server_->port());
  ASSERT_TRUE(early.Send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n"));
  RunContext();
  EXPECT_EQ(early.Receive().body, "OK");
}

TEST_F(ServerInAContextTest, StopsFromAnotherThreadInTheMiddleOfAPage) {
  RunContext();
  StartServer();
  const auto lazy = LazyClient();
  server_->Stop();
  server_.reset();
  registry_.reset();
  EXPECT_FALSE(lazy->Receive().complete);
  WaitForATick();
}

TEST_F(ServerInAContextTest, StopsFromAHandlerAndLeavesNothingThatNeedsTheRegistry) {
  RunContext();
  StartServer();
  const auto lazy = LazyClient();
  HttpClient idle(server_->port());
  EXPECT_EQ(idle.Ask("GET", "/health").body, "OK");
  InContext([&] {
    // Both requests wait in the context when the server stops.
    idle.Send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
    server_->Stop();
    server_.reset();
    registry_.reset();
  });
  EXPECT_EQ(idle.ReceiveAll(), "");
  EXPECT_FALSE(lazy->Receive().complete);
  WaitForATick();
}

// Goal: a request that has been read when the server stops is not answered. Method: it is sent before its connection is
// accepted, so that the first read is over at once and its handler stands behind the one that stops the server.
TEST_F(ServerInAContextTest, AnswersNothingThatItHadReadWhenItWasStopped) {
  bool asked = false;
  const auto token = health_.Add("check", [&] { return asked = true, Status::Ok(); });
  StartServer();
  HttpClient client(server_->port());
  ASSERT_TRUE(client.Send("GET /ready HTTP/1.1\r\nHost: a\r\n\r\n"));
  std::promise<void> stopped;
  const std::function<void()> stop_once_accepted = [&] {
    if (metrics::testing::MetricReader(*registry_).Value("streamhouse_exporter_connections") == 0) {
      return boost::asio::post(context_, stop_once_accepted);
    }
    server_->Stop();
    stopped.set_value();
  };
  boost::asio::post(context_, stop_once_accepted);
  RunContext();
  stopped.get_future().wait();
  InContext([] {});
  EXPECT_FALSE(asked);
  EXPECT_EQ(client.ReceiveAll(), "");
}

TEST_F(ServerInAContextTest, CountsNoConnectionThatItHasEnded) {
  RunContext();
  StartServer();
  const auto lazy = LazyClient();
  server_->Stop();
  const metrics::testing::MetricReader reader(*registry_);
  EXPECT_EQ(reader.Value("streamhouse_exporter_connections"), 0);
}

TEST_F(ServerInAContextTest, StopsAfterTheContextHasStopped) {
  RunContext();
  StartServer();
  const auto lazy = LazyClient();
  EndContext();
  server_->Stop();
  server_.reset();
  registry_.reset();
}

TEST_F(ServerInAContextTest, StartsAgain) {
  RunContext();
  for (int i = 0; i < 2; ++i) {
    StartServer();
    EXPECT_EQ(Get(server_->port(), "/health").body, "OK");
    server_->Stop();
    server_->Stop();
  }
}

}  // namespace
}  // namespace streamhouse::exporters
