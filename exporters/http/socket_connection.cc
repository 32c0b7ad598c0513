#include "exporters/http/socket_connection.h"

#include <boost/asio/completion_condition.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

namespace streamhouse::exporters {

namespace asio = boost::asio;
using boost::system::error_code;

void SocketConnection::FailAsLate(Handler handler) {
  asio::post(socket_.get_executor(), [handler = std::move(handler)] { handler(asio::error::timed_out, 0); });
}

// The handler's owner keeps the connection.
void SocketConnection::ReadSocket(asio::mutable_buffer buffer, Handler handler) {
  if (is_late()) return FailAsLate(std::move(handler));
  socket_.async_read_some(buffer, [this, handler = std::move(handler)](error_code error, std::size_t bytes) {
    handler(Outcome(error), bytes);
  });
}

void SocketConnection::WriteSocket(const Buffers& buffers, Handler handler) {
  // Asio asks before each part of the write; 0 ends it.
  const auto bytes_of_next_part = [this](error_code error, std::size_t written) {
    return is_late() ? 0 : asio::transfer_all()(error, written);
  };
  asio::async_write(
      socket_, buffers, bytes_of_next_part,
      [this, size = asio::buffer_size(buffers), handler = std::move(handler)](error_code error, std::size_t bytes) {
        const bool is_cut_short = !error && bytes < size;
        handler(is_cut_short ? asio::error::timed_out : Outcome(error), bytes);
      });
}

}  // namespace streamhouse::exporters
