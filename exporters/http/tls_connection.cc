#include "exporters/http/tls_connection.h"

#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>
#include <cerrno>
#include <string_view>

#include "exporters/tls/socket_bio.h"

namespace streamhouse::exporters {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::string_view kPlainTextRefusal =
    "HTTP/1.1 400 Bad Request\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "Content-Length: 33\r\n"
    "Connection: close\r\n\r\n"
    "400 Bad Request: use https here.\n";

bool MayComeLater() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

error_code ErrorOf(int outcome) {
  if (outcome == SSL_ERROR_ZERO_RETURN) return asio::error::eof;
  const auto error = static_cast<int>(ERR_get_error());
  return error != 0 ? error_code(error, asio::error::get_ssl_category()) : error_code(asio::error::connection_reset);
}

// What a method begins with; a handshake does not.
bool IsLetter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

}  // namespace

// Handlers are never called from within the call that starts the operation.
void TlsConnection::Start(std::function<void()> action) {
  asio::post(socket().get_executor(), std::move(action));
}

// The handler's owner keeps the connection.
void TlsConnection::Perform(Operation operation, Handler handler) {
  if (is_late()) return handler(asio::error::timed_out, 0);
  if (!socket().is_open()) return handler(asio::error::operation_aborted, 0);
  ERR_clear_error();
  const int result = operation(ssl_.get());
  if (result > 0) return handler({}, static_cast<std::size_t>(result));
  const int outcome = SSL_get_error(ssl_.get(), result);
  if (outcome != SSL_ERROR_WANT_READ && outcome != SSL_ERROR_WANT_WRITE) return handler(ErrorOf(outcome), 0);
  socket().async_wait(outcome == SSL_ERROR_WANT_READ ? StreamSocket::wait_read : StreamSocket::wait_write,
                      [this, operation = std::move(operation), handler = std::move(handler)](error_code error) mutable {
                        if (error) return handler(Outcome(error), 0);
                        Perform(std::move(operation), std::move(handler));
                      });
}

void TlsConnection::AsyncReadSome(asio::mutable_buffer buffer, Handler handler) {
  if (is_ending_) return SayGoodbye(buffer, std::move(handler));
  if (ssl_ == nullptr) return Greet(buffer, std::move(handler));
  Start([this, buffer, handler = std::move(handler)]() mutable {
    Perform([buffer](SSL* ssl) { return SSL_read(ssl, buffer.data(), static_cast<int>(buffer.size())); },
            std::move(handler));
  });
}

void TlsConnection::Greet(asio::mutable_buffer buffer, Handler handler) {
  if (is_late()) return FailAsLate(std::move(handler));
  socket().async_wait(StreamSocket::wait_read, [this, buffer, handler = std::move(handler)](error_code error) mutable {
    if (error) return handler(Outcome(error), 0);
    char first = 0;
    const ssize_t bytes = recv(socket().native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
    if (bytes < 0 && MayComeLater()) return Greet(buffer, std::move(handler));
    if (bytes <= 0) return handler(asio::error::eof, 0);
    IsLetter(first) ? RefusePlainText(buffer, std::move(handler)) : ShakeHands(buffer, std::move(handler));
  });
}

void TlsConnection::ShakeHands(asio::mutable_buffer buffer, Handler handler) {
  error_code error;
  socket().native_non_blocking(true, error);
  ssl_.reset(SSL_new(context_->native_handle()));
  if (error || ssl_ == nullptr) return handler(asio::error::no_memory, 0);
  BIO* const bio = NewSocketBio(socket().native_handle());
  SSL_set_bio(ssl_.get(), bio, bio);
  Perform([](SSL* ssl) { return SSL_accept(ssl); },
          [this, buffer, handler = std::move(handler)](error_code failed, std::size_t) mutable {
            if (failed) return handler(failed, 0);
            AsyncReadSome(buffer, std::move(handler));
          });
}

void TlsConnection::RefusePlainText(asio::mutable_buffer buffer, Handler handler) {
  WriteSocket({asio::buffer(kPlainTextRefusal)},
              [this, buffer, handler = std::move(handler)](error_code error, std::size_t) mutable {
                if (error) return handler(error, 0);
                ShutDownSocket();
                // What it has sent is read before the end, or its system throws the response away.
                DrainAll(buffer, std::move(handler));
              });
}

void TlsConnection::DrainAll(asio::mutable_buffer buffer, Handler handler) {
  constexpr std::size_t kDrainedBytesMax = std::size_t{64} * 1024;
  ReadSocket(buffer, [this, buffer, handler = std::move(handler)](error_code error, std::size_t bytes) mutable {
    drained_ += bytes;
    if (error || drained_ > kDrainedBytesMax) return handler(asio::error::eof, 0);
    DrainAll(buffer, std::move(handler));
  });
}

void TlsConnection::AsyncWrite(const Buffers& buffers, Handler handler) {
  left_ = buffers;
  written_ = 0;
  Start([this, handler = std::move(handler)]() mutable { WriteRecord(std::move(handler)); });
}

void TlsConnection::WriteRecord(Handler handler) {
  constexpr std::size_t kRecordBytesMax = SSL3_RT_MAX_PLAIN_LENGTH;
  record_.clear();
  for (asio::const_buffer& piece : left_) {
    const std::size_t bytes = std::min(piece.size(), kRecordBytesMax - record_.size());
    record_.append(static_cast<const char*>(piece.data()), bytes);
    piece += bytes;
  }
  if (record_.empty()) {
    record_.shrink_to_fit();
    return handler({}, written_);
  }
  Perform([this](SSL* ssl) { return SSL_write(ssl, record_.data(), static_cast<int>(record_.size())); },
          [this, handler = std::move(handler)](error_code error, std::size_t bytes) mutable {
            written_ += bytes;
            if (error) return handler(error, written_);
            WriteRecord(std::move(handler));
          });
}

// Says good-bye first, or the peer takes the end for that of an attacker who cuts a page short.
// What it still sends is not decrypted any more.
void TlsConnection::SayGoodbye(asio::mutable_buffer buffer, Handler handler) {
  if (ssl_ == nullptr || std::exchange(has_said_goodbye_, true)) return ReadSocket(buffer, std::move(handler));
  // 0: it is said, and the peer has not answered. It may have gone.
  Perform(
      [](SSL* ssl) {
        const int said = SSL_shutdown(ssl);
        return said == 0 ? 1 : said;
      },
      [this, buffer, handler = std::move(handler)](error_code, std::size_t) mutable {
        ShutDownSocket();
        ReadSocket(buffer, std::move(handler));
      });
}

}  // namespace streamhouse::exporters
