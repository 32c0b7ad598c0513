// MemoryConnection: a client without a socket, whose operations the test completes one at a time,
// or lets fail.
#pragma once

#include <algorithm>
#include <boost/asio/error.hpp>
#include <chrono>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "exporters/http/connection.h"

namespace streamhouse::exporters {

// What a connection did and had done to it; outlives it.
struct MemoryPeer {
  std::string to_server;               // what the client sends, and then nothing
  std::string from_server;             // what it has got
  std::size_t bytes_a_read = 1 << 20;  // at most so many at once
  bool has_ended = false;              // whether the client closes after that
  boost::system::error_code failure = boost::asio::error::connection_reset;
  int operations_until_failure = -1;  // -1: none fails
  std::vector<std::chrono::milliseconds> time_limits;
  std::size_t largest_write = 0;
  bool sending_shut_down = false;
  bool closed = false;
  bool aborted = false;
  std::function<void()> pending;  // completes the running operation; empty when none can be completed

  // Completes operations as long as there are any.
  void Run() {
    while (pending) std::exchange(pending, nullptr)();
  }
};

class MemoryConnection : public Connection {
 public:
  explicit MemoryConnection(MemoryPeer& peer) : peer_(peer) {}

  void SetTimeLimit(std::chrono::milliseconds limit) override { peer_.time_limits.push_back(limit); }

  void AsyncReadSome(boost::asio::mutable_buffer buffer, Handler handler) override {
    if (Fails()) return Complete(std::move(handler), peer_.failure, 0);
    if (peer_.to_server.empty() && !peer_.has_ended) {
      waiting_ = std::move(handler);
      return;
    }
    if (peer_.to_server.empty()) return Complete(std::move(handler), boost::asio::error::eof, 0);
    const std::size_t n = std::min({buffer.size(), peer_.to_server.size(), peer_.bytes_a_read});
    std::memcpy(buffer.data(), peer_.to_server.data(), n);
    peer_.to_server.erase(0, n);
    Complete(std::move(handler), {}, n);
  }

  void AsyncWrite(const Buffers& buffers, Handler handler) override {
    if (Fails()) return Complete(std::move(handler), peer_.failure, 0);
    std::size_t bytes = 0;
    for (const auto& buffer : buffers) {
      peer_.from_server.append(static_cast<const char*>(buffer.data()), buffer.size());
      bytes += buffer.size();
    }
    peer_.largest_write = std::max(peer_.largest_write, bytes);
    Complete(std::move(handler), {}, bytes);
  }

  void ShutDownSending() override { peer_.sending_shut_down = true; }
  void Close() override {
    peer_.closed = true;
    if (waiting_) Complete(std::exchange(waiting_, nullptr), boost::asio::error::operation_aborted, 0);
  }
  void Abort() override {
    peer_.aborted = true;
    Close();
  }
  int descriptor() override { return -1; }

 private:
  bool Fails() {
    if (peer_.closed) return true;
    return peer_.operations_until_failure >= 0 && peer_.operations_until_failure-- == 0;
  }
  void Complete(Handler handler, boost::system::error_code error, std::size_t bytes) {
    peer_.pending = [handler = std::move(handler), error, bytes] { handler(error, bytes); };
  }

  MemoryPeer& peer_;
  Handler waiting_;  // of a read for which there is nothing yet
};

}  // namespace streamhouse::exporters
