#include "exporters/http/sockets.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/errc.hpp>
#include <boost/system/error_code.hpp>
#include <cerrno>
#include <optional>
#include <string>

#include "tests/exporters/support/http_client.h"
#include "tests/support/open_file_limit.h"

namespace streamhouse::exporters {
namespace {

using boost::system::error_code;
using tcp = boost::asio::ip::tcp;

TEST(ListenOnOneOfTest, TakesTheFirstAddressThatWorks) {
  boost::asio::io_context context;
  ListeningSocket listening(context);
  // Of RFC 5737: no machine has it.
  const tcp::endpoint elsewhere(boost::asio::ip::make_address("192.0.2.1"), 0);
  const tcp::endpoint here(boost::asio::ip::make_address("127.0.0.1"), 0);
  EXPECT_FALSE(ListenOnOneOf({elsewhere, here}, listening));
  EXPECT_TRUE(HttpClient(PortOf(listening.native_handle())).connected());
  EXPECT_EQ(ListenOnOneOf({elsewhere}, listening), boost::system::errc::address_not_available);
  EXPECT_TRUE(ListenOnOneOf({}, listening));
}

// A listening socket and one connection to it.
class SocketsTest : public testing::Test {
 protected:
  SocketsTest() {
    EXPECT_FALSE(ListenOnOneOf({tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), 0)}, listening_));
    client_.emplace(PortOf(listening_.native_handle()));
    error_code error;
    socket_.emplace(AcceptOne(listening_, error));
    EXPECT_FALSE(error) << error.message();
  }
  static bool IsClosedOnExec(int descriptor) { return (fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0; }

  boost::asio::io_context context_;
  ListeningSocket listening_{context_};
  std::optional<HttpClient> client_;
  std::optional<StreamSocket> socket_;
};

TEST_F(SocketsTest, KnowsAPeerByItsAddress) {
  EXPECT_EQ(PeerName(socket_->native_handle()), "127.0.0.1");
}

TEST_F(SocketsTest, KnowsAPeerOfAUnixSocketByItsUser) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  EXPECT_EQ(PeerName(ends[0]), "uid " + std::to_string(getuid()));
  for (const int end : ends) close(end);
}

TEST_F(SocketsTest, AreClosedOnExec) {
  EXPECT_TRUE(IsClosedOnExec(listening_.native_handle()));
  EXPECT_TRUE(IsClosedOnExec(socket_->native_handle()));
}

TEST_F(SocketsTest, SaysThatThereIsNoFurtherConnection) {
  error_code error;
  EXPECT_FALSE(AcceptOne(listening_, error).is_open());
  EXPECT_EQ(error, boost::asio::error::would_block);
}

TEST_F(SocketsTest, TellsThePeerOfTheEndAlsoWhileAnotherProcessHoldsACopy) {
  const int copy = dup(socket_->native_handle());
  CloseConnection(*socket_);
  EXPECT_EQ(client_->ReceiveAll(), "");
  EXPECT_FALSE(socket_->is_open());
  close(copy);
}

TEST_F(SocketsTest, ResetsAConnectionAlsoWhileAnotherProcessHoldsACopy) {
  const int copy = dup(socket_->native_handle());
  ResetConnection(*socket_);
  char byte = 0;
  EXPECT_EQ(recv(client_->descriptor(), &byte, 1, 0), -1);
  EXPECT_EQ(errno, ECONNRESET);
  close(copy);
}

TEST_F(SocketsTest, GivesBackACopyAndKeepsItsNumber) {
  const int copy = dup(socket_->native_handle());
  GiveBackCopy(copy);
  EXPECT_TRUE(IsClosedOnExec(copy));
  EXPECT_TRUE(client_->Send("x"));
  char byte = 0;
  EXPECT_EQ(recv(socket_->native_handle(), &byte, 1, 0), 1) << "the connection goes on";
  EXPECT_EQ(recv(copy, &byte, 1, 0), -1) << "and is another";
  close(copy);
}

TEST_F(SocketsTest, GivesBackACopyAlsoWhereNoDescriptorIsLeft) {
  const int copy = dup(socket_->native_handle());
  {
    // The copy took the lowest free number, so every number below the limit is taken.
    const OpenFileLimit none_left(static_cast<rlim_t>(copy) + 1);
    GiveBackCopy(copy);
  }
  EXPECT_TRUE(IsClosedOnExec(copy));
  EXPECT_TRUE(client_->Send("x"));
  char byte = 0;
  EXPECT_EQ(recv(copy, &byte, 1, MSG_DONTWAIT), -1);
  EXPECT_EQ(errno, EINVAL) << "it is another socket, which is not connected";
  close(copy);
}

}  // namespace
}  // namespace streamhouse::exporters
