// TcpConnection: a Connection over a TCP socket.
//
// Thread safety and errors: those of Connection.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <chrono>
#include <utility>

#include "exporters/http/connection.h"

namespace streamhouse::exporters {

class TcpConnection : public Connection {
 public:
  explicit TcpConnection(boost::asio::ip::tcp::socket socket) : stream_(std::move(socket)) {}

  void SetTimeLimit(std::chrono::milliseconds limit) override { stream_.expires_after(limit); }
  void AsyncReadSome(boost::asio::mutable_buffer buffer, Handler handler) override;
  void AsyncWrite(const Buffers& buffers, Handler handler) override;
  void ShutDownSending() override;
  void Close() override;
  void Abort() override;
  int descriptor() override { return stream_.socket().is_open() ? stream_.socket().native_handle() : -1; }

 private:
  boost::beast::tcp_stream stream_;
};

}  // namespace streamhouse::exporters
