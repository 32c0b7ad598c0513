#include "exporters/http/sockets.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/error.hpp>
#include <boost/asio/socket_base.hpp>
#include <cerrno>
#include <utility>

namespace streamhouse::exporters {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = boost::asio::ip::tcp;

error_code LastError() {
  return {errno, boost::system::system_category()};
}

error_code ListenOn(const tcp::endpoint& endpoint, tcp::acceptor& acceptor) {
  const int descriptor = socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return LastError();
  error_code error;
  acceptor.assign(endpoint.protocol(), descriptor, error);
  if (error) {
    close(descriptor);
    return error;
  }
  acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) acceptor.non_blocking(true, error);
  return error;
}

// Returns a descriptor that does no harm. An epoll takes it, as it took the socket.
int MakeHarmless() {
  return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

}  // namespace

error_code ListenOnOneOf(const std::vector<tcp::endpoint>& endpoints, tcp::acceptor& acceptor) {
  error_code error = asio::error::host_not_found;
  for (const tcp::endpoint& endpoint : endpoints) {
    error_code closing;
    acceptor.close(closing);
    error = ListenOn(endpoint, acceptor);
    if (!error) break;
  }
  return error;
}

tcp::socket AcceptOne(tcp::acceptor& acceptor, error_code& error) {
  tcp::socket socket(acceptor.get_executor());
  sockaddr_storage peer = {};
  int descriptor = -1;
  do {
    socklen_t size = sizeof(peer);
    descriptor =
        accept4(acceptor.native_handle(), reinterpret_cast<sockaddr*>(&peer), &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    // A client that has gone before it was accepted is no reason to wait.
  } while (descriptor < 0 && (errno == EINTR || errno == ECONNABORTED));
  error = descriptor < 0 ? LastError() : error_code();
  if (error) return socket;
  socket.assign(peer.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), descriptor, error);
  if (error) close(descriptor);
  return socket;
}

void ResetConnection(tcp::socket& socket) {
  error_code ignored;  // the peer may have gone
  const sockaddr nobody = {.sa_family = AF_UNSPEC, .sa_data = {}};
  if (socket.is_open() && connect(socket.native_handle(), &nobody, sizeof(nobody)) != 0) {
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
  }
  socket.close(ignored);
}

void CloseConnection(tcp::socket& socket) {
  error_code ignored;  // the peer may have gone
  socket.shutdown(tcp::socket::shutdown_both, ignored);
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
