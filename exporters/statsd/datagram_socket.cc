#include "exporters/statsd/datagram_socket.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

#include "metrics_core/host_port.h"

namespace streamhouse::exporters {
namespace {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;
using std::chrono::steady_clock;

Status Failed(const std::string& what, int error) {
  return {error == ECONNREFUSED ? StatusCode::kNotFound : StatusCode::kUnavailable,
          what + ": " + std::generic_category().message(error)};
}

// A connected descriptor, which the caller closes.
Result<int> ConnectTo(const sockaddr* address, socklen_t size) {
  const int descriptor = socket(address->sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return Failed("no socket", errno);
  if (connect(descriptor, address, size) == 0) return descriptor;
  const int error = errno;
  close(descriptor);
  return Failed("cannot connect", error);
}

Result<int> ConnectToHost(const metrics::HostPort& address, std::size_t choice) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int error = getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &list);
  if (error != 0) return Status(StatusCode::kUnavailable, address.host + ": " + gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(list, freeaddrinfo);
  std::size_t count = 0;
  for (const addrinfo* found = list; found != nullptr; found = found->ai_next) ++count;
  const addrinfo* chosen = list;
  for (std::size_t i = choice % count; i > 0; --i) chosen = chosen->ai_next;
  return ConnectTo(chosen->ai_addr, chosen->ai_addrlen);
}

struct Connecting {
  std::size_t choice;

  Result<int> operator()(const metrics::HostPort& address) const { return ConnectToHost(address, choice); }
  Result<int> operator()(const metrics::UnixSocket& socket) const {
    const metrics::UnixSocketName name(socket);
    return ConnectTo(name.address(), name.size());
  }
};

// Until the queue has room.
Status WaitForRoom(int descriptor, PushDeadline deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now()).count();
  if (left <= 0) return {StatusCode::kDeadlineExceeded, "the receiver's queue is full"};
  constexpr decltype(left) kMax = 60'000;  // then the caller asks again
  pollfd waited = {.fd = descriptor, .events = POLLOUT, .revents = 0};
  if (poll(&waited, 1, static_cast<int>(std::min(left, kMax))) >= 0 || errno == EINTR) return Status::Ok();
  return Failed("cannot wait", errno);
}

}  // namespace

Result<DatagramSocket> DatagramSocket::Connect(const metrics::SocketAddress& address, std::size_t choice) {
  const Result<int> connected = std::visit(Connecting{choice}, address);
  if (!connected.ok()) return connected.status();
  return DatagramSocket(*connected);
}

DatagramSocket::DatagramSocket(DatagramSocket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

DatagramSocket::~DatagramSocket() {
  if (descriptor_ >= 0) close(descriptor_);
}

Status DatagramSocket::Send(std::string_view datagram, PushDeadline deadline) const {
  for (;;) {
    if (send(descriptor_, datagram.data(), datagram.size(), MSG_NOSIGNAL) >= 0) return Status::Ok();
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) return Failed("cannot send", errno);
    if (Status waited = WaitForRoom(descriptor_, deadline); !waited.ok()) return waited;
  }
}

Status DatagramSocket::TakeRefusal() const {
  int error = 0;
  socklen_t size = sizeof(error);
  if (getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  return error == 0 ? Status::Ok() : Failed("refused", error);
}

}  // namespace streamhouse::exporters
