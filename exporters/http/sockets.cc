#include "exporters/http/sockets.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/socket_base.hpp>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

namespace streamhouse::exporters {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = boost::asio::ip::tcp;

error_code LastError() {
  return {errno, boost::system::system_category()};
}

// -1, and the error, where it does not listen.
int ListenOn(const tcp::endpoint& endpoint, error_code& error) {
  const int descriptor = socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int yes = 1;
  if (descriptor >= 0 && setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) == 0 &&
      bind(descriptor, endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0 &&
      listen(descriptor, SOMAXCONN) == 0) {
    return descriptor;
  }
  error = LastError();
  if (descriptor >= 0) close(descriptor);
  return -1;
}

// Returns a descriptor that does no harm. An epoll takes it, as it took the socket.
int MakeHarmless() {
  return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

}  // namespace

error_code ListenOnOneOf(const std::vector<tcp::endpoint>& endpoints, ListeningSocket& listening) {
  error_code error = asio::error::host_not_found;
  for (const tcp::endpoint& endpoint : endpoints) {
    const int descriptor = ListenOn(endpoint, error);
    if (descriptor < 0) continue;
    listening.assign(descriptor, error);
    if (error) close(descriptor);
    return error;
  }
  return error;
}

std::uint16_t PortOf(int descriptor) {
  tcp::endpoint own;
  auto size = static_cast<socklen_t>(own.capacity());
  if (getsockname(descriptor, own.data(), &size) != 0) return 0;
  return own.port();
}

StreamSocket AcceptOne(ListeningSocket& listening, error_code& error) {
  StreamSocket socket(listening.get_executor());
  sockaddr_storage peer = {};
  int descriptor = -1;
  do {
    socklen_t size = sizeof(peer);
    descriptor =
        accept4(listening.native_handle(), reinterpret_cast<sockaddr*>(&peer), &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    // A client that has gone before it was accepted is no reason to wait.
  } while (descriptor < 0 && (errno == EINTR || errno == ECONNABORTED));
  error = descriptor < 0 ? LastError() : error_code();
  if (error) return socket;
  socket.assign(asio::generic::stream_protocol(peer.ss_family, 0), descriptor, error);
  if (error) close(descriptor);
  return socket;
}

std::string PeerName(int descriptor) {
  sockaddr_storage peer = {};
  socklen_t size = sizeof(peer);
  if (getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return "";
  if (peer.ss_family != AF_UNIX) {
    tcp::endpoint endpoint;
    std::memcpy(endpoint.data(), &peer, std::min<std::size_t>(size, endpoint.capacity()));
    return endpoint.address().to_string();
  }
  ucred user = {};
  size = sizeof(user);
  if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &user, &size) != 0) return "";
  return "uid " + std::to_string(user.uid);
}

void ResetConnection(StreamSocket& socket) {
  error_code ignored;  // the peer may have gone
  const sockaddr no_peer = {.sa_family = AF_UNSPEC, .sa_data = {}};
  if (socket.is_open() && connect(socket.native_handle(), &no_peer, sizeof(no_peer)) != 0) {
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
  }
  socket.close(ignored);
}

void CloseConnection(StreamSocket& socket) {
  error_code ignored;  // the peer may have gone
  socket.shutdown(StreamSocket::shutdown_both, ignored);
  socket.close(ignored);
}

void GiveBackCopy(int descriptor) {
  if (descriptor < 0) return;
  int harmless = MakeHarmless();
  if (harmless < 0) {
    // No number is free. Closing the copy frees its number, and then it is the only one.
    close(descriptor);
    harmless = MakeHarmless();
  }
  if (harmless < 0 || harmless == descriptor) return;
  dup3(harmless, descriptor, O_CLOEXEC);
  close(harmless);
}

}  // namespace streamhouse::exporters
