// SocketConnection: what a Connection over a TCP or Unix socket does whether or not there is TLS:
// its time limit and its end.
//
// Guarantees:
// 1. An operation that is late fails with timed_out, and the socket stays open. So Abort() can
//    still reset the connection, and its peer does not take a truncated page for a whole one. A
//    Unix socket knows no reset: there, the peer sees the end.
// 2. An operation that starts after the time limit fails with timed_out, and so does a write whose
//    limit ends between two of its parts. A new limit counts from its start: what was late before
//    has no effect on it.
// Thread safety and errors: those of Connection.
// Cost: a timer, which SetTimeLimit() starts again, and a flag on the heap for each connection.
#pragma once

#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <memory>
#include <utility>

#include "exporters/http/connection.h"
#include "exporters/http/sockets.h"

namespace streamhouse::exporters {

class SocketConnection : public Connection {
 public:
  explicit SocketConnection(StreamSocket socket) : socket_(std::move(socket)), timer_(socket_.get_executor()) {}

  void SetTimeLimit(std::chrono::milliseconds limit) override {
    *is_late_ = false;
    timer_.expires_after(limit);
    timer_.async_wait([this, alive = std::weak_ptr<bool>(is_late_)](boost::system::error_code error) {
      const std::shared_ptr<bool> is_late = alive.lock();
      // It may have been on its way when it was set again.
      if (error || is_late == nullptr || timer_.expiry() > std::chrono::steady_clock::now()) return;
      *is_late = true;
      socket_.cancel(error);
    });
  }
  void Close() override {
    timer_.cancel();
    CloseConnection(socket_);
  }
  void Abort() override {
    timer_.cancel();
    ResetConnection(socket_);
  }
  int descriptor() override { return socket_.is_open() ? socket_.native_handle() : -1; }

 protected:
  StreamSocket& socket() { return socket_; }
  bool is_late() const { return *is_late_; }

  // Calls the handler soon, with timed_out. The timer has fired, so an operation that starts now
  // would have no limit.
  void FailAsLate(Handler handler);
  // The operations of Connection, on the socket itself.
  void ReadSocket(boost::asio::mutable_buffer buffer, Handler handler);
  void WriteSocket(const Buffers& buffers, Handler handler);

  // The error to pass on.
  boost::system::error_code Outcome(boost::system::error_code error) const {
    return error && is_late() ? boost::asio::error::timed_out : error;
  }

  void ShutDownSocket() {
    boost::system::error_code ignored;  // the peer may have gone
    socket_.shutdown(StreamSocket::shutdown_send, ignored);
  }

 private:
  StreamSocket socket_;
  boost::asio::steady_timer timer_;
  const std::shared_ptr<bool> is_late_ = std::make_shared<bool>(false);  // shared to tell whether this is still there
};

}  // namespace streamhouse::exporters
