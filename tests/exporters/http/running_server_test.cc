#include "exporters/http/running_server.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "exporters/http/access/web_config.h"
#include "exporters/http/listener.h"
#include "exporters/http/metrics_server.h"
#include "exporters/http/routes.h"
#include "exporters/http/server_executor.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/exporters/support/http_client.h"
#include "tests/exporters/support/password_crowd.h"
#include "tests/support/eventually.h"

namespace streamhouse::exporters {
namespace {

using metrics::Status;
using metrics::StatusCode;

// A program with one io_context for a timer of its own and a server.
class RunningServerTest : public testing::Test {
 protected:
  RunningServerTest() { Tick(); }
  ~RunningServerTest() override { EndContext(); }

  void StartServer() {
    server_ = std::make_unique<MetricsServer>(*registry_, health_,
                                              MetricsServerOptions{.port = 0, .context = context_.get()});
    ASSERT_TRUE(server_->Start().ok());
  }
  void RunContext(int threads = 1) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { context_->run(); });
  }
  void EndContext() {
    if (context_ != nullptr) context_->stop();
    for (std::thread& thread : std::exchange(threads_, {})) thread.join();
  }
  // With all that waits in it.
  void DestroyContext() {
    EndContext();
    timer_.reset();
    context_.reset();
  }
  // A web configuration file.
  static std::string FileWithAUser() {
    std::string path = std::string(std::getenv("TEST_TMPDIR")) + "/users.yml";
    std::ofstream(path) << "basic_auth_users:\n" << kSlowUser;
    return path;
  }
  // Runs it in the context and waits for it.
  void InContext(std::function<void()> action) {
    std::promise<void> done;
    boost::asio::post(*context_, [&] {
      action();
      done.set_value();
    });
    EXPECT_TRUE(InTime(done.get_future()));
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
  static void ExpectCutOff(HttpClient& client) {
    EXPECT_FALSE(client.Receive().complete);
    EXPECT_TRUE(client.has_ended());
  }
  void WaitForATick() {
    // Relaxed: a count that is waited for.
    const int before = ticks_.load(std::memory_order_relaxed);
    // Relaxed: as above.
    EXPECT_TRUE(Eventually([&] { return ticks_.load(std::memory_order_relaxed) > before; }));
  }

  std::unique_ptr<metrics::Registry> registry_ = std::make_unique<metrics::Registry>();
  metrics::Health health_;
  std::unique_ptr<boost::asio::io_context> context_ = std::make_unique<boost::asio::io_context>();
  std::unique_ptr<MetricsServer> server_;

 private:
  void Tick() {
    timer_->expires_after(std::chrono::milliseconds(1));
    timer_->async_wait([this](boost::system::error_code error) {
      if (error) return;
      // Relaxed: as in WaitForATick().
      ticks_.fetch_add(1, std::memory_order_relaxed);
      Tick();
    });
  }

  std::optional<boost::asio::steady_timer> timer_{*context_};
  std::atomic<int> ticks_ = 0;
  std::vector<std::thread> threads_;
};

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
  const auto before = threads();
  StartServer();
  EXPECT_EQ(threads(), before);
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

// Goal: a request that has been read when the server stops is not answered. Method: it is sent before its connection is
// accepted, so that the first read is over at once and its handler stands behind the one that stops the server.
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

// Goal: no race and no crash when several threads run the context. Method: clients that open a connection for each
// scrape, as ThreadSanitizer watches.
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

// Goal: a lack of descriptors is an error that Start() returns. Method: no descriptor is left for the context, then for
// its timers, then for its socket.
TEST_F(RunningServerTest, SaysThatTheProcessHasNoDescriptorsLeft) {
  MetricsServer server(*registry_, health_, {.port = 0});
  const int lowest_free = dup(STDERR_FILENO);
  close(lowest_free);
  rlimit before = {};
  getrlimit(RLIMIT_NOFILE, &before);
  for (int left = 0; left < 3; ++left) {
    const rlimit few = {.rlim_cur = static_cast<rlim_t>(lowest_free + left), .rlim_max = before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &few);
    const Status started = server.Start();
    setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_EQ(started.code(), StatusCode::kUnavailable) << left << " left";
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

TEST_F(RunningServerTest, TakesAContextOrAnExecutorButNotBoth) {
  const boost::asio::any_io_executor executor = context_->get_executor();
  MetricsServer server(*registry_, health_, {.port = 0, .context = context_.get(), .executor = &executor});
  EXPECT_EQ(server.Start().code(), StatusCode::kInvalidArgument);
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
  server_ = std::make_unique<MetricsServer>(
      *registry_, health_,
      MetricsServerOptions{.port = 0, .web_config_file = FileWithAUser(), .context = context_.get()});
  ASSERT_TRUE(server_->Start().ok());
  PasswordCrowd crowd(server_->port(), *registry_);
  DestroyContext();
  server_.reset();
  crowd.ExpectThatAllHaveEndedAndSomeWithoutAnAnswer();
}

// A server, and a child of fork that has a copy of it.
class ForkedServerTest : public RunningServerTest {
 protected:
  // Runs it in a child; how the child ended: 0 where it came to the end.
  template <typename Action>
  static int InChild(const Action& action) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(30);
      action();
      _exit(testing::Test::HasFailure() ? 1 : 0);
    }
    int status = -1;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    return status;
  }
  void StartServerWithAThread() {
    server_ = std::make_unique<MetricsServer>(*registry_, health_, MetricsServerOptions{.port = 0});
    ASSERT_TRUE(server_->Start().ok());
  }
  // Goal: no socket of the parent is touched. Method: a connection from before the fork goes on after the child.
  void ExpectThatAChildMayDestroyIt() {
    HttpClient client(server_->port());
    EXPECT_EQ(client.Ask("GET", "/health").body, "OK");
    EXPECT_EQ(InChild([this] { server_.reset(); }), 0);
    EXPECT_EQ(client.Ask("GET", "/metrics").status, 200);
    EXPECT_EQ(Get(server_->port(), "/metrics").status, 200);
  }
};

TEST_F(ForkedServerTest, MayBeDestroyedByAChildWhereItHasAThread) {
  StartServerWithAThread();
  ExpectThatAChildMayDestroyIt();
}

TEST_F(ForkedServerTest, MayBeDestroyedByAChildWhereItRunsInAContext) {
  RunContext(2);
  StartServer();
  ExpectThatAChildMayDestroyIt();
}

TEST_F(ForkedServerTest, MayBeDestroyedByAChildBeforeTheContextRuns) {
  StartServer();
  HttpClient client(server_->port());
  EXPECT_EQ(InChild([this] { server_.reset(); }), 0);
  RunContext();
  EXPECT_EQ(client.Ask("GET", "/health").body, "OK");
}

// Goal: nothing that a child keeps takes the port or a connection. Method: it stops the server and stays.
TEST_F(ForkedServerTest, LeavesPortAndConnectionsToTheParentOnceAChildHasStoppedIt) {
  StartServerWithAThread();
  const std::uint16_t port = server_->port();
  HttpClient client(port);
  EXPECT_EQ(client.Ask("GET", "/health").body, "OK");
  int end[2];
  ASSERT_EQ(pipe(end), 0);
  EXPECT_EQ(InChild([&] {
              server_->Stop();
              if (fork() == 0) {
                close(end[1]);
                char byte = 0;
                static_cast<void>(!read(end[0], &byte, 1));
                _exit(0);
              }
            }),
            0);
  server_->Stop();
  EXPECT_EQ(client.ReceiveAll(), "");
  EXPECT_FALSE(HttpClient(port).connected());
  close(end[0]);
  close(end[1]);
}

// Goal: a child may be forked while another thread stops the server. Method: a handler that stands beside the server's
// executor keeps the server's thread, so that End() waits for that thread when the process forks.
TEST_F(ForkedServerTest, MayBeDestroyedByAChildWhileItsParentWaitsForItsThread) {
  std::promise<void> may_end;
  const auto make_listener = [&](ServerExecutor executor) {
    boost::asio::execution_context& context = executor.query(boost::asio::execution::context);
    boost::asio::post(static_cast<boost::asio::io_context&>(context),
                      [&] { EXPECT_TRUE(InTime(may_end.get_future())); });
    return std::make_shared<Listener>(std::move(executor), *registry_, health_, RoutesOptions(), WebConfig());
  };
  auto running = std::make_shared<RunningServer>();
  const std::uint16_t port = running->Start(make_listener, "127.0.0.1", 0, std::nullopt).value();
  std::thread stop([server = running.get()] { server->End(); });
  EXPECT_TRUE(Eventually([port] { return !HttpClient(port).connected(); }));
  EXPECT_EQ(InChild([&running] {
              running->End();
              EXPECT_TRUE(running->has_ended());
              running.reset();
            }),
            0);
  may_end.set_value();
  stop.join();
}

#ifndef __SANITIZE_THREAD__  // which ends a child that makes threads
TEST_F(ForkedServerTest, StartsInAChildOnceItIsStoppedThere) {
  StartServerWithAThread();
  EXPECT_EQ(InChild([this] {
              server_->Stop();
              ASSERT_TRUE(server_->Start().ok());
              EXPECT_EQ(Get(server_->port(), "/health").body, "OK");
              server_->Stop();
            }),
            0);
  EXPECT_EQ(Get(server_->port(), "/health").body, "OK");
}
#endif

}  // namespace
}  // namespace streamhouse::exporters
