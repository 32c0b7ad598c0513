#include "exporters/http/tcp_connection.h"

#include <utility>

namespace streamhouse::exporters {

void TcpConnection::AsyncReadSome(boost::asio::mutable_buffer buffer, Handler handler) {
  ReadSocket(buffer, std::move(handler));
}

void TcpConnection::AsyncWrite(const Buffers& buffers, Handler handler) {
  WriteSocket(buffers, std::move(handler));
}

}  // namespace streamhouse::exporters
