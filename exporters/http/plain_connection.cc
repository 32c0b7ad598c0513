#include "exporters/http/plain_connection.h"

#include <utility>

namespace streamhouse::exporters {

void PlainConnection::AsyncReadSome(boost::asio::mutable_buffer buffer, Handler handler) {
  ReadSocket(buffer, std::move(handler));
}

void PlainConnection::AsyncWrite(const Buffers& buffers, Handler handler) {
  WriteSocket(buffers, std::move(handler));
}

}  // namespace streamhouse::exporters
