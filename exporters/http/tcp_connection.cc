#include "exporters/http/tcp_connection.h"

#include <boost/asio/write.hpp>
#include <utility>

namespace streamhouse::exporters {

using boost::system::error_code;

// The handler's owner keeps the connection.
void TcpConnection::AsyncReadSome(boost::asio::mutable_buffer buffer, Handler handler) {
  socket().async_read_some(buffer, [this, handler = std::move(handler)](error_code error, std::size_t bytes) {
    handler(Outcome(error), bytes);
  });
}

void TcpConnection::AsyncWrite(const Buffers& buffers, Handler handler) {
  boost::asio::async_write(
      socket(), buffers,
      [this, handler = std::move(handler)](error_code error, std::size_t bytes) { handler(Outcome(error), bytes); });
}

}  // namespace streamhouse::exporters
