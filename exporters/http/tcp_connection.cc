#include "exporters/http/tcp_connection.h"

#include <boost/asio/write.hpp>
#include <utility>

namespace streamhouse::exporters {

void TcpConnection::AsyncReadSome(boost::asio::mutable_buffer buffer, Handler handler) {
  stream_.async_read_some(buffer, std::move(handler));
}

void TcpConnection::AsyncWrite(const Buffers& buffers, Handler handler) {
  boost::asio::async_write(stream_, buffers, std::move(handler));
}

void TcpConnection::ShutDownSending() {
  boost::system::error_code ignored;  // the peer may have gone
  stream_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
}

void TcpConnection::Abort() {
  boost::system::error_code ignored;
  // A reset, where a plain close could look like the regular end of a page.
  stream_.socket().set_option(boost::asio::socket_base::linger(true, 0), ignored);
  stream_.close();
}

}  // namespace streamhouse::exporters
