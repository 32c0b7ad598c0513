// A child of fork() and a server of its parent.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "exporters/http/access/web_config.h"
#include "exporters/http/listener.h"
#include "exporters/http/metrics_server.h"
#include "exporters/http/routes.h"
#include "exporters/http/running_server.h"
#include "exporters/http/server_executor.h"
#include "tests/exporters/http/running_server_fixture.h"
#include "tests/exporters/support/http_client.h"
#include "tests/support/eventually.h"

namespace streamhouse::exporters {
namespace {

// A server, and a child of fork that has a copy of it.
class ForkedServerTest : public RunningServerFixture {
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
  // Goal: no socket of the parent is touched. Method: a connection from before the fork goes on
  // after the child.
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

// Goal: nothing that a child keeps takes the port or a connection. Method: it stops the server and
// stays.
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

// Another thread ends a server, and waits for the server's thread. A handler that stands beside the
// server's executor keeps that thread.
class EndingServerTest : public ForkedServerTest {
 protected:
  EndingServerTest() {
    const auto make_listener = [this](ServerExecutor executor) {
      boost::asio::execution_context& context = executor.query(boost::asio::execution::context);
      boost::asio::post(static_cast<boost::asio::io_context&>(context),
                        [this] { EXPECT_TRUE(InTime(may_end_.get_future())); });
      return std::make_shared<Listener>(std::move(executor), *registry_, health_, RoutesOptions(), WebConfig());
    };
    const std::uint16_t port =
        running_->Start(make_listener, metrics::HostPort{.host = "127.0.0.1", .port = 0}, std::nullopt).value();
    ender_ = std::thread([server = running_.get()] { server->End(); });
    EXPECT_TRUE(Eventually([port] { return !HttpClient(port).connected(); }));
  }
  ~EndingServerTest() override {
    may_end_.set_value();
    ender_.join();
  }

  std::shared_ptr<RunningServer> running_ = std::make_shared<RunningServer>();

 private:
  std::promise<void> may_end_;
  std::thread ender_;
};

TEST_F(EndingServerTest, MayBeDestroyedByAChildWhileItsParentWaitsForItsThread) {
  EXPECT_EQ(InChild([this] {
              running_->End();
              EXPECT_TRUE(running_->has_ended());
              running_.reset();
            }),
            0);
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
