#include "exporters/statsd/datagram_socket.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include "metrics_core/host_port.h"
#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/status.h"
#include "tests/exporters/statsd/datagram_receiver.h"
#include "tests/exporters/support/command.h"
#include "tests/support/eventually.h"

namespace streamhouse::exporters {
namespace {

using metrics::Status;
using metrics::StatusCode;
using Kind = DatagramReceiver::Kind;
using Reading = DatagramReceiver::Reading;

PushDeadline Soon(std::chrono::milliseconds time = kPatience) {
  return std::chrono::steady_clock::now() + time;
}

class DatagramSocketTest : public testing::TestWithParam<Kind> {
 protected:
  DatagramSocket Connected() const { return DatagramSocket::Connect(receiver_.address(), 0).value(); }

  DatagramReceiver receiver_{GetParam()};
};

TEST_P(DatagramSocketTest, SendsDatagramsInTheirOrder) {
  const DatagramSocket socket = Connected();
  for (const char* const text : {"a:1|c", "b:2|c\nc:3|g"}) EXPECT_TRUE(socket.Send(text, Soon()).ok());
  EXPECT_TRUE(Eventually([&] { return receiver_.datagrams().size() == 2; }));
  EXPECT_EQ(receiver_.datagrams(), (std::vector<std::string>{"a:1|c", "b:2|c\nc:3|g"}));
  EXPECT_TRUE(socket.TakeRefusal().ok());
}

// Goal: a program hears of a receiver that has gone. Method: it sends until the system tells.
TEST_P(DatagramSocketTest, HearsThatItsReceiverHasGone) {
  const DatagramSocket socket = Connected();
  EXPECT_TRUE(socket.Send("a:1|c", Soon()).ok());
  receiver_.Away();
  EXPECT_TRUE(Eventually([&] { return !socket.Send("a:1|c", Soon()).ok() || !socket.TakeRefusal().ok(); }));
  receiver_.Back();
}

TEST_P(DatagramSocketTest, HandsNoDescriptorToAChildProcess) {
  const auto descriptors = [] { return RunCommand("ls /proc/self/fd | wc -l").output; };
  const std::string before = descriptors();
  const DatagramSocket socket = Connected();
  EXPECT_EQ(descriptors(), before);
}

TEST_P(DatagramSocketTest, LeavesNoDescriptorBehind) {
  const auto descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
  };
  const auto before = descriptors();
  Connected();
  EXPECT_FALSE(DatagramSocket::Connect(metrics::UnixSocket{.path = "/tmp/no such socket"}, 0).ok());
  EXPECT_EQ(descriptors(), before);
}

INSTANTIATE_TEST_SUITE_P(Kinds, DatagramSocketTest, testing::Values(Kind::kUdp, Kind::kUnix),
                         [](const auto& kind) { return kind.param == Kind::kUdp ? "Udp" : "Unix"; });

TEST(UdpDatagramSocketTest, TellsOnceOfARefusalThatCameLater) {
  DatagramReceiver receiver(Kind::kUdp);
  const DatagramSocket socket = DatagramSocket::Connect(receiver.address(), 0).value();
  receiver.Away();
  ASSERT_TRUE(socket.Send("a:1|c", Soon()).ok());
  Status refused;
  EXPECT_TRUE(Eventually([&] { return !(refused = socket.TakeRefusal()).ok(); }));
  EXPECT_EQ(refused, Status(StatusCode::kNotFound, "refused: Connection refused"));
  EXPECT_TRUE(socket.TakeRefusal().ok());
}

TEST(UdpDatagramSocketTest, TakesTheAddressesOfAHostInTurn) {
  DatagramReceiver receiver(Kind::kUdp);
  // localhost may be ::1 as well, where the receiver is not.
  std::size_t choice = 0;
  EXPECT_TRUE(Eventually([&] {
    const auto socket =
        DatagramSocket::Connect(metrics::HostPort{.host = "localhost", .port = receiver.port()}, choice++);
    if (socket.ok()) static_cast<void>(socket->Send("a:1|c", Soon()));
    return !receiver.datagrams().empty();
  }));
}

TEST(UdpDatagramSocketTest, SaysThatAHostIsUnknown) {
  const auto socket = DatagramSocket::Connect(metrics::HostPort{.host = "no such host", .port = 1}, 0);
  EXPECT_EQ(socket.status().code(), StatusCode::kUnavailable);
}

TEST(UnixDatagramSocketTest, WaitsForRoomUntilTheDeadline) {
  DatagramReceiver receiver(Kind::kUnix, Reading::kNever);
  const DatagramSocket socket = DatagramSocket::Connect(receiver.address(), 0).value();
  Status sent;
  while (sent.ok()) sent = socket.Send("a:1|c", Soon(std::chrono::milliseconds(20)));
  EXPECT_EQ(sent, Status(StatusCode::kDeadlineExceeded, "the receiver's queue is full"));
}

TEST(UnixDatagramSocketTest, SaysThatASocketIsMissing) {
  const auto socket = DatagramSocket::Connect(metrics::UnixSocket{.path = "/tmp/no such socket"}, 0);
  EXPECT_EQ(socket.status(), Status(StatusCode::kUnavailable, "cannot connect: No such file or directory"));
}

}  // namespace
}  // namespace streamhouse::exporters
