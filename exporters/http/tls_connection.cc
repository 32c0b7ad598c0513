#include "exporters/http/tls_connection.h"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/stream_base.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>

#include "exporters/http/sockets.h"

namespace streamhouse::exporters {
namespace {

using boost::system::error_code;

error_code Translated(error_code error) {
  return error == boost::beast::error::timeout ? boost::asio::error::timed_out : error;
}

}  // namespace

void TlsConnection::AsyncReadSome(boost::asio::mutable_buffer buffer, Handler handler) {
  if (is_ending_) return AsyncDrainSome(buffer, std::move(handler));
  if (has_shaken_hands_) {
    stream_.async_read_some(buffer, [handler = std::move(handler)](error_code error, std::size_t bytes) {
      handler(Translated(error), bytes);
    });
    return;
  }
  stream_.async_handshake(boost::asio::ssl::stream_base::server,
                          [this, buffer, handler = std::move(handler)](error_code error) mutable {
                            if (error) return handler(Translated(error), 0);
                            has_shaken_hands_ = true;
                            AsyncReadSome(buffer, std::move(handler));
                          });
}

void TlsConnection::AsyncWrite(const Buffers& buffers, Handler handler) {
  boost::asio::async_write(stream_, buffers, [handler = std::move(handler)](error_code error, std::size_t bytes) {
    handler(Translated(error), bytes);
  });
}

void TlsConnection::ShutDownSending() {
  is_ending_ = true;
}

// Says good-bye first, or the peer takes the end for that of an attacker who cuts a page short. What it still sends is
// not decrypted any more.
void TlsConnection::AsyncDrainSome(boost::asio::mutable_buffer buffer, Handler handler) {
  const auto drain = [this, buffer, handler = std::move(handler)](error_code) {
    // The peer may have gone; then so does the read.
    error_code ignored;
    tcp().socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
    tcp().async_read_some(buffer,
                          [handler](error_code error, std::size_t bytes) { handler(Translated(error), bytes); });
  };
  if (std::exchange(has_said_goodbye_, true)) return drain({});
  stream_.async_shutdown(drain);
}

void TlsConnection::Close() {
  CloseConnection(tcp().socket());
  tcp().close();
}

void TlsConnection::Abort() {
  // A plain close could look like the regular end of a page.
  ResetConnection(tcp().socket());
  tcp().close();
}

}  // namespace streamhouse::exporters
