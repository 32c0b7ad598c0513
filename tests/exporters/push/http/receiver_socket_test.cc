#include "exporters/push/http/receiver_socket.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/status.h"
#include "tests/exporters/support/scripted_receiver.h"
#include "tests/support/held_port.h"

namespace streamhouse::exporters {
namespace {

using metrics::Result;
using metrics::StatusCode;

PushDeadline In(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

TEST(ReceiverSocketTest, IsClosedOnExecAndDoesNotBlock) {
  const ScriptedReceiver receiver;
  const auto socket =
      ReceiverSocket::Connect({.host = "localhost", .port = receiver.port()}, In(std::chrono::hours(1)));
  ASSERT_TRUE(socket.ok()) << socket.status().message();
  EXPECT_EQ(fcntl(socket->descriptor(), F_GETFD), FD_CLOEXEC);
  EXPECT_NE(fcntl(socket->descriptor(), F_GETFL) & O_NONBLOCK, 0);
}

ReceiverAddress AtSocket(const std::string& path) {
  ReceiverAddress address = {.host = "a"};
  address.unix_socket = metrics::UnixSocket{.path = path};
  return address;
}

TEST(ReceiverSocketTest, ConnectsToAPath) {
  const std::string path = "/tmp/receiver_socket_test." + std::to_string(getpid());
  const ScriptedReceiver receiver({.socket = path});
  EXPECT_TRUE(ReceiverSocket::Connect(AtSocket(path), In(std::chrono::hours(1))).ok());
  unlink(path.c_str());
}

TEST(ReceiverSocketTest, SaysWhyItCannotConnect) {
  const HeldPort closed;
  const auto failure = [](const ReceiverAddress& address) {
    const Result<ReceiverSocket> socket = ReceiverSocket::Connect(address, In(std::chrono::hours(1)));
    EXPECT_EQ(socket.status().code(), StatusCode::kUnavailable);
    return socket.status().message();
  };
  EXPECT_EQ(failure({.host = "127.0.0.1", .port = closed.number()}), "cannot connect: Connection refused");
  EXPECT_EQ(failure(AtSocket("/no/such/socket")),
            "cannot connect to unix:///no/such/socket: No such file or directory");
  EXPECT_EQ(failure(AtSocket("@no.such.name")), "cannot connect to unix:@no.such.name: Connection refused");
  EXPECT_NE(failure(AtSocket("/" + std::string(200, 'a'))).find(": path has 201 bytes"), std::string::npos);
  EXPECT_TRUE(failure({.host = "no-such-host.invalid"}).starts_with("cannot connect: no-such-host.invalid: "));
}

TEST(ReceiverSocketTest, WaitsNoLongerThanItsDeadline) {
  const ScriptedReceiver receiver;
  const auto socket =
      ReceiverSocket::Connect({.host = "127.0.0.1", .port = receiver.port()}, In(std::chrono::hours(1)));
  ASSERT_TRUE(socket.ok());
  EXPECT_EQ(socket->WaitFor(POLLIN, In(std::chrono::milliseconds(1))).status().code(), StatusCode::kDeadlineExceeded);
}

// Method: the queue of a listener that accepts nothing is full, and the kernel drops what asks for
// more.
TEST(ReceiverSocketTest, GivesUpAConnectionAtItsDeadline) {
  boost::asio::io_context context;
  boost::asio::ip::tcp::acceptor deaf(context, {boost::asio::ip::address_v4::loopback(), 0});
  deaf.listen(0);
  const ReceiverAddress address = {.host = "127.0.0.1", .port = deaf.local_endpoint().port()};
  std::vector<Result<ReceiverSocket>> connected;
  do {
    connected.push_back(ReceiverSocket::Connect(address, In(std::chrono::milliseconds(100))));
  } while (connected.back().ok() && connected.size() < 10);
  EXPECT_EQ(connected.back().status(), metrics::Status(StatusCode::kDeadlineExceeded, "cannot connect in time"));
}

// Goal: a receiver is not told of an end by a child of fork, which only has a copy.
TEST(ReceiverSocketTest, HasNoEffectOnThePeerInAChildOfFork) {
  ScriptedReceiver receiver;
  auto socket = ReceiverSocket::Connect({.host = "127.0.0.1", .port = receiver.port()}, In(std::chrono::hours(1)));
  std::optional<ReceiverSocket> moved(*std::move(socket));
  const pid_t child = fork();
  if (child == 0) {
    moved.reset();
    _exit(0);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  const std::string request = "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n";
  ASSERT_GT(send(moved->descriptor(), request.data(), request.size(), MSG_NOSIGNAL), 0);
  EXPECT_TRUE(moved->WaitFor(POLLIN, In(std::chrono::hours(1))).ok());
  EXPECT_EQ(receiver.requests().size(), 1U);
}

}  // namespace
}  // namespace streamhouse::exporters
