#include "exporters/http/socket_connection.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>
#include <cerrno>
#include <chrono>
#include <string>

#include "exporters/http/plain_connection.h"
#include "tests/exporters/support/http_client.h"
#include "tests/support/eventually.h"

namespace streamhouse::exporters {
namespace {

using tcp = boost::asio::ip::tcp;

// Goal: a client that does not read does not take what it has got for a page. Method: a write that
// cannot be done.
TEST(SocketConnectionTest, CanBeResetAfterItsTimeLimit) {
  boost::asio::io_context context;
  tcp::acceptor acceptor(context, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
  HttpClient client(acceptor.local_endpoint().port());
  PlainConnection connection(acceptor.accept());
  const std::string page(std::size_t{64} << 20, 'x');
  boost::system::error_code outcome;
  connection.SetTimeLimit(std::chrono::milliseconds(50));
  connection.AsyncWrite({boost::asio::buffer(page)}, [&](boost::system::error_code error, std::size_t) {
    outcome = error;
    connection.Abort();
  });
  context.run_for(kPatience);
  EXPECT_EQ(outcome, boost::asio::error::timed_out);
  std::string received(page.size(), '\0');
  ssize_t bytes = 0;
  while ((bytes = recv(client.descriptor(), received.data(), received.size(), 0)) > 0) continue;
  EXPECT_EQ(bytes, -1);
  EXPECT_EQ(errno, ECONNRESET);
}

}  // namespace
}  // namespace streamhouse::exporters
