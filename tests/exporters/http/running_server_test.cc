#include "exporters/http/running_server.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <future>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "exporters/http/metrics_server.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/exporters/http/running_server_fixture.h"
#include "tests/exporters/support/http_client.h"
#include "tests/exporters/support/password_crowd.h"
#include "tests/support/eventually.h"
#include "tests/support/open_file_limit.h"

namespace streamhouse::exporters {
namespace {

using metrics::Status;
using metrics::StatusCode;

class RunningServerTest : public RunningServerFixture {};

TEST_F(RunningServerTest, AnswersBesideTheProgramsOwnWork) {
  RunContext();
  StartServer();
  EXPECT_EQ(Get(server_->port(), "/health").body, "OK");
  WaitForATick();
  EXPECT_EQ(Get(server_->port(), "/metrics").status, 200);
  server_->Stop();
  EXPECT_FALSE(HttpClient(server_->port()).connected());
  WaitForATick();
}

TEST_F(RunningServerTest, HasNoThreadOfItsOwn) {
  const auto threads = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"), std::filesystem::directory_iterator());
  };
  // One of another test may still be on its way out.
  const auto before = threads();
  StartServer();
  EXPECT_LE(threads(), before);
}

TEST_F(RunningServerTest, AnswersOnceTheContextRuns) {
  StartServer();
  HttpClient early(server_->port());
  ASSERT_TRUE(early.Send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n"));
  RunContext();
  EXPECT_EQ(early.Receive().body, "OK");
}

TEST_F(RunningServerTest, StopsFromAnotherThreadInTheMiddleOfAPage) {
  RunContext();
  StartServer();
  const auto lazy = LazyClient();
  server_->Stop();
  server_.reset();
  registry_.reset();
  ExpectCutOff(*lazy);
  WaitForATick();
}

TEST_F(RunningServerTest, StopsFromAHandlerAndLeavesNothingThatNeedsTheRegistry) {
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
  ExpectCutOff(*lazy);
  WaitForATick();
}

// Goal: a request that has been read when the server stops is not answered. Method: it is sent
// before its connection is accepted, so that the first read is over at once and its handler stands
// behind the one that stops the server.
TEST_F(RunningServerTest, AnswersNothingThatItHadReadWhenItWasStopped) {
  bool asked = false;
  const auto token = health_.Add("check", [&] { return asked = true, Status::Ok(); });
  StartServer();
  HttpClient client(server_->port());
  ASSERT_TRUE(client.Send("GET /ready HTTP/1.1\r\nHost: a\r\n\r\n"));
  std::promise<void> stopped;
  const std::function<void()> stop_once_accepted = [&] {
    if (metrics::testing::MetricReader(*registry_).Value("streamhouse_exporter_connections") == 0) {
      return boost::asio::post(*context_, stop_once_accepted);
    }
    server_->Stop();
    stopped.set_value();
  };
  boost::asio::post(*context_, stop_once_accepted);
  RunContext();
  EXPECT_TRUE(InTime(stopped.get_future()));
  InContext([] {});
  EXPECT_FALSE(asked);
  EXPECT_EQ(client.ReceiveAll(), "");
}

TEST_F(RunningServerTest, CountsNoConnectionThatItHasEnded) {
  RunContext();
  StartServer();
  const auto lazy = LazyClient();
  server_->Stop();
  const metrics::testing::MetricReader reader(*registry_);
  EXPECT_EQ(reader.Value("streamhouse_exporter_connections"), 0);
}

TEST_F(RunningServerTest, StopsAfterTheContextHasStopped) {
  RunContext();
  StartServer();
  const auto lazy = LazyClient();
  EndContext();
  server_->Stop();
  ExpectCutOff(*lazy);
  server_.reset();
  registry_.reset();
}

TEST_F(RunningServerTest, StartsAgain) {
  RunContext();
  for (int i = 0; i < 2; ++i) {
    StartServer();
    EXPECT_EQ(Get(server_->port(), "/health").body, "OK");
    server_->Stop();
    server_->Stop();
  }
}

// Goal: no race and no crash when several threads run the context. Method: clients that open a
// connection for each scrape, as ThreadSanitizer watches.
TEST_F(RunningServerTest, ServesNewConnectionsWhileSeveralThreadsRunTheContext) {
  RunContext(4);
  StartServer();
  std::atomic<int> answered = 0;
  std::vector<std::thread> scrapers;
  for (int i = 0; i < 8; ++i) {
    scrapers.emplace_back([&] {
      // Relaxed: joining the threads orders the count.
      for (int n = 0; n < 50; ++n)
        answered.fetch_add(Get(server_->port(), "/metrics").complete, std::memory_order_relaxed);
    });
  }
  for (std::thread& scraper : scrapers) scraper.join();
  // Relaxed: the threads are joined.
  EXPECT_EQ(answered.load(std::memory_order_relaxed), 400);
}

TEST_F(RunningServerTest, StopsWhileSeveralThreadsServeNewConnections) {
  RunContext(4);
  for (int round = 0; round < 10; ++round) {
    StartServer();
    std::vector<std::thread> scrapers;
    for (int i = 0; i < 4; ++i) {
      scrapers.emplace_back([port = server_->port()] {
        while (Get(port, "/metrics").complete) continue;
      });
    }
    EXPECT_EQ(Get(server_->port(), "/health").body, "OK");
    server_.reset();
    for (std::thread& scraper : scrapers) scraper.join();
  }
}

// Goal: a lack of descriptors is an error that Start() returns. Method: no descriptor is left for
// the context, then for its timers, then for its socket.
TEST_F(RunningServerTest, SaysThatTheProcessHasNoDescriptorsLeft) {
  MetricsServer server(*registry_, health_, {.port = 0});
  for (rlim_t left = 0; left < 3; ++left) {
    const auto few = OpenFileLimit::Left(left);
    EXPECT_EQ(server.Start().code(), StatusCode::kUnavailable) << left << " left";
  }
  EXPECT_TRUE(server.Start().ok());
}

// Method: a thread gets a stack that no address space has room for.
TEST_F(RunningServerTest, SaysThatTheProcessCanMakeNoThread) {
  pthread_attr_t before;
  ASSERT_EQ(pthread_getattr_default_np(&before), 0);
  pthread_attr_t huge = before;
  ASSERT_EQ(pthread_attr_setstacksize(&huge, std::size_t{1} << 48), 0);
  for (const std::string& web_config : {std::string(), FileWithAUser()}) {
    MetricsServer server(*registry_, health_, {.port = 0, .web_config_file = web_config});
    ASSERT_EQ(pthread_setattr_default_np(&huge), 0);
    const Status started = server.Start();
    ASSERT_EQ(pthread_setattr_default_np(&before), 0);
    EXPECT_EQ(started.code(), StatusCode::kUnavailable);
    EXPECT_TRUE(server.Start().ok());
  }
}

TEST_F(RunningServerTest, RunsOnAnExecutorOfTheProgram) {
  boost::asio::thread_pool pool(3);
  {
    const boost::asio::any_io_executor executor = pool.get_executor();
    server_ =
        std::make_unique<MetricsServer>(*registry_, health_, MetricsServerOptions{.port = 0, .executor = &executor});
    ASSERT_TRUE(server_->Start().ok());
  }
  EXPECT_TRUE(Get(server_->port(), "/metrics").complete);
  pool.stop();
  server_.reset();
}

TEST_F(RunningServerTest, StopsBeforeAnyThreadRunsTheContext) {
  StartServer();
  const std::uint16_t port = server_->port();
  HttpClient early(port);
  server_.reset();
  registry_.reset();
  EXPECT_FALSE(HttpClient(port).connected());
  EXPECT_EQ(early.ReceiveAll(), "");
  RunContext();
  WaitForATick();
}

TEST_F(RunningServerTest, MayOutliveItsContext) {
  RunContext(2);
  StartServer();
  const auto lazy = LazyClient();
  DestroyContext();
  ExpectCutOff(*lazy);
  EXPECT_FALSE(HttpClient(server_->port()).connected());
  server_->Stop();
  server_.reset();
  registry_.reset();
}

TEST_F(RunningServerTest, MayOutliveAContextThatNeverRan) {
  StartServer();
  HttpClient early(server_->port());
  DestroyContext();
  EXPECT_EQ(early.ReceiveAll(), "");
  server_.reset();
}

TEST_F(RunningServerTest, IsDestroyedByAHandlerWhileOtherThreadsServe) {
  RunContext(3);
  StartServer();
  const auto lazy = LazyClient();
  InContext([&] {
    server_.reset();
    registry_.reset();
  });
  ExpectCutOff(*lazy);
  WaitForATick();
}

TEST_F(RunningServerTest, StopsWhileAPasswordWaitsToBeChecked) {
  RunContext(2);
  const boost::asio::any_io_executor executor = context_->get_executor();
  server_ = std::make_unique<MetricsServer>(
      *registry_, health_, MetricsServerOptions{.port = 0, .web_config_file = FileWithAUser(), .executor = &executor});
  ASSERT_TRUE(server_->Start().ok());
  PasswordCrowd crowd(server_->port(), *registry_);
  DestroyContext();
  server_.reset();
  crowd.ExpectThatAllHaveEndedAndSomeWithoutAResponse();
}

}  // namespace
}  // namespace streamhouse::exporters
