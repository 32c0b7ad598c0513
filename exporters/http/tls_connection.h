// TlsConnection: a Connection over TLS over a TCP socket. The first read shakes hands; the first
// one after ShutDownSending() tells the peer, by TLS, that the page is whole.
//
// Guarantees:
// 1. A client that sends nothing costs no TLS, one that shakes hands has no buffers for data, and a
//    connection that is idle has given its own back.
// 2. A client that speaks HTTP without TLS gets one 400 in plain text, then the end.
// Thread safety and errors: those of Connection.
// Cost: that of SocketConnection; the encryption, on the thread that runs the handlers. A write
// copies its bytes, a record of TLS at a time, and gives the memory back at its end.
#pragma once

#include <openssl/ssl.h>

#include <boost/asio/ssl/context.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "exporters/http/connection.h"
#include "exporters/http/socket_connection.h"
#include "exporters/http/sockets.h"

namespace streamhouse::exporters {

class TlsConnection : public SocketConnection {
 public:
  TlsConnection(StreamSocket socket, std::shared_ptr<boost::asio::ssl::context> context)
      : SocketConnection(std::move(socket)), context_(std::move(context)) {}

  void AsyncReadSome(boost::asio::mutable_buffer buffer, Handler handler) override;
  void AsyncWrite(const Buffers& buffers, Handler handler) override;
  void ShutDownSending() override { is_ending_ = true; }

 private:
  // Calls one of OpenSSL's functions.
  using Operation = std::function<int(SSL*)>;

  void Greet(boost::asio::mutable_buffer buffer, Handler handler);
  void ShakeHands(boost::asio::mutable_buffer buffer, Handler handler);
  void RefusePlainText(boost::asio::mutable_buffer buffer, Handler handler);
  void SayGoodbye(boost::asio::mutable_buffer buffer, Handler handler);
  void DrainAll(boost::asio::mutable_buffer buffer, Handler handler);
  void WriteRecord(Handler handler);
  void Start(std::function<void()> action);
  void Perform(Operation operation, Handler handler);

  struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  const std::shared_ptr<boost::asio::ssl::context> context_;
  std::unique_ptr<SSL, FreeSsl> ssl_;  // null until the client has sent something
  bool is_ending_ = false;
  bool has_said_goodbye_ = false;
  std::size_t drained_ = 0;

  // Of the present write: what is left of it, the record that is being written, and what was
  // written.
  Buffers left_;
  std::string record_;
  std::size_t written_ = 0;
};

}  // namespace streamhouse::exporters
