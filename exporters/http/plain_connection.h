// PlainConnection: a Connection over a TCP or Unix socket, without TLS.
//
// When to use something else: TlsConnection, where the listener has a certificate.
// Guarantees: those of SocketConnection.
// Thread safety and errors: those of Connection.
// Cost: that of SocketConnection. Buffers are written without a copy.
#pragma once

#include "exporters/http/connection.h"
#include "exporters/http/socket_connection.h"

namespace streamhouse::exporters {

class PlainConnection : public SocketConnection {
 public:
  using SocketConnection::SocketConnection;

  void AsyncReadSome(boost::asio::mutable_buffer buffer, Handler handler) override;
  void AsyncWrite(const Buffers& buffers, Handler handler) override;
  void ShutDownSending() override { ShutDownSocket(); }
};

}  // namespace streamhouse::exporters
