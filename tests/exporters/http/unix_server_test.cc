// A server on a Unix socket.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>

#include "exporters/http/metrics_server.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/status.h"
#include "tests/exporters/support/command.h"
#include "tests/exporters/support/http_client.h"
#include "tests/exporters/support/patient_limits.h"
#include "tests/support/short_folder.h"

namespace streamhouse::exporters {
namespace {

class UnixServerTest : public testing::Test {
 protected:
  std::unique_ptr<MetricsServer> NewServer(const metrics::UnixSocket& socket) {
    return std::make_unique<MetricsServer>(registry_, health_,
                                           MetricsServerOptions{.unix_socket = socket, .limits = PatientLimits()});
  }
  bool IsThere() const {
    struct stat found = {};
    return lstat(socket_.path.c_str(), &found) == 0;
  }
  // What curl gets: the body and the status.
  static std::string Curl(const std::string& options) {
    return RunCommand("curl -s --max-time 30 -w ' %{http_code}' " + options).output;
  }
  // A child whose server answers until the child is killed.
  pid_t ChildThatServes() {
    std::array<int, 2> ready = {};
    EXPECT_EQ(pipe(ready.data()), 0);
    const pid_t child = fork();
    if (child == 0) {
      const auto server = NewServer(socket_);
      const char outcome = server->Start().ok() ? 'y' : 'n';
      static_cast<void>(!write(ready[1], &outcome, 1));
      for (;;) pause();
    }
    char outcome = 0;
    EXPECT_EQ(read(ready[0], &outcome, 1), 1);
    EXPECT_EQ(outcome, 'y');
    for (const int end : ready) close(end);
    return child;
  }
  static void Kill(pid_t child) {
    EXPECT_EQ(kill(child, SIGKILL), 0);
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
  }

  metrics::Registry registry_;
  metrics::Health health_;
  const ShortFolder folder_;
  const metrics::UnixSocket socket_ = {.path = folder_.File("s")};
};

TEST_F(UnixServerTest, AnswersCurl) {
  const auto server = NewServer(socket_);
  ASSERT_TRUE(server->Start().ok());
  EXPECT_EQ(Curl("--unix-socket " + socket_.path + " http://localhost/health"), "OK 200");
  const std::string page = Curl("--unix-socket " + socket_.path + " http://localhost/metrics");
  EXPECT_NE(page.find("streamhouse_exporter_connections 1"), std::string::npos) << page;
}

TEST_F(UnixServerTest, AnswersCurlUnderAnAbstractName) {
  const std::string name = "unix_server_test." + std::to_string(getpid());
  const auto server = NewServer({.path = "@" + name});
  ASSERT_TRUE(server->Start().ok());
  EXPECT_EQ(server->Name(), "prometheus+unix:@" + name);
  EXPECT_EQ(Curl("--abstract-unix-socket " + name + " http://localhost/health"), "OK 200");
}

TEST_F(UnixServerTest, HasANameAndNoPort) {
  const auto server = NewServer(socket_);
  ASSERT_TRUE(server->Start().ok());
  EXPECT_EQ(server->Name(), "prometheus+unix://" + socket_.path);
  EXPECT_EQ(server->port(), 0);
}

TEST_F(UnixServerTest, SendsAPageOfManyChunks) {
  const auto family =
      registry_.AddCounter({.name = "large_total", .help = "L", .labels = {"i"}, .series_max = 20'000}).value();
  for (int i = 0; i < 19'999; ++i) family.With(std::to_string(i));
  const auto server = NewServer(socket_);
  ASSERT_TRUE(server->Start().ok());
  const HttpReply reply = Get(socket_, "/metrics");
  EXPECT_TRUE(reply.complete);
  EXPECT_NE(reply.body.find("large_total{i=\"19998\"} 0\n"), std::string::npos);
}

TEST_F(UnixServerTest, RemovesItsFileAtAStopAndStartsAgain) {
  const auto server = NewServer(socket_);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(server->Start().ok());
    EXPECT_EQ(Get(socket_, "/health").body, "OK");
    server->Stop();
    EXPECT_FALSE(IsThere());
  }
}

TEST_F(UnixServerTest, ReplacesTheSocketOfAKilledServer) {
  Kill(ChildThatServes());
  ASSERT_TRUE(IsThere());
  const auto server = NewServer(socket_);
  ASSERT_TRUE(server->Start().ok());
  EXPECT_EQ(Get(socket_, "/health").body, "OK");
}

TEST_F(UnixServerTest, RefusesTheSocketOfALiveServer) {
  const pid_t child = ChildThatServes();
  const metrics::Status refused = NewServer(socket_)->Start();
  EXPECT_EQ(refused, metrics::Status(metrics::StatusCode::kUnavailable,
                                     "cannot listen on unix://" + socket_.path + ": process " + std::to_string(child) +
                                         " listens there, or a child that has its socket")
                         .WithField("unix_socket"));
  EXPECT_EQ(Get(socket_, "/health").body, "OK");
  Kill(child);
}

TEST_F(UnixServerTest, LeavesTheSocketToTheParentInAChildOfFork) {
  auto server = NewServer(socket_);
  ASSERT_TRUE(server->Start().ok());
  const pid_t child = fork();
  if (child == 0) {
    server.reset();
    _exit(0);
  }
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(Get(socket_, "/health").body, "OK");
}

TEST_F(UnixServerTest, LeavesNoFileWhereTheServerCannotStart) {
  EXPECT_EQ(NewServer({.path = socket_.path, .group = "no-group"})->Start().field(), "unix_socket.group");
  EXPECT_FALSE(IsThere());
}

}  // namespace
}  // namespace streamhouse::exporters
