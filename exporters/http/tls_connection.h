// TlsConnection: a Connection over TLS over a TCP socket. The first read shakes hands; the first one after
// ShutDownSending() tells the peer, by TLS, that the page is whole, and waits for it to hear that.
//
// Thread safety and errors: those of Connection.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <chrono>
#include <memory>
#include <utility>

#include "exporters/http/connection.h"

namespace streamhouse::exporters {

class TlsConnection : public Connection {
 public:
  TlsConnection(boost::asio::ip::tcp::socket socket, std::shared_ptr<boost::asio::ssl::context> context)
      : context_(std::move(context)), stream_(std::move(socket), *context_) {}

  void SetTimeLimit(std::chrono::milliseconds limit) override { tcp().expires_after(limit); }
  void AsyncReadSome(boost::asio::mutable_buffer buffer, Handler handler) override;
  void AsyncWrite(const Buffers& buffers, Handler handler) override;
  void ShutDownSending() override;
  void Close() override;
  void Abort() override;
  int descriptor() override { return tcp().socket().is_open() ? tcp().socket().native_handle() : -1; }

 private:
  void AsyncDrainSome(boost::asio::mutable_buffer buffer, Handler handler);

  boost::beast::tcp_stream& tcp() { return stream_.next_layer(); }

  const std::shared_ptr<boost::asio::ssl::context> context_;
  boost::beast::ssl_stream<boost::beast::tcp_stream> stream_;
  bool has_shaken_hands_ = false;
  bool is_ending_ = false;
  bool has_said_goodbye_ = false;
};

}  // namespace streamhouse::exporters
