#include "exporters/push/http/receiver_socket.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "metrics_core/sockets/socket_address.h"

namespace streamhouse::exporters {
namespace {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;
using std::chrono::steady_clock;

std::string Reason(int error) {
  return std::generic_category().message(error);
}

// `where` is empty, or " to …".
Status NotConnected(const std::string& where, const std::string& why) {
  return Status(StatusCode::kUnavailable, "cannot connect" + where + ": " + why);
}

Result<short> Poll(int descriptor, short events, PushDeadline deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now()).count();
    pollfd waited = {.fd = descriptor, .events = events, .revents = 0};
    constexpr decltype(left) kMax = 60'000;  // then it asks again
    const int count = poll(&waited, 1, static_cast<int>(std::clamp<decltype(left)>(left, 0, kMax)));
    if (count > 0) return waited.revents;
    if (count < 0 && errno != EINTR) return Status(StatusCode::kUnavailable, "cannot wait: " + Reason(errno));
    if (steady_clock::now() >= deadline) return Status(StatusCode::kDeadlineExceeded, "the receiver takes too long");
  }
}

// The error of a connection that was begun: 0 where there is none.
Result<int> ConnectError(int descriptor, PushDeadline deadline) {
  const Result<short> ready = Poll(descriptor, POLLOUT, deadline);
  if (!ready.ok()) return ready.status();
  int error = 0;
  socklen_t size = sizeof(error);
  if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  return error;
}

// A connected descriptor, which the caller closes.
Result<int> ConnectTo(const sockaddr* address, socklen_t size, const std::string& where, PushDeadline deadline) {
  const int descriptor = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return NotConnected(where, Reason(errno));
  Result<int> error = connect(descriptor, address, size) == 0 ? 0 : errno;
  if (*error == EINPROGRESS || *error == EINTR) error = ConnectError(descriptor, deadline);
  if (error.ok() && *error == 0) return descriptor;
  close(descriptor);
  if (error.ok()) return NotConnected(where, Reason(*error));
  return error.status().WithMessage("cannot connect" + where + " in time");
}

Result<int> ConnectToSocket(const metrics::UnixSocket& socket, PushDeadline deadline) {
  const std::string where = " to " + socket.ToString();
  if (const Status checked = metrics::CheckUnixSocket(socket); !checked.ok()) {
    return NotConnected(where, checked.message());
  }
  const metrics::UnixSocketName name(socket);
  return ConnectTo(name.address(), name.size(), where, deadline);
}

Result<int> ConnectToHost(const ReceiverAddress& address, PushDeadline deadline) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int error = getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &list);
  if (error != 0) return NotConnected("", address.host + ": " + gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(list, freeaddrinfo);
  std::ptrdiff_t left = 0;
  for (const addrinfo* found = list; found != nullptr; found = found->ai_next) ++left;
  Result<int> connected = NotConnected("", address.host + " has no address");
  for (const addrinfo* found = list; found != nullptr && !connected.ok(); found = found->ai_next, --left) {
    const auto now = steady_clock::now();
    connected = ConnectTo(found->ai_addr, found->ai_addrlen, "", now + (deadline - now) / left);
  }
  if (!connected.ok()) return connected;
  const int on = 1;  // heads and bodies are written apart
  setsockopt(*connected, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return connected;
}

}  // namespace

Result<ReceiverSocket> ReceiverSocket::Connect(const ReceiverAddress& address, PushDeadline deadline) {
  const Result<int> connected =
      address.unix_socket ? ConnectToSocket(*address.unix_socket, deadline) : ConnectToHost(address, deadline);
  if (!connected.ok()) return connected.status();
  return ReceiverSocket(*connected);
}

ReceiverSocket::ReceiverSocket(int descriptor) : descriptor_(descriptor), process_(getpid()) {}

ReceiverSocket::ReceiverSocket(ReceiverSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), process_(other.process_) {}

ReceiverSocket::~ReceiverSocket() {
  if (descriptor_ < 0) return;
  if (getpid() == process_) shutdown(descriptor_, SHUT_RDWR);
  close(descriptor_);
}

void ReceiverSocket::Abort() const {
  const sockaddr no_peer = {.sa_family = AF_UNSPEC, .sa_data = {}};
  // Where the kind of socket has no such call, the destructor ends it.
  static_cast<void>(connect(descriptor_, &no_peer, sizeof(no_peer)));
}

Result<short> ReceiverSocket::WaitFor(short events, PushDeadline deadline) const {
  return Poll(descriptor_, events, deadline);
}

}  // namespace streamhouse::exporters
