// Connection: the bytes to and from one client, without their origin: a TCP or Unix socket, TLS
// over it, or a test's memory.
//
// When to use something else: Session, which reads requests and writes responses through one.
// Guarantees, of every implementation:
// 1. At least one read and one write may run at a time.
// 2. A handler is called once, never from within the call that started the operation.
// 3. An operation that lasts longer than the time limit fails with `timed_out`.
// 4. After Close() or Abort(), running operations fail soon, and later ones at once. Each may be
//    called twice.
// Thread safety: everything on the thread that runs the handlers.
// Cost: a virtual call and a std::function for each operation.
#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstddef>
#include <functional>

namespace streamhouse::exporters {

class Connection {
 public:
  using Handler = std::function<void(boost::system::error_code error, std::size_t bytes)>;
  // What stands before, in and behind a chunk of a body.
  using Buffers = std::array<boost::asio::const_buffer, 3>;

  virtual ~Connection() = default;

  // For the operations that are started from now on, together; not while one runs.
  virtual void SetTimeLimit(std::chrono::milliseconds limit) = 0;

  virtual void AsyncReadSome(boost::asio::mutable_buffer buffer, Handler handler) = 0;
  // All of the buffers, which stay valid until the handler is called.
  virtual void AsyncWrite(const Buffers& buffers, Handler handler) = 0;

  // Tells the peer that nothing more will be sent.
  virtual void ShutDownSending() = 0;
  // Ends the connection: what was written is still delivered where the peer takes it.
  virtual void Close() = 0;
  // Resets the connection, so that the peer cannot mistake a truncated body for a complete one.
  // Over a Unix socket, which knows no reset, a body without chunks and length ends like a complete
  // one.
  virtual void Abort() = 0;

  // What it is to the system; -1 where it is closed or has none.
  virtual int descriptor() = 0;
};

}  // namespace streamhouse::exporters
