#include "exporters/http/tcp_connection.h"

#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <utility>

#include "exporters/http/sockets.h"

namespace streamhouse::exporters {
namespace {

// Beast has an error of its own for a time limit.
auto Translated(Connection::Handler handler) {
  return [handler = std::move(handler)](boost::system::error_code error, std::size_t bytes) {
    handler(error == boost::beast::error::timeout ? boost::asio::error::timed_out : error, bytes);
  };
}

}  // namespace

void TcpConnection::AsyncReadSome(boost::asio::mutable_buffer buffer, Handler handler) {
  stream_.async_read_some(buffer, Translated(std::move(handler)));
}

void TcpConnection::AsyncWrite(const Buffers& buffers, Handler handler) {
  boost::asio::async_write(stream_, buffers, Translated(std::move(handler)));
}

void TcpConnection::ShutDownSending() {
  boost::system::error_code ignored;  // the peer may have gone
  stream_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
}

void TcpConnection::Close() {
  CloseConnection(stream_.socket());
  stream_.close();
}

void TcpConnection::Abort() {
  // A plain close could look like the regular end of a page.
  ResetConnection(stream_.socket());
  stream_.close();
}

}  // namespace streamhouse::exporters
